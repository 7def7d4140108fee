//! `shopctl product create`

use super::{Shop, error_code};

#[test]
fn everything_that_can_be_said_is_kept() {
    let shop = Shop::empty();
    let line = "product create TEE-M --name T-shirt --price 1200 --currency JPY --description Soft --tag a --tag b \
                --meta erp=7 --status draft --stock 5 --group TEE --option size=M --option color=blue";
    let product = shop.json(line);
    assert_eq!(
        (&product["price"], &product["currency"], &product["status"]),
        (&"1200".into(), &"JPY".into(), &"draft".into())
    );
    assert_eq!(
        (&product["tags"][1], &product["metadata"]["erp"], &product["options"]["size"]),
        (&"b".into(), &"7".into(), &"M".into())
    );
    assert_eq!(shop.json("inventory get TEE-M")["on_hand"], 5);
}

#[test]
fn without_stock_none_is_kept() {
    let shop = Shop::empty();
    shop.ok("product create A --name A --price 0");
    assert_eq!(error_code(&shop, "inventory get A"), (3, "stock_not_found".to_owned()));
}

#[test]
fn what_is_missing_is_a_usage_error() {
    let shop = Shop::empty();
    shop.run("product create A --price 1").fails(2).says("--name");
    shop.run("product create A --name A --price 1 --option size").fails(2).says("NAME=VALUE");
}

//! `shopctl order create`

use super::{Shop, error_code};

#[test]
fn reserves_what_was_ordered_at_the_price_of_the_moment() {
    let shop = Shop::with_mugs();
    let line = "order create --email ada@example.com --name Ada --address Street --note ring --external-ref W-1 \
                --hold 30m --item MUG:2 --item mug:1";
    let order = shop.json(line);
    assert_eq!((&order["total"], &order["status"]), (&"37.50".into(), &"pending".into()));
    assert_eq!((&order["customer"]["name"], &order["external_ref"]), (&"Ada".into(), &"W-1".into()));
    assert!(order["hold_until"].is_string());
    assert_eq!(shop.mugs(), (10, 3));
    assert_eq!(
        error_code(&shop, "order create --email a@b.c --item MUG --external-ref W-1").1,
        "external_ref_taken"
    );
}

#[test]
fn refuses_an_order_larger_than_the_stock_naming_every_short_line() {
    let shop = Shop::with_mugs();
    shop.ok("product create CUP --name Cup --price 1 --stock 1");
    let done = shop.run("order create --email a@b.c --item MUG:11 --item CUP:2").fails(4);
    done.says("MUG: asked for 11, available 10").says("CUP: asked for 2, available 1");
    assert_eq!(shop.mugs(), (10, 0));
}

#[test]
fn an_order_needs_a_customer_and_an_item() {
    let shop = Shop::with_mugs();
    shop.run("order create --item MUG").fails(2).says("--user");
    shop.run("order create --email a@b.c").fails(2).says("--item");
    assert_eq!(error_code(&shop, "order create --email a@b.c --item NOPE").1, "product_not_found");
    assert_eq!(error_code(&shop, "order create --user eve@b.c --item MUG").1, "user_not_found");
}

#[test]
fn a_customer_without_an_address_goes_by_another_systems_name() {
    let shop = Shop::with_mugs();
    let order = shop.json("order create --customer-ref C-4711 --name Ada --item MUG");
    let customer = &order["customer"];
    assert_eq!((&customer["reference"], &customer["email"]), (&"C-4711".into(), &serde_json::Value::Null));
    assert_eq!(shop.listed("order list --query c-4711", "number"), ["1001"]);
    shop.ok("order pay 1001");
    shop.ok("order ship 1001");
    assert_eq!(shop.json("inventory explain MUG")["agrees"], true);
    shop.ok("doctor");
}

#[test]
fn of_many_at_once_exactly_as_many_succeed_as_there_are() {
    let shop = Shop::with_mugs();
    let children: Vec<_> = (0..16)
        .map(|_| {
            let mut command = shop.command();
            command.args(["order", "create", "--email", "a@b.c", "--item", "MUG"]);
            command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap()
        })
        .collect();
    let mut codes: Vec<_> =
        children.into_iter().map(|mut child| child.wait().unwrap().code().unwrap()).collect();
    codes.sort_unstable();
    assert_eq!(codes, [[0; 10].as_slice(), &[4; 6]].concat());
    assert_eq!(shop.mugs(), (10, 10));
    shop.ok("store check");
}

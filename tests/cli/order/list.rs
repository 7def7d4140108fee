//! `shopctl order list` and `shopctl order get`

use super::{Shop, error_code};

#[test]
fn filters_narrow_the_list() {
    let shop = Shop::with_mugs();
    shop.ok("product create CUP --name Cup --price 1 --stock 9");
    shop.ok("user register ada@example.com --no-password");
    for order in [
        "--user ada@example.com --item MUG",
        "--email b@b.c --item CUP",
        "--email b@b.c --item MUG --item CUP",
    ] {
        shop.ok(&format!("order create {order}"));
    }
    shop.ok("order pay 1002");
    shop.ok("order create --customer-ref C-4711 --item CUP");
    for (filter, expected) in [
        ("--user ada@example.com", vec!["1001"]),
        ("--email B@b.c", vec!["1002", "1003"]),
        ("--status confirmed", vec!["1002"]),
        ("--payment-status unpaid", vec!["1001", "1003", "1004"]),
        ("--product CUP --status pending", vec!["1003", "1004"]),
        ("--customer-ref C-4711", vec!["1004"]),
        ("--sort -number --limit 1", vec!["1004"]),
    ] {
        assert_eq!(shop.listed(&format!("order list {filter}"), "number"), expected, "{filter}");
    }
    assert_eq!(error_code(&shop, "order list --status mouldy").0, 5);
}

#[test]
fn an_order_is_found_by_id_and_number() {
    let shop = Shop::with_an_order();
    let order = shop.json("order get 1001");
    assert_eq!(shop.json("order get #1001"), order);
    assert_eq!(shop.json(&format!("order get {}", order["id"].as_str().unwrap())), order);
    assert_eq!(error_code(&shop, "order get 7"), (3, "order_not_found".to_owned()));
    assert_eq!(error_code(&shop, "order get seven").0, 5);
}

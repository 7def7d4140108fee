//! `shopctl product delete`

use super::{Shop, error_code};

#[test]
fn takes_the_stock_along() {
    let shop = Shop::with_mugs();
    shop.ok("product delete MUG -y");
    assert_eq!(error_code(&shop, "product get MUG").0, 3);
    assert!(shop.listed("inventory list", "sku").is_empty());
}

#[test]
fn what_an_order_names_is_archived_instead() {
    let shop = Shop::with_an_order();
    shop.run("product delete MUG -y").fails(4).says("hint: shopctl product archive MUG");
}

#[test]
fn a_stale_version_deletes_nothing() {
    let shop = Shop::with_mugs();
    assert_eq!(error_code(&shop, "product delete MUG -y --if-version 9").1, "stale_version");
    shop.ok("product get MUG");
}

//! `shopctl inventory delete`

use super::{Shop, error_code};

#[test]
fn stops_keeping_stock_unless_some_is_reserved() {
    let shop = Shop::with_an_order();
    assert_eq!(error_code(&shop, "inventory delete MUG -y"), (4, "still_referenced".to_owned()));
    shop.ok("order cancel 1001");
    shop.ok("inventory delete MUG -y");
    assert_eq!(error_code(&shop, "inventory get MUG"), (3, "stock_not_found".to_owned()));
    shop.ok("product get MUG");
}

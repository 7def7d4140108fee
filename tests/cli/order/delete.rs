//! `shopctl order delete`

use super::{Shop, error_code};

#[test]
fn gives_the_stock_back_and_refuses_what_was_shipped() {
    let shop = Shop::with_an_order();
    shop.ok("order delete 1001 -y");
    assert_eq!(shop.mugs(), (10, 0));
    assert_eq!(error_code(&shop, "order get 1001").0, 3);
    shop.ok("order create --email a@b.c --item MUG");
    shop.ok("order ship 1002");
    assert_eq!(error_code(&shop, "order delete 1002 -y"), (4, "order_shipped".to_owned()));
}

//! `shopctl order pay|ship|deliver|return|refund`

use super::{Shop, error_code};

#[test]
fn lines_are_shipped_returned_and_refunded_in_parts() {
    let shop = Shop::with_an_order();
    assert_eq!(shop.json("order pay 1001")["payment_status"], "paid");
    let order = shop.json("order ship 1001 --item MUG:1 --tracking T-1");
    assert_eq!((&order["status"], &order["tracking"]), (&"partially_shipped".into(), &"T-1".into()));
    assert_eq!(shop.json("order ship 1001")["status"], "shipped");
    assert_eq!(shop.json("order deliver 1001")["status"], "delivered");
    assert_eq!(shop.json("order return 1001 --item MUG:1 --restock")["status"], "partially_returned");
    assert_eq!(shop.mugs(), (9, 0));
    assert_eq!(shop.json("order refund 1001 --amount 12.50")["payment_status"], "partially_refunded");
    assert_eq!(shop.json("order refund 1001")["refunded"], "25.00");
    shop.ok("store check");
}

#[test]
fn steps_that_cannot_be_are_refused() {
    let shop = Shop::with_an_order();
    assert_eq!(error_code(&shop, "order deliver 1001"), (4, "illegal_transition".to_owned()));
    assert_eq!(error_code(&shop, "order ship 1001 --item MUG:3").0, 4);
    assert_eq!(error_code(&shop, "order ship 1001 --item CUP:1").0, 4);
    shop.ok("order pay 1001");
    assert_eq!(error_code(&shop, "order refund 1001 --amount 99").0, 4);
    assert_eq!(error_code(&shop, "order refund 1001 --amount -1").0, 5);
}

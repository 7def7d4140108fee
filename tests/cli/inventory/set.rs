//! `shopctl inventory set`

use super::{Shop, error_code};

#[test]
fn sets_what_was_counted() {
    let shop = Shop::with_an_order();
    let stock = shop.json("inventory set MUG 7 --reason count --low-stock-at 3");
    assert_eq!(
        (&stock["on_hand"], &stock["available"], &stock["low_stock_at"]),
        (&7.into(), &5.into(), &3.into())
    );
    let words = ["inventory", "set", "MUG", "7", "--low-stock-at", "", "-o", "json"];
    assert!(shop.run_words(words).ok().json()["low_stock_at"].is_null());
}

#[test]
fn begins_to_keep_stock_where_none_was_kept() {
    let shop = Shop::empty();
    shop.ok("product create A --name A --price 1");
    assert_eq!(shop.json("inventory set A 4")["on_hand"], 4);
}

#[test]
fn only_if_as_much_was_there_as_expected_and_never_below_what_is_reserved() {
    let shop = Shop::with_an_order();
    assert_eq!(error_code(&shop, "inventory set MUG 5 --expect 9"), (4, "stock_changed".to_owned()));
    shop.ok("inventory set MUG 5 --expect 10");
    assert_eq!(error_code(&shop, "inventory set MUG 1"), (4, "below_reserved".to_owned()));
    shop.run("inventory set MUG 1").fails(4).says("hint: shopctl inventory explain MUG");
    let stale = shop.run("inventory set MUG 4 --expect 10").fails(4);
    stale.says("expected 10 on hand, found 5").says("inventory history MUG");
    assert_eq!(error_code(&shop, "inventory set NOPE 1").0, 3);
    assert_eq!(error_code(&shop, "inventory set MUG 9007199254740992").0, 5);
}

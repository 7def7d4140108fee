//! `shopctl inventory list` and `shopctl inventory get`

use super::{Shop, error_code};

#[test]
fn finds_what_is_short() {
    let shop = Shop::with_an_order();
    shop.ok("product create CUP --name Cup --price 1 --stock 0");
    shop.ok("product create POT --name Pot --price 1 --stock 5");
    shop.ok("inventory set POT 5 --low-at 5");
    assert_eq!(shop.listed("inventory list --out-of-stock", "sku"), ["CUP"]);
    assert_eq!(shop.listed("inventory list --below 6 --sort sku", "sku"), ["CUP", "POT"]);
    assert_eq!(shop.listed("inventory list --low", "sku"), ["POT"]);
    assert_eq!(shop.listed("inventory list --query mu", "sku"), ["MUG"]);
    assert_eq!(error_code(&shop, "inventory list --below few").0, 5);
}

#[test]
fn get_shows_what_can_still_be_promised() {
    let stock = Shop::with_an_order().json("inventory get MUG");
    assert_eq!(
        (&stock["on_hand"], &stock["reserved"], &stock["available"]),
        (&10.into(), &2.into(), &8.into())
    );
}

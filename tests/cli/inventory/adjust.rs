//! `shopctl inventory adjust`

use super::{Shop, error_code};

#[test]
fn takes_differences_with_either_sign() {
    let shop = Shop::with_mugs();
    shop.ok("inventory adjust MUG -3 --reason broken");
    assert_eq!(shop.mugs(), (7, 0));
    shop.ok("inventory adjust MUG +1 --reason found");
    shop.ok("inventory adjust MUG 1 --reason found");
    assert_eq!(shop.mugs(), (9, 0));
}

#[test]
fn needs_a_reason() {
    let shop = Shop::with_mugs();
    assert_eq!(error_code(&shop, "inventory adjust MUG -3"), (5, "reason_missing".to_owned()));
    assert_eq!(shop.mugs(), (10, 0));
}

#[test]
fn never_below_what_is_reserved() {
    let shop = Shop::with_an_order();
    assert_eq!(error_code(&shop, "inventory adjust MUG -9 --reason x"), (4, "below_reserved".to_owned()));
    for delta in ["0", "many", "1.5"] {
        assert_eq!(
            error_code(&shop, &format!("inventory adjust MUG {delta} --reason x")),
            (5, "invalid_delta".to_owned())
        );
    }
}

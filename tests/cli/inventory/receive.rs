//! `shopctl inventory receive`

use super::{Shop, error_code};

#[test]
fn adds_a_delivery_and_notes_where_it_came_from() {
    let shop = Shop::with_mugs();
    shop.ok("inventory receive MUG 24 --reference DN-7");
    assert_eq!(shop.mugs(), (34, 0));
    assert_eq!(shop.listed("inventory history MUG --sort -seq --limit 1", "reference"), ["DN-7"]);
    assert_eq!(error_code(&shop, "inventory receive MUG 0").0, 5);
}

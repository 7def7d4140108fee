//! `shopctl product archive` and `shopctl product restore`

use super::{Shop, error_code};

#[test]
fn what_is_archived_cannot_be_ordered_until_it_is_restored() {
    let shop = Shop::with_mugs();
    assert_eq!(shop.json("product archive MUG")["status"], "archived");
    let order = "order create --email a@b.c --item MUG";
    assert_eq!(error_code(&shop, order), (4, "not_on_sale".to_owned()));
    assert_eq!(shop.json("product restore MUG")["status"], "active");
    shop.ok(order);
}

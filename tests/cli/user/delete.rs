//! `shopctl user delete`

use super::{error_code, with_ada};

#[test]
fn orders_keep_what_they_noted_of_the_customer() {
    let shop = with_ada();
    shop.ok("product create MUG --name Mug --price 1 --stock 5");
    shop.ok("order create --user ada@example.com --item MUG");
    shop.ok("user delete ada@example.com --yes");
    assert_eq!(error_code(&shop, "user get ada@example.com").0, 3);
    assert_eq!(shop.json("order get 1001")["customer"]["name"], "Ada");
}

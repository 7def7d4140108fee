//! `shopctl user get`

use super::{error_code, with_ada};

#[test]
fn by_id_or_by_address_whatever_its_case() {
    let shop = with_ada();
    let user = shop.json("user get ADA@example.com");
    assert_eq!(shop.json(&format!("user get {}", user["id"].as_str().unwrap())), user);
    assert_eq!(error_code(&shop, "user get eve@example.com"), (3, "user_not_found".to_owned()));
    assert_eq!(error_code(&shop, "user get nonsense").0, 5);
}

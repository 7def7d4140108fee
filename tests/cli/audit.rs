//! `shopctl audit list`

use super::{Shop, error_code};

#[test]
fn who_gave_which_rights_is_listed_newest_first_and_without_an_address() {
    let shop = Shop::empty();
    assert_eq!(shop.json("audit list")["items"], serde_json::json!([]));
    shop.ok("user register ada@example.com --role admin --no-password");
    shop.ok("user update ada@example.com --role staff");
    shop.ok("user register eve@example.com --no-password");
    shop.ok("key rotate");
    let all = shop.json("audit list");
    let said: Vec<_> = all["items"].as_array().unwrap().iter().map(|row| &row["action"]).collect();
    assert_eq!(said, ["key.rotated", "user.role", "user.registered"]);
    assert_eq!(all["items"][1]["detail"], "admin -> staff");
    assert_eq!(all["items"][1]["target"], shop.json("user get ada@example.com")["id"]);
    assert!(!all.to_string().contains("example.com"), "{all}");
    assert_eq!(all["has_more"], false);
    let newest = shop.json("audit list --limit 1");
    assert_eq!((newest["items"].as_array().unwrap().len(), &newest["has_more"]), (1, &true.into()));
    assert_eq!(shop.ok("audit list -o id").lines().count(), 3);
    for limit in [0, 10_001] {
        let refused = error_code(&shop, &format!("audit list --limit {limit}"));
        assert_eq!(refused, (5, "invalid_limit".to_owned()));
    }
}

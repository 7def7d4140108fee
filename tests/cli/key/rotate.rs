//! `shopctl key list` and `shopctl key rotate`

use super::Shop;

#[test]
fn the_new_key_signs_and_the_old_one_checks_until_it_is_revoked() {
    let shop = Shop::empty();
    assert_eq!(shop.json("key list")["items"], serde_json::json!([]));
    shop.ok("key rotate");
    let first = shop.json("key list")["items"][0]["id"].clone();
    let keys = shop.json("key rotate");
    assert_eq!(
        (&keys["items"][0]["status"], &keys["items"][1]["status"]),
        (&"signing".into(), &"checking".into())
    );
    assert_eq!(keys["items"][1]["id"], first);
    assert!(keys["items"][1]["checks_until"].is_string());

    let kept = shop.json("key rotate --revoke --yes --dry-run");
    assert_eq!(kept["items"].as_array().unwrap().len(), 2, "a dry run changes nothing");
    let left = shop.json("key rotate --revoke --yes");
    assert_eq!(left["items"].as_array().unwrap().len(), 1);
    assert_eq!(left["items"][0]["status"], "signing");
}

#[test]
fn revoking_asks_and_without_somebody_to_ask_does_nothing() {
    let shop = Shop::empty();
    shop.ok("key rotate");
    shop.run("key rotate --revoke").fails(9);
    assert_eq!(shop.json("key list")["items"].as_array().unwrap().len(), 1);
    shop.run("key rotate --yes").ok().hides("pkcs8");
}

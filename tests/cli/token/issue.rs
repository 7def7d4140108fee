//! `shopctl token issue` and `shopctl token inspect`

use super::{Shop, error_code};

fn with_robot() -> Shop {
    let shop = Shop::empty();
    shop.ok("user register robot@shop.example --role staff --no-password");
    shop
}

#[test]
fn a_token_is_shown_once_and_says_what_it_is_for() {
    let shop = with_robot();
    let issued =
        shop.json("token issue robot@shop.example --scope orders:read --scope inventory:write --expires 30d");
    assert_eq!(issued["scopes"], serde_json::json!(["orders:read", "inventory:write"]));
    let token = issued["token"].as_str().unwrap();
    let seen = shop.run_with("token inspect -o json", format!("{token}\n").as_bytes()).ok();
    let says = seen.hides(token).json();
    assert_eq!((&says["status"], &says["scopes"]), (&"good".into(), &issued["scopes"]));
    assert_eq!((&says["user_id"], &says["expires_at"].is_string()), (&issued["user_id"], &true));

    shop.write("token", token);
    shop.ok("user disable robot@shop.example");
    assert_eq!(shop.json("token inspect --token-file token")["status"], "revoked");
}

#[test]
fn what_this_shop_did_not_sign_is_6() {
    let shop = with_robot();
    let other = with_robot();
    let strange = other.json("token issue robot@shop.example --scope orders:read");
    let done = shop.run_with("token inspect -o json", strange["token"].as_str().unwrap().as_bytes()).fails(6);
    assert_eq!(done.error()["code"], "invalid_token");
    shop.run_with("token inspect", b"").fails(6);
    shop.run_with("token inspect", &[0xff, 0xfe]).fails(2);
    assert_eq!(error_code(&shop, "token inspect --token-file nowhere"), (2, "token_unreadable".to_owned()));
}

#[test]
fn bad_scopes_and_lives_are_told() {
    let shop = with_robot();
    for (line, exit, code) in [
        ("token issue robot@shop.example --scope orders:all", 5, "invalid_scope"),
        ("token issue robot@shop.example --scope orders:read --expires 10s", 5, "invalid_expiry"),
        ("token issue robot@shop.example --scope orders:read --expires 400d", 5, "invalid_expiry"),
        ("token issue robot@shop.example --scope orders:read --expires soon", 2, "usage"),
        ("token issue nobody@shop.example --scope orders:read", 3, "user_not_found"),
        ("token issue robot@shop.example", 2, "usage"),
    ] {
        assert_eq!(error_code(&shop, line), (exit, code.to_owned()), "{line}");
    }
    let tried = shop.json("token issue robot@shop.example --scope orders:read --dry-run");
    assert_eq!(tried["token"], "");
}

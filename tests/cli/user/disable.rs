//! `shopctl user disable` and `shopctl user enable`

use super::with_ada;

#[test]
fn saying_what_is_so_already_changes_nothing() {
    let shop = with_ada();
    assert_eq!(shop.json("user enable ada@example.com")["version"], 1);
    assert_eq!(shop.json("user disable ada@example.com")["status"], "disabled");
    assert_eq!(shop.json("user disable ada@example.com")["version"], 2);
    assert_eq!(shop.json("user enable ada@example.com")["status"], "active");
}

#[test]
fn several_at_once() {
    let shop = with_ada();
    shop.ok("user register b@b.c --no-password");
    shop.ok("user disable ada@example.com b@b.c");
    assert_eq!(shop.listed("user list --status disabled", "email").len(), 2);
}

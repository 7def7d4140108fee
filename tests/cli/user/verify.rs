//! `shopctl user verify`

use super::with_ada;

#[test]
fn the_right_password_is_0_and_shows_whose() {
    let done =
        with_ada().run_with("user verify ada@example.com --password-stdin -o json", b"correct horse\n").ok();
    assert_eq!(done.json()["email"], "ada@example.com");
}

#[test]
fn a_disabled_user_is_6_even_with_the_right_password() {
    let shop = with_ada();
    shop.ok("user disable ada@example.com");
    let done =
        shop.run_with("user verify ada@example.com --password-stdin -o json", b"correct horse\n").fails(6);
    assert_eq!(done.error()["code"], "user_disabled");
    shop.ok("user enable ada@example.com");
    shop.run_with("user verify ada@example.com --password-stdin", b"correct horse\n").ok();
}

//! `shopctl user update`

use super::{error_code, with_ada};

#[test]
fn changes_what_is_named_and_an_empty_value_removes() {
    let shop = with_ada();
    let user = shop.json("user update ada@example.com --email countess@example.com --phone 123 --role staff");
    assert_eq!((&user["name"], &user["phone"], &user["version"]), (&"Ada".into(), &"123".into(), &2.into()));
    let user =
        shop.run_words(["user", "update", "countess@example.com", "--name", "", "-o", "json"]).ok().json();
    assert!(user["name"].is_null() && user["phone"] == "123");
}

#[test]
fn a_stale_version_changes_nothing_and_tells_the_one_that_is_there() {
    let shop = with_ada();
    let done = shop.run("user update ada@example.com --name Eve --if-version 7 -o json").fails(4);
    assert_eq!(
        (&done.error()["code"], &done.error()["current_version"]),
        (&"stale_version".into(), &1.into())
    );
    shop.ok("user update ada@example.com --name Countess --if-version 1");
}

#[test]
fn something_has_to_change() {
    assert_eq!(error_code(&with_ada(), "user update ada@example.com").0, 2);
}

//! `shopctl config show`

use super::super::{Done, Shop, error_code};

/// The value of a setting and where it comes from.
fn setting(shop: &Shop, flags: &str, key: &str) -> (String, String) {
    let rows = shop.ok(&format!("config show --origin -o tsv {flags}"));
    let row = rows.lines().find(|row| row.starts_with(&format!("{key}\t"))).expect("the setting");
    let mut cells = row.split('\t').skip(1).map(str::to_owned);
    (cells.next().unwrap(), cells.next().unwrap())
}

const USER: &str = ".config/shopctl/config.toml";

#[test]
fn defaults_need_no_file() {
    let shop = Shop::empty();
    assert_eq!(setting(&shop, "", "currency"), ("EUR".to_owned(), "default".to_owned()));
    assert_eq!(setting(&shop, "", "timeout").0, "30s");
    assert_eq!(shop.ok("config show -o tsv").lines().next(), Some("key\tvalue"));
}

#[test]
fn the_directory_wins_over_the_user_and_a_profile_over_both() {
    let shop = Shop::empty();
    shop.write(USER, "currency = 'USD'\ntimeout = '9s'\n[profiles.jp]\ncurrency = 'JPY'\n");
    shop.write("shopctl.toml", "currency = 'CHF'\n");
    assert_eq!(setting(&shop, "", "currency"), ("CHF".to_owned(), "shopctl.toml".to_owned()));
    assert_eq!(setting(&shop, "", "timeout").0, "9s");
    let (value, origin) = setting(&shop, "-C jp", "currency");
    assert_eq!(value, "JPY");
    assert!(origin.starts_with("profile jp in "), "{origin}");
    assert_eq!(
        setting(&shop, "-C jp --timeout 5s", "timeout"),
        ("5s".to_owned(), "flag --timeout".to_owned())
    );
}

#[test]
fn settings_take_effect() {
    let shop = Shop::empty();
    shop.write("shopctl.toml", "currency = 'JPY'\noutput = 'jsonl'\nstore = 'sqlite:here.db'\n");
    let made = shop.ok("product create A --name A --price 100");
    assert!(made.contains("\"price\":\"100\",\"currency\":\"JPY\""), "{made}");
    assert!(shop.home().join("here.db").exists());
}

#[test]
fn a_store_file_is_beside_the_file_that_names_it() {
    let shop = Shop::empty();
    shop.write(".config/shopctl/config.toml", "store_file = 'url'\n");
    shop.write(".config/shopctl/url", "sqlite:found.db");
    shop.ok("product create A --name A --price 1");
    assert!(shop.home().join("found.db").exists());
}

#[test]
fn unknown_keys_and_values_are_errors_with_file_and_line() {
    let shop = Shop::empty();
    for (text, says) in [
        ("currency = 'EUR'\ncolour = 'never'\n", "line 2"),
        ("currency = \n", "line 1"),
        ("\n\nprotected = 'yes'\n", "line 3"),
        ("[profiles.a.profiles.b]\ncurrency = 'EUR'\n", "profile \"a\""),
    ] {
        shop.write("shopctl.toml", text);
        shop.run("product list").fails(2).says("shopctl.toml").says(says);
    }
    for (text, says) in
        [("output = 'yaml'", "yaml"), ("currency = 'XXY'", "XXY"), ("timeout = 'soon'", "soon")]
    {
        shop.write("shopctl.toml", text);
        shop.run("product list").fails(2).says(says).says("hint: set by shopctl.toml");
    }
    shop.write("shopctl.toml", "store = 'sqlite:a'\nstore_file = 'b'\n");
    assert_eq!(error_code(&shop, "product list"), (2, "ambiguous_store".to_owned()));
}

#[test]
fn a_broken_file_never_shows_a_password() {
    let shop = Shop::empty();
    shop.write("shopctl.toml", "store = ['mongodb://ada:hunter2@h/d']\n");
    shop.run("product list").fails(2).says("line 1").hides("hunter2");
}

#[test]
fn passwords_are_hidden() {
    let shop = Shop::empty();
    shop.write("shopctl.toml", "store = 'mongodb://ada:hunter2@h/d?authSource=hunter2'\n");
    shop.run("config show").ok().hides("hunter2");
}

#[test]
fn a_profile_that_does_not_exist_is_refused_with_those_that_do() {
    let shop = Shop::empty();
    shop.write("shopctl.toml", "[profiles.live]\n[profiles.test]\n");
    shop.run("-C prod product list").fails(2).says("\"prod\" does not exist").says("live, test");
    let mut command = shop.command();
    Done::of(command.args(["product", "list"]).env("SHOPCTL_PROFILE", "prod")).fails(2);
}

//! What a shell is told when somebody presses Tab, asked as bash asks.

use std::fs;

use super::program::{Run, Shop};

/// The candidates for the last of these words.
fn tab(shop: &Shop, words: &[&str]) -> Vec<String> {
    let asked = [&["--", "shopctl"], words].concat();
    let output = shop
        .command(&asked)
        .env("SHOPCTL_COMPLETE", "bash")
        .env("_CLAP_IFS", "\n")
        .env("_CLAP_COMPLETE_INDEX", words.len().to_string())
        .env("_CLAP_COMPLETE_COMP_TYPE", "9")
        .output()
        .unwrap();
    let run = Run::of(output);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{words:?}: {run:#?}");
    run.stdout.lines().map(str::to_owned).collect()
}

fn knows_what_is_in_the_store(shop: &Shop) {
    shop.ok(&["user", "register", "ada@example.com", "--no-password"]);
    shop.ok(&["product", "create", "MUG-BLUE", "--name", "Blue mug", "--price", "4.00", "--stock", "9"]);
    shop.ok(&["product", "create", "MUG-RED", "--name", "Red mug", "--price", "4.00"]);
    shop.ok(&["product", "create", "TEA", "--name", "Tea for a mug", "--price", "4.00"]);
    shop.ok(&["order", "create", "--email", "ada@example.com", "--item", "MUG-BLUE:1"]);
    assert_eq!(tab(shop, &["product", "get", "mug"]), ["MUG-BLUE", "MUG-RED"]);
    assert_eq!(tab(shop, &["order", "create", "--item", "T"]), ["TEA"]);
    assert_eq!(tab(shop, &["order", "cancel", "10"]), ["1001"]);
    assert_eq!(tab(shop, &["user", "get", "a"]), ["ada@example.com"]);
}

#[test]
fn knows_what_is_in_the_store_on_sqlite() {
    knows_what_is_in_the_store(&Shop::on_sqlite());
}

#[test]
fn knows_what_is_in_the_store_on_mongodb() {
    knows_what_is_in_the_store(&Shop::on_mongodb());
}

#[test]
fn knows_words_and_profiles() {
    let shop = Shop::on_sqlite();
    assert_eq!(tab(&shop, &["order", "update", "1", "--status", "p"]), ["pending", "paid"]);
    assert_eq!(tab(&shop, &["user", "register", "a@b.c", "--role", ""]), ["customer", "staff", "admin"]);
    fs::write(shop.home().join("shopctl.toml"), "[profiles.live]\n[profiles.lab]\n").unwrap();
    assert_eq!(tab(&shop, &["-C", "l"]), ["lab", "live"]);
    assert_eq!(tab(&shop, &["pro"]), ["product"]);
}

#[test]
fn is_silent_about_a_store_that_is_not_there_and_makes_none() {
    let shop = Shop::on_sqlite();
    assert!(tab(&shop, &["--store", "sqlite:absent.db", "product", "get", "M"]).is_empty());
    assert!(tab(&shop, &["--store", "mongodb://127.0.0.1:1/x", "product", "get", "M"]).is_empty());
    assert!(tab(&shop, &["--store", "nonsense", "product", "get", "M"]).is_empty());
    assert!(!shop.home().join("absent.db").exists());
}

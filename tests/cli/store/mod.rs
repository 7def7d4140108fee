//! `shopctl store …`

use super::{Shop, error_code};

#[test]
fn info_says_what_and_how_much() {
    let info = Shop::with_an_order().json("store info");
    assert_eq!((info["kind"].as_str(), info["topology"].as_str()), (Some("sqlite"), Some("file")));
    assert_eq!(
        (&info["products"], &info["orders"], &info["stock_movements"]),
        (&1.into(), &1.into(), &2.into())
    );
}

#[test]
fn init_may_be_repeated() {
    let shop = Shop::empty();
    shop.ok("--store sqlite:a.db store init");
    let info = shop.json("--store sqlite:a.db store init");
    assert_eq!(info["schema"], info["schema_known"]);
}

#[test]
fn check_finds_a_sound_store_sound() {
    let shop = Shop::with_an_order();
    let checks = shop.json("store check");
    assert!(checks["items"].as_array().unwrap().iter().all(|check| check["ok"] == true), "{checks}");
}

#[test]
fn check_names_a_broken_rule_and_ends_with_4() {
    let shop = Shop::with_an_order();
    shop.damage("UPDATE orders SET note = 'x'; UPDATE inventory SET reserved = 3");
    let done = shop.run("store check -o tsv").ends(4).says("checks failed");
    assert!(done.stdout.contains("MUG: reserved 3, but open orders hold 2"), "{done:#?}");
}

#[test]
fn a_store_of_a_newer_program_is_left_alone() {
    let shop = Shop::with_mugs();
    shop.damage("PRAGMA user_version = 99");
    let (exit, code) = error_code(&shop, "product list");
    assert_eq!((exit, code.as_str()), (7, "schema_newer"));
}

//! `shopctl doctor`

use expectrl::Expect;
use serde_json::Value;

use super::prompts::{end, on_a_terminal};
use super::{Shop, error_code};

/// A shop in which the mugs show more reserved than its order holds.
fn damaged() -> Shop {
    let shop = Shop::with_an_order();
    shop.damage("UPDATE inventory SET reserved = 3");
    shop
}

fn rule<'a>(report: &'a Value, code: &str) -> &'a Value {
    report["rules"].as_array().unwrap().iter().find(|rule| rule["code"] == code).unwrap()
}

#[test]
fn a_sound_store_is_clean_and_every_rule_has_a_line() {
    let shop = Shop::with_an_order();
    let report = shop.json("doctor");
    assert_eq!(report["verdict"], "clean");
    assert!(report["rules"].as_array().unwrap().iter().all(|rule| rule["ok"] == true), "{report}");
    let reserved = rule(&report, "reserved");
    assert_eq!(
        (&reserved["rule"], &reserved["checked"], &reserved["first"]),
        (&4.into(), &1.into(), &Value::Null)
    );
    let table = shop.ok("doctor -o table");
    assert_eq!(table.lines().filter(|line| line.contains(" 0  ")).count(), 14, "{table}");
}

#[test]
fn an_empty_store_is_clean() {
    let shop = Shop::empty();
    shop.ok("store init");
    assert_eq!(shop.json("doctor")["verdict"], "clean");
}

#[test]
fn damage_is_named_with_the_first_document_and_ends_with_4() {
    let shop = damaged();
    let done = shop.run("doctor -o json").ends(4).says("2 of 14 rules are broken");
    let report = done.json();
    let broken = rule(&report, "reserved");
    assert_eq!((&broken["broken"], &broken["repairable"]), (&1.into(), &1.into()));
    assert_eq!(broken["first"]["key"], "MUG");
    assert_eq!(broken["first"]["detail"], "reserved 3, but open orders hold 2");
    let table = shop.run("doctor -o table").ends(4).stdout;
    assert!(table.contains("MUG: reserved 3, but open orders hold 2"), "{table}");
    assert_eq!(shop.mugs(), (10, 3), "a look changes nothing");
}

#[test]
fn a_repair_asks_and_off_a_terminal_wants_a_yes() {
    let shop = damaged();
    shop.run("doctor --repair").fails(9).says("repair 1 thing in sqlite:").says("add --yes");
    assert_eq!(shop.mugs(), (10, 3));
    let report = shop.json("doctor --repair --yes");
    assert_eq!(report["verdict"], "clean");
    assert_eq!(report["repairs"][0]["detail"], "reserved 3 -> 2");
    assert_eq!(shop.mugs(), (10, 2));
    assert_eq!(shop.json("doctor --repair --yes")["repairs"], Value::Array(Vec::new()));
}

#[test]
fn a_dry_run_says_what_a_repair_would_do() {
    let shop = damaged();
    let done = shop.run("doctor --repair --dry-run -o json").ok();
    let done = done.says("product \"MUG\": would be repaired: reserved 3 -> 2").says("nothing was changed");
    assert_eq!(done.json()["verdict"], "broken");
    assert_eq!(shop.mugs(), (10, 3));
}

#[test]
fn what_cannot_be_mended_is_said_and_ends_with_4() {
    let shop = Shop::with_an_order();
    shop.damage("UPDATE inventory SET reserved = 3; UPDATE order_history SET to_status = 'shipped'");
    let done = shop.run("doctor --repair --yes -o json").ends(4).says("left alone");
    assert!(done.stderr.contains("product \"MUG\": repaired: reserved 3 -> 2"), "{done:#?}");
    let report = done.json();
    assert_eq!(
        (&rule(&report, "history")["ok"], &rule(&report, "reserved")["ok"]),
        (&false.into(), &true.into())
    );
    shop.damage("UPDATE inventory SET reserved = 3");
    shop.run("doctor --repair --dry-run").ends(4);
}

#[test]
fn on_a_terminal_it_asks_before_it_repairs() {
    let shop = damaged();
    let mut session = on_a_terminal(&shop, "doctor --repair");
    session.expect("\"MUG\": reserved 3, but open orders hold 2").unwrap();
    session.expect("repair 1 thing in sqlite:").unwrap();
    session.send("n").unwrap();
    let (text, code) = end(session);
    assert!(code == 9 && text.contains("nothing was repaired"), "{text}");
    assert_eq!(shop.mugs(), (10, 3));

    let mut session = on_a_terminal(&shop, "doctor --repair");
    session.expect("reading orders: 1").unwrap();
    session.expect("repair 1 thing in sqlite:").unwrap();
    session.send("y").unwrap();
    let (text, code) = end(session);
    assert!(code == 0 && text.contains("repaired: reserved 3 -> 2"), "{text}");
    assert_eq!(shop.mugs(), (10, 2));
}

#[test]
fn a_mistyped_field_is_told_at_once() {
    assert_eq!(error_code(&Shop::with_mugs(), "doctor --fields nothing"), (2, "usage".to_owned()));
    Shop::with_mugs().run("doctor --confirm x").fails(2);
}

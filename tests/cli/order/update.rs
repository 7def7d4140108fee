//! `shopctl order update`

use super::{Shop, error_code};

#[test]
fn brings_an_order_through_its_life() {
    let shop = Shop::with_an_order();
    for (status, then, stock) in [
        ("paid", "confirmed", (10, 2)),
        ("shipped", "shipped", (8, 0)),
        ("shipped", "shipped", (8, 0)),
        ("delivered", "delivered", (8, 0)),
    ] {
        let order = shop.json(&format!("order update 1001 --status {status}"));
        assert_eq!((order["status"].as_str(), shop.mugs()), (Some(then), stock), "{status}");
    }
    shop.run("order update 1001 --status cancelled").fails(4).says("delivered");
    assert_eq!(error_code(&shop, "order update 1001 --status mouldy").0, 5);
}

#[test]
fn keeps_the_reason() {
    let shop = Shop::with_an_order();
    let words =
        ["order", "update", "1001", "--status", "canceled", "--reason", "changed her mind", "-o", "json"];
    let order = shop.run_words(words).ok().json();
    assert_eq!(
        (&order["status"], &order["history"][1]["reason"]),
        (&"cancelled".into(), &"changed her mind".into())
    );
}

#[test]
fn changes_the_note_alone() {
    let shop = Shop::with_an_order();
    assert_eq!(shop.json("order update 1001 --note urgent")["note"], "urgent");
    let words = ["order", "update", "1001", "--note", "", "-o", "json"];
    assert!(shop.run_words(words).ok().json()["note"].is_null());
    shop.run("order update 1001").fails(2);
    shop.run("order update 1001 --note x --reason y").fails(2);
}

//! Export, import into an empty store, export: the same to the byte, for every kind of thing and format, from one kind of store to the
//! other and back.

use super::{bring, counts};
use crate::system::program::Shop;

const NOUNS: [&str; 4] = ["user", "product", "inventory", "order"];
const FORMATS: [&str; 8] = ["csv", "tsv", "json", "jsonl", "csv.gz", "tsv.gz", "json.gz", "jsonl.gz"];

/// A shop in which something of everything has happened.
fn lived_in(shop: &Shop) {
    shop.ok(&[
        "user",
        "register",
        "Ada@Example.com",
        "--name",
        "Ada \"L\", =1+1",
        "--phone",
        "+49 1",
        "--no-password",
    ]);
    shop.ok(&["user", "register", "gone@example.com", "--no-password"]);
    shop.ok(&["user", "register", "staff@example.com", "--role", "staff", "--no-password"]);
    shop.ok(&["user", "disable", "staff@example.com"]);
    let product = |sku: &str, more: &[&str]| {
        shop.ok(
            &[&["product", "create", sku, "--name", "=Mug, \"big\" 'ß'", "--price", "3.10"], more].concat()
        );
    };
    product(
        "M-1",
        &[
            "--stock",
            "40",
            "--tag",
            "a",
            "--tag",
            "b c",
            "--group",
            "G",
            "--option",
            "Size=M",
            "--description",
            "one\ntwo; three\tfour",
        ],
    );
    product("M-2", &["--stock", "5", "--group", "G", "--option", "Size=\"L\""]);
    shop.ok(&[
        "product",
        "create",
        "YEN",
        "--name=-Yen",
        "--price",
        "500",
        "--currency",
        "JPY",
        "--stock",
        "9",
    ]);
    shop.ok(&["product", "create", "DRAFT", "--name", "@draft", "--price", "0", "--status", "draft"]);
    let place =
        |more: &[&str]| -> String { shop.json(&[&["order", "create"], more].concat())["number"].to_string() };
    let ada = ["--email", "ada@example.com", "--item", "M-1:2", "--item", "M-1:1", "--item", "M-2:1"];
    let [shipped, returned, cancelled, refunded] = [(); 4].map(|()| place(&ada));
    place(&["--email", "guest@example.com", "--item", "M-1", "--note", "ring, \"twice\"", "--hold", "30m"]);
    place(&["--user", "gone@example.com", "--item", "YEN:2"]);
    shop.ok(&["order", "pay", &shipped]);
    shop.ok(&["order", "ship", &shipped, "--item", "M-1:2", "--tracking", "=T1"]);
    shop.ok(&["order", "cancel", &shipped, "--item", "M-2:1", "--yes"]);
    shop.ok(&["order", "ship", &returned]);
    shop.ok(&["order", "deliver", &returned]);
    shop.ok(&["order", "return", &returned, "--item", "M-1:1", "--restock"]);
    shop.ok(&["order", "cancel", &cancelled, "--yes"]);
    shop.ok(&["order", "update", &refunded, "--status", "confirmed"]);
    shop.ok(&["order", "pay", &refunded]);
    shop.ok(&["order", "refund", &refunded, "--amount", "1.50"]);
    shop.ok(&["user", "delete", "gone@example.com", "--yes"]);
    shop.ok(&["product", "archive", "YEN", "--yes"]);
    shop.ok(&["inventory", "set", "M-2", "7", "--low-stock-at", "3"]);
    shop.ok(&["product", "update", "M-2", "--name", "Renamed since"]);
}

/// Everything that a shop exports in a format, in the order in which it goes in again.
fn exports(shop: &Shop, format: &str) -> Vec<Vec<u8>> {
    NOUNS
        .map(|noun| {
            let name = format!("{noun}.{format}");
            shop.ok(&[noun, "export", &name]);
            std::fs::read(shop.home().join(name)).unwrap()
        })
        .into()
}

/// Brings what another shop exported into an empty one, and then once more, which finds everything as it is.
fn bring_in(shop: &Shop, format: &str, files: &[Vec<u8>]) {
    let name = |noun: &str| format!("in-{noun}.{format}");
    for (noun, bytes) in NOUNS.iter().zip(files) {
        std::fs::write(shop.home().join(name(noun)), bytes).unwrap();
        let [read, created, rest @ ..] = counts(&bring(shop, noun, 0, &[&name(noun)]));
        assert!(read > 0 && created == read && rest == [0; 3], "{noun}.{format}");
    }
    for noun in NOUNS {
        let [read, .., unchanged, _] =
            counts(&bring(shop, noun, 0, &[&name(noun), "--mode", "upsert", "--again"]));
        assert_eq!(read, unchanged, "{noun}.{format} once more");
    }
    shop.ok(&["doctor"]);
}

#[test]
fn what_goes_out_goes_in_and_comes_out_the_same_on_both_kinds_of_store() {
    let first = Shop::on_sqlite();
    lived_in(&first);
    let server = Shop::on_own_mongodb();
    for (at, format) in FORMATS.iter().enumerate() {
        let out = exports(&first, format);
        let second = server.beside(&format!("shop{at}"));
        bring_in(&second, format, &out);
        let over = exports(&second, format);
        let third = Shop::on_sqlite();
        bring_in(&third, format, &over);
        let back = exports(&third, format);
        for ((noun, out), (over, back)) in NOUNS.iter().zip(&out).zip(over.iter().zip(&back)) {
            assert!(out == over, "{noun}.{format} on MongoDB: {} and {}", show(out), show(over));
            assert!(out == back, "{noun}.{format} back on SQLite: {} and {}", show(out), show(back));
        }
        // A later order is given a number that no other has.
        let next = third.json(&["order", "create", "--email", "ada@example.com", "--item", "M-1"]);
        assert_eq!(next["number"], 1007, "{next:#}");
    }
}

fn show(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

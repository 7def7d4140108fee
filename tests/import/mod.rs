//! Importing files, as a person or a script does it: the real program on both kinds of store.

mod again;
mod differential;
mod hand_over;
mod inventory;
mod kills;
mod modes;
mod orders;
mod others;
mod plans;
mod real;
mod refusing;
mod round_trip;
mod sunrise;
mod undo;
mod users;

use std::fmt::Write;

use serde_json::Value;

use crate::system::program::{Run, Shop};

/// Runs a test on both kinds of store.
fn on_both(test: impl Fn(&Shop)) {
    for shop in [Shop::on_sqlite(), Shop::on_mongodb()] {
        test(&shop);
    }
}

/// Writes a file into the shop's home.
fn file(shop: &Shop, name: &str, text: &str) {
    std::fs::write(shop.home().join(name), text).unwrap();
}

/// A file of the shop's home.
fn read(shop: &Shop, name: &str) -> String {
    std::fs::read_to_string(shop.home().join(name)).unwrap()
}

/// A catalogue of so many products.
fn catalogue(rows: usize) -> String {
    let mut text = "sku,name,price,currency,tags,options.size,stock\n".to_owned();
    for n in 0..rows {
        let stock = if n % 7 == 0 { (n % 40).to_string() } else { String::new() };
        let price = n % 900;
        writeln!(
            text,
            "SKU-{n:06},\"Thing {n}, new\",{price}.{:02},EUR,\"a,b{}\",{n},{stock}",
            n % 100,
            n % 3
        )
        .unwrap();
    }
    text
}

/// Every product without what is each run's own: id and times.
fn products(shop: &Shop) -> Vec<Value> {
    let listed = shop.json(&["product", "list", "--all", "--sort", "sku"]);
    let mut items = listed["items"].as_array().unwrap().clone();
    for item in &mut items {
        for member in ["id", "created_at", "updated_at"] {
            item.as_object_mut().unwrap().remove(member);
        }
    }
    items
}

/// On hand of every SKU with stock.
fn stock(shop: &Shop) -> Vec<(String, i64)> {
    let listed = shop.json(&["inventory", "list", "--all", "--sort", "sku"]);
    let items = listed["items"].as_array().unwrap().iter();
    items.map(|item| (item["sku"].as_str().unwrap().to_owned(), item["on_hand"].as_i64().unwrap())).collect()
}

/// The counts of a report: read, created, updated, unchanged, rejected.
fn counts(run: &Run) -> [u64; 5] {
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:#?}"));
    let counts =
        ["read", "created", "updated", "unchanged", "rejected"].map(|name| report[name].as_u64().unwrap());
    assert_eq!(counts[0], counts[1..].iter().sum::<u64>(), "{report:#}");
    counts
}

/// Runs an import that must end with this code; gives what it printed.
#[track_caller]
fn import(shop: &Shop, code: i32, words: &[&str]) -> Run {
    bring(shop, "product", code, words)
}

/// The same of another kind of thing.
#[track_caller]
fn bring(shop: &Shop, noun: &str, code: i32, words: &[&str]) -> Run {
    let run = shop.run(&[&[noun, "import", "-o", "json"], words].concat());
    assert_eq!(run.code, Some(code), "{noun} {words:?}: {run:#?}");
    run
}

/// The report of an import.
fn report(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:#?}"))
}

/// Line and code of each row that was not taken.
fn rejections(report: &Value) -> Vec<(u64, String)> {
    let told = report["rejections"].as_array().unwrap().iter();
    told.map(|one| (one["line"].as_u64().unwrap(), one["code"].as_str().unwrap().to_owned())).collect()
}

/// The id of the import that was begun last.
fn last(shop: &Shop) -> String {
    let imports = shop.json(&["import", "list", "--sort", "-id"]);
    imports["items"][0]["id"].as_str().unwrap().to_owned()
}

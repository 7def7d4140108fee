//! The files of commercetools' Sunrise shop, through the imports of products, stock and orders, against what was computed independently.
//!
//! They are read where they stand beside the checkout; where they do not, the test says that it did not run.

use std::fmt::Write;
use std::path::PathBuf;

use serde_json::json;

use super::{bring, counts, file, on_both, read, report};
use crate::support::say::say;

/// The orders for which there is too little stock, by number.
const REFUSED: [&str; 15] =
    ["49", "149", "168", "173", "189", "201", "221", "232", "295", "297", "315", "323", "334", "355", "401"];

#[test]
fn the_orders_of_sunrise_find_the_stock_that_was_computed() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/sunrise");
    if !folder.is_dir() {
        say(
            "\nimport::sunrise DID NOT RUN: the files of the Sunrise shop are not at ../shared/data/sunrise\n",
        );
        return;
    }
    let path = |name: &str| folder.join(name).display().to_string();
    let stock = std::fs::read_to_string(folder.join("inventory.csv")).unwrap();
    let mut products = "sku,name,price,currency\n".to_owned();
    for row in stock.lines().skip(1) {
        let sku = row.split(',').next().unwrap();
        writeln!(products, "{sku},{sku},1.00,EUR").unwrap();
    }
    on_both(|shop| {
        file(shop, "products.csv", &products);
        assert_eq!(counts(&bring(shop, "product", 0, &["products.csv"])), [26_137, 26_137, 0, 0, 0]);
        assert_eq!(
            counts(&bring(shop, "inventory", 0, &[&path("inventory.csv")])),
            [26_137, 26_137, 0, 0, 0]
        );
        let run = bring(
            shop,
            "order",
            8,
            &[&path("orders.csv"), "--stock", "obey", "--on-error", "skip", "--rejects", "rejects.csv"],
        );
        assert_eq!(counts(&run), [397, 382, 0, 0, 15]);
        let report = report(&run);
        let totals =
            report["notes"].as_object().unwrap().iter().find(|(note, _)| note.contains("stated total"));
        assert_eq!(totals.map(|(_, count)| count), Some(&json!(88)), "{report:#}");
        let rejects = read(shop, "rejects.csv");
        let mut reader = csv::Reader::from_reader(rejects.as_bytes());
        let mut numbers: Vec<String> = reader.records().map(|row| row.unwrap()[2].to_owned()).collect();
        numbers.dedup();
        assert_eq!(numbers, REFUSED);
        let listed = shop.json(&["inventory", "list", "--all"]);
        let sum = |member: &str| -> i64 {
            listed["items"].as_array().unwrap().iter().map(|item| item[member].as_i64().unwrap()).sum()
        };
        assert_eq!((sum("reserved"), sum("available")), (860, 4_106_088));
        shop.ok(&["doctor"]);
    });
}

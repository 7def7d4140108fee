//! Real files of other shops go in, or are refused for the right reason at the right line.
//!
//! They are read where they stand beside the checkout (`../shared/data`); where they do not, the tests say so and end.

use std::path::PathBuf;

use shopctl::files::{Dialect, FileError, Noun, ReadOptions, Reader, Record};

use super::support::text;
use crate::support::say::say;

/// The file, if it is there.
fn file(test: &str, name: &str) -> Option<Vec<u8>> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(name);
    let found = std::fs::read(&path).ok();
    if found.is_none() {
        say(&format!("\n{test} DID NOT RUN: {name} is not at ../shared/data\n"));
    }
    found
}

fn opened(bytes: Vec<u8>, noun: Noun, currency: &str) -> Result<Reader, FileError> {
    let currency = Some(currency.parse().unwrap());
    Reader::open(Box::new(std::io::Cursor::new(bytes)), &ReadOptions { currency, ..ReadOptions::new(noun) })
}

/// Every record of a file that is all good.
fn all(bytes: Vec<u8>, noun: Noun, currency: &str) -> (Dialect, Vec<Record>) {
    let reader = opened(bytes, noun, currency).unwrap_or_else(|error| panic!("{error}"));
    (reader.dialect(), reader.map(Result::unwrap).collect())
}

#[test]
fn sunrise_inventory_and_orders_are_read() {
    let Some(bytes) = file("sunrise inventory", "sunrise/inventory.csv") else { return };
    let (dialect, records) = all(bytes, Noun::Inventory, "EUR");
    let sum: i64 = records.iter().map(|record| text(record, "on_hand").parse::<i64>().unwrap()).sum();
    assert_eq!((dialect, records.len(), records.last().unwrap().line), (Dialect::Sunrise, 26_137, 26_138));
    assert_eq!(sum, 860 + 4_106_088);
    let Some(bytes) = file("sunrise orders", "sunrise/orders.csv") else { return };
    let (_, orders) = all(bytes, Noun::Orders, "EUR");
    assert_eq!((orders.len(), orders.iter().map(|order| order.lines.len()).sum::<usize>()), (397, 899));
    assert_eq!((text(&orders[0], "customer"), text(&orders[0].lines[2], "unit_price")), ("303", "87.5"));
}

#[test]
fn spree_products_and_customers_are_read() {
    let Some(bytes) = file("spree products", "spree/products.csv") else { return };
    let mut reader = opened(bytes, Noun::Products, "EUR").unwrap();
    let records: Vec<Record> = reader.by_ref().map(Result::unwrap).collect();
    assert_eq!((reader.dialect(), records.len()), (Dialect::Spree, 87));
    let first = &records[0];
    assert_eq!((first.line, text(first, "price"), text(first, "currency")), (3, "879.99", "USD"));
    assert_eq!((text(first, "name"), text(first, "stock")), ("Automatic Espresso Machine", "5000"));
    let notes = reader.notes();
    assert_eq!(notes.remarks.values().sum::<u64>(), 37 + 87, "{notes:?}");
    let Some(bytes) = file("spree customers", "spree/customers.csv") else { return };
    let (_, users) = all(bytes, Noun::Users, "EUR");
    assert_eq!((users.len(), text(&users[0], "name")), (20, "Sarah Johnson"));
}

#[test]
fn medusa_products_are_read() {
    let mut both = Vec::new();
    for name in ["medusa/exported-products-comma.csv", "medusa/exported-products-semicolon.csv"] {
        let Some(bytes) = file("medusa products", name) else { return };
        let (dialect, records) = all(bytes, Noun::Products, "EUR");
        assert_eq!(dialect, Dialect::Medusa);
        both.push(records.into_iter().map(|record| (record.line, record.cells)).collect::<Vec<_>>());
    }
    assert_eq!(both[0], both[1]);
    assert_eq!(both[0].iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 4, 6]);
    let Some(bytes) = file("medusa template", "medusa/v1-template.csv") else { return };
    let (_, records) = all(bytes, Noun::Products, "EUR");
    let prices: Vec<&str> = records.iter().map(|record| text(record, "price")).collect();
    assert_eq!(prices, ["1.1", "1.1", "1.1", "1.2", ""]);
    assert_eq!(text(&records[0], "sku"), "test-sku-1");
}

#[test]
fn medusa_files_with_a_column_nobody_knows_are_refused_with_its_name() {
    for (name, code, column) in [
        ("medusa/invalid-prices.csv", "unknown_region", "Variant Price nonexistent [EUR]"),
        ("medusa/invalid-column.csv", "unknown_column", "Product field"),
        ("medusa/unrelated-column.csv", "unknown_column", "Some field"),
    ] {
        let Some(bytes) = file("medusa refusals", name) else { return };
        let error = opened(bytes, Noun::Products, "EUR").err().unwrap();
        assert_eq!((error.code, error.line, error.column.as_deref()), (code, Some(1), Some(column)));
    }
}

#[test]
fn bagistos_bad_row_is_named() {
    let Some(bytes) = file("bagisto products", "bagisto/products-with-errors.csv") else { return };
    let mut reader = opened(bytes, Noun::Products, "EUR").unwrap();
    let good = reader.next().unwrap().unwrap();
    assert_eq!(
        (text(&good, "sku"), text(&good, "price"), text(&good, "stock")),
        ("E2E-VALID-001", "14", "100")
    );
    let bad = reader.next().unwrap().unwrap_err();
    assert_eq!((bad.line, bad.code, bad.column.as_deref()), (Some(3), "unsupported_type", Some("type")));
    assert_eq!(bad.value.as_deref(), Some("not-a-product-type"));
    assert!(reader.next().is_none());
}

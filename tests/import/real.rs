//! Real product files of other shops, through the program: they go in, or are refused for the right reason at the right line.
//!
//! They are read where they stand beside the checkout (`../shared/data`); where they do not, the tests say so and end.

use std::path::PathBuf;

use serde_json::Value;

use super::{counts, import, products, stock};
use crate::support::say::say;
use crate::system::program::{Run, Shop};

/// Where the file stands, if it is there.
fn real(name: &str) -> Option<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(name);
    if !path.exists() {
        say(&format!("\nan import DID NOT RUN: {name} is not at ../shared/data\n"));
        return None;
    }
    Some(path.to_str().unwrap().to_owned())
}

/// The errors of a refusal: their code, then each reason.
fn refusal(run: &Run) -> (String, Vec<String>) {
    let error: Value = serde_json::from_str(run.stderr.lines().last().unwrap()).unwrap();
    let error = &error["error"];
    let details = error["errors"].as_array().unwrap().iter();
    (
        error["code"].as_str().unwrap().to_owned(),
        details.map(|one| one["detail"].as_str().unwrap().to_owned()).collect(),
    )
}

#[test]
fn sprees_products_go_in_with_their_variants_and_stock() {
    let Some(file) = real("spree/products.csv") else { return };
    let shop = Shop::on_sqlite();
    assert_eq!(counts(&import(&shop, 0, &[&file])), [87, 87, 0, 0, 0]);
    let products = products(&shop);
    let of = |member: &str, value: &str| products.iter().filter(|product| product[member] == value).count();
    assert_eq!((of("currency", "USD"), of("status", "active")), (87, 87));
    let groups: std::collections::BTreeSet<&str> =
        products.iter().filter_map(|product| product["group"].as_str()).collect();
    // What stands for itself has no options, and so no group.
    let alone = products.iter().filter(|product| product["group"].is_null()).count();
    assert_eq!((groups.len() + alone, stock(&shop).len()), (37, 87));
    assert_eq!(counts(&import(&shop, 0, &[&file, "--mode", "upsert", "--again"])), [87, 0, 0, 87, 0]);
    shop.ok(&["doctor"]);
}

#[test]
fn medusas_exports_have_no_sku_until_a_column_is_named_for_it() {
    let mut both = Vec::new();
    for delimiter in ["comma", "semicolon"] {
        let Some(file) = real(&format!("medusa/exported-products-{delimiter}.csv")) else { return };
        let shop = Shop::on_sqlite();
        let (code, reasons) = refusal(&import(&shop, 5, &[&file]));
        assert_eq!(code, "import_refused");
        // In the first two rows a description has a line break before the SKU.
        for (reason, line) in reasons.iter().zip([3, 5, 6]) {
            let place = format!("exported-products-{delimiter}.csv:{line}: Variant Sku \"\"");
            assert!(reason.starts_with(&place) && reason.ends_with("(invalid_sku)"), "{reason}");
        }
        assert_eq!((reasons.len(), products(&shop).len()), (3, 0));
        assert_eq!(counts(&import(&shop, 0, &[&file, "--map", "Variant Id=sku"])), [3, 3, 0, 0, 0]);
        both.push(products(&shop));
    }
    assert_eq!(both[0], both[1]);
    assert_eq!((&both[0][0]["currency"], &both[0][0]["status"]), (&"EUR".into(), &"draft".into()));
}

#[test]
fn medusas_old_template_lacks_one_price() {
    let Some(file) = real("medusa/v1-template.csv") else { return };
    let shop = Shop::on_sqlite();
    let (code, reasons) = refusal(&import(&shop, 5, &[&file]));
    assert_eq!((code.as_str(), reasons.len()), ("import_refused", 1));
    assert!(
        reasons[0].starts_with("v1-template.csv:6: Price USD \"\"")
            && reasons[0].ends_with("(invalid_amount)"),
        "{reasons:?}"
    );
    assert_eq!(products(&shop).len(), 0);
    assert_eq!(counts(&import(&shop, 8, &[&file, "--on-error", "skip"])), [5, 4, 0, 0, 1]);
}

#[test]
fn medusas_bad_headers_are_refused_by_the_name_of_the_column() {
    for (name, code, column) in [
        ("invalid-prices", "unknown_region", "Variant Price nonexistent [EUR]"),
        ("invalid-column", "unknown_column", "Product field"),
        ("unrelated-column", "unknown_column", "Some field"),
    ] {
        let Some(file) = real(&format!("medusa/{name}.csv")) else { return };
        let shop = Shop::on_sqlite();
        let (told, reasons) = refusal(&import(&shop, 5, &[&file]));
        assert_eq!((told.as_str(), reasons.len()), (code, 1));
        assert!(
            reasons[0].starts_with(&format!("{name}.csv:1: ")) && reasons[0].contains(column),
            "{reasons:?}"
        );
        assert_eq!(products(&shop).len(), 0);
    }
}

#[test]
fn bagistos_good_row_goes_in_where_bad_ones_are_skipped() {
    let Some(file) = real("bagisto/products-with-errors.csv") else { return };
    let shop = Shop::on_sqlite();
    let (code, reasons) = refusal(&import(&shop, 5, &[&file]));
    assert_eq!((code.as_str(), reasons.len()), ("import_refused", 1));
    let place = "products-with-errors.csv:3: type \"not-a-product-type\"";
    assert!(reasons[0].starts_with(place) && reasons[0].ends_with("(unsupported_type)"), "{reasons:?}");
    assert_eq!(counts(&import(&shop, 8, &[&file, "--on-error", "skip"])), [2, 1, 0, 0, 1]);
    assert_eq!(stock(&shop), [("E2E-VALID-001".to_owned(), 100)]);
}

#[test]
fn files_of_other_things_name_their_command() {
    for (name, noun) in [
        ("sunrise/inventory.csv", "inventory"),
        ("sunrise/orders.csv", "order"),
        ("spree/customers.csv", "user"),
    ] {
        let Some(file) = real(name) else { return };
        let (code, reasons) = refusal(&import(&Shop::on_sqlite(), 5, &[&file]));
        assert_eq!(code, "wrong_noun");
        assert!(
            reasons[0].contains(".csv:1: ") && reasons[0].contains(&format!("`shopctl {noun} import`")),
            "{reasons:?}"
        );
    }
}

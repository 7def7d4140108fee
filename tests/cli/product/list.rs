//! `shopctl product list`

use super::{Shop, error_code};

#[test]
fn filters_narrow_the_list() {
    let shop = Shop::empty();
    for line in [
        "A --name Apple --price 1 --tag fruit --group G",
        "B --name Banana --price 2 --tag fruit --status draft",
        "C --name Coffee --price 3 --currency USD",
        "D --name Date --price 4",
    ] {
        shop.ok(&format!("product create {line}"));
    }
    for (filter, expected) in [
        ("--tag fruit", vec!["A", "B"]),
        ("--status draft", vec!["B"]),
        ("--group G", vec!["A"]),
        ("--query coff", vec!["C"]),
        ("--currency USD", vec!["C"]),
        ("--min-price 2", vec!["B", "D"]),
        ("--min-price 1.50 --max-price 2", vec!["B"]),
        ("--tag fruit --status active", vec!["A"]),
    ] {
        assert_eq!(shop.listed(&format!("product list --sort sku {filter}"), "sku"), expected, "{filter}");
    }
    assert_eq!(error_code(&shop, "product list --min-price cheap").0, 5);
}

#[test]
fn a_search_is_literal() {
    let shop = Shop::with_mugs();
    for query in ["%", "_", ".*", "[a-z]"] {
        assert!(shop.listed(&format!("product list --query {query}"), "sku").is_empty(), "{query}");
    }
}

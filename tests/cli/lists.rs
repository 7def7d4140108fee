//! Pages, cursors, sorting and the rest that every list can do.

use super::{Shop, error_code};

/// Five products, A to E, priced 5 to 1.
fn shop() -> Shop {
    let shop = Shop::empty();
    for (sku, price) in [("A", 5), ("B", 4), ("C", 3), ("D", 2), ("E", 1)] {
        shop.ok(&format!("product create {sku} --name {sku} --price {price}"));
    }
    shop
}

#[test]
fn a_list_that_was_cut_says_how_to_go_on() {
    let shop = shop();
    let page = shop.run("product list --limit 2 -o json").ok();
    let page = page.says("showing 2; more: --cursor").json();
    assert_eq!(page["has_more"], true);
    let cursor = page["next_cursor"].as_str().unwrap();
    assert_eq!(shop.listed(&format!("product list --limit 2 --cursor {cursor}"), "sku"), ["C", "D"]);
    shop.run("product list --limit 5").ok().hides("showing");
    shop.run("product list --limit 2 -q").ok().hides("showing");
}

#[test]
fn lists_are_sorted_both_ways() {
    let shop = shop();
    assert_eq!(shop.listed("product list --sort price", "sku"), ["E", "D", "C", "B", "A"]);
    assert_eq!(shop.listed("product list --sort -price", "sku"), ["A", "B", "C", "D", "E"]);
    assert_eq!(error_code(&shop, "product list --sort colour"), (5, "invalid_sort".to_owned()));
}

#[test]
fn a_limit_may_be_larger_than_a_page_of_the_store() {
    let shop = Shop::empty();
    shop.ok("product create P --name P --price 1");
    shop.damage(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 419)
         INSERT INTO products SELECT 'prd_' || printf('%026d', i), version, created_at, updated_at, sku || i, sku_norm || i,
             name, description, tags, metadata, price, currency, status, variant_group, options, search
         FROM products, n",
    );
    for format in ["id", "jsonl"] {
        assert_eq!(shop.ok(&format!("product list --all -o {format}")).lines().count(), 420);
    }
    let cut = shop.run("product list --limit 250 -o json").ok().says("showing 250");
    assert_eq!(cut.json()["items"].as_array().unwrap().len(), 250);
    let mut ids: Vec<String> = shop.ok("product list --all -o id").lines().map(str::to_owned).collect();
    ids.dedup();
    assert_eq!(ids.len(), 420);
}

#[test]
fn an_empty_list_is_empty_in_every_format_and_no_failure() {
    let shop = Shop::empty();
    for (format, expected) in [
        ("json", "{\"items\":[],\"has_more\":false,\"next_cursor\":null}\n"),
        ("jsonl", ""),
        ("id", ""),
        ("csv", "product_id,sku,on_hand,reserved,available,low_stock_at,version,created_at,updated_at\r\n"),
    ] {
        assert_eq!(shop.ok(&format!("inventory list -o {format}")), expected, "{format}");
    }
    assert_eq!(error_code(&shop, "inventory list --fail-empty"), (3, "empty".to_owned()));
}

#[test]
fn a_span_of_time_cuts_a_list() {
    let shop = shop();
    assert_eq!(shop.listed("product list --created-after 2020-01-01", "sku").len(), 5);
    assert!(shop.listed("product list --created-before 2020-01-01T00:00:00Z", "sku").is_empty());
}

#[test]
fn a_cursor_of_another_list_is_refused() {
    let shop = shop();
    let page = shop.json("product list --limit 2");
    let cursor = page["next_cursor"].as_str().unwrap();
    let line = format!("product list --sort price --cursor {cursor}");
    assert_eq!(error_code(&shop, &line), (5, "invalid_cursor".to_owned()));
}

#[test]
fn all_and_a_limit_contradict_each_other() {
    assert_eq!(error_code(&shop(), "product list --all --limit 3").0, 2);
}

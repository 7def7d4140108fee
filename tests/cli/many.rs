//! Commands that take several ids.

use super::{Shop, error_code};

fn shop() -> Shop {
    let shop = Shop::with_mugs();
    shop.ok("product create CUP --name Cup --price 9");
    shop
}

#[test]
fn one_id_shows_the_object_and_several_a_list() {
    let shop = shop();
    assert_eq!(shop.json("product get MUG")["sku"], "MUG");
    let both = shop.json("product get MUG CUP");
    assert_eq!((&both["items"][0]["sku"], &both["items"][1]["sku"]), (&"MUG".into(), &"CUP".into()));
    assert_eq!(both["has_more"], false);
}

#[test]
fn all_are_tried_and_each_failure_is_told() {
    let shop = shop();
    let done = shop.run("product archive MUG NOPE CUP NEITHER").ends(8);
    done.says("\"NOPE\" does not exist").says("\"NEITHER\" does not exist");
    assert_eq!(shop.listed("product list --status archived --sort sku", "sku"), ["CUP", "MUG"]);
}

#[test]
fn where_all_fail_the_worst_code_wins() {
    let shop = Shop::with_an_order();
    shop.run("product get NOPE NEITHER").fails(3);
    // 4 for the mug that an order names, 3 for the other.
    shop.run("product delete MUG NOPE -y").fails(4);
}

#[test]
fn failures_are_json_objects_where_results_are_json() {
    let done = shop().run("product get MUG NOPE NEITHER -o json").ends(8);
    let codes: Vec<serde_json::Value> =
        done.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(codes.len(), 2);
    assert_eq!(codes[1]["error"]["code"], "product_not_found");
    assert_eq!(done.json()["items"][0]["sku"], "MUG");
}

#[test]
fn a_version_belongs_to_a_single_thing() {
    assert_eq!(error_code(&shop(), "product archive MUG CUP --if-version 1"), (2, "usage".to_owned()));
}

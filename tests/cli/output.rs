//! The six formats.

use super::{Shop, error_code};

fn shop() -> Shop {
    let shop = Shop::empty();
    let words =
        ["product", "create", "A", "--name", "b\\c", "--price", "1", "--description", "say \"hi\",\n\tx"];
    shop.run_words(words.iter().chain(&["--tag", "t1", "--tag", "t2"])).ok();
    shop
}

#[test]
fn off_a_terminal_results_are_tab_separated() {
    let shop = Shop::with_mugs();
    assert_eq!(shop.ok("product list"), shop.ok("product list -o tsv"));
}

#[test]
fn tsv_escapes_what_would_break_a_line() {
    assert_eq!(
        shop().ok("product list -o tsv --fields name,description,tags"),
        "name\tdescription\ttags\nb\\\\c\tsay \"hi\",\\n\\tx\tt1,t2\n"
    );
}

#[test]
fn csv_quotes_what_it_must_and_ends_lines_as_rfc_4180_says() {
    let csv = shop().ok("product list -o csv --fields sku,description");
    assert_eq!(csv, "sku,description\r\nA,\"say \"\"hi\"\",\n\tx\"\r\n");
}

#[test]
fn headers_can_be_left_out() {
    let shop = Shop::with_mugs();
    assert_eq!(shop.ok("product list -o csv --fields sku --no-headers"), "MUG\r\n");
    assert_eq!(shop.ok("product list -o tsv --fields sku --no-headers"), "MUG\n");
    assert_eq!(shop.ok("product list -o table --fields sku --no-headers"), "MUG\n");
}

#[test]
fn json_keeps_the_order_of_members_that_were_asked_for() {
    let shop = Shop::with_mugs();
    assert_eq!(
        shop.ok("product get MUG -o json --fields price,sku,tags"),
        "{\"price\":\"12.50\",\"sku\":\"MUG\",\"tags\":[]}\n"
    );
    assert_eq!(shop.ok("product list -o jsonl --fields sku"), "{\"sku\":\"MUG\"}\n");
}

#[test]
fn ids_stand_alone() {
    let shop = Shop::with_an_order();
    for (line, start) in [("product list", "prd_"), ("order list", "ord_"), ("inventory list", "prd_")] {
        let ids = shop.ok(&format!("{line} -o id"));
        assert!(ids.starts_with(start) && ids.len() == 31, "{ids}");
    }
    // What prints ids feeds what takes them.
    let id = shop.ok("order list -o id");
    shop.ok(&format!("order get {id}"));
}

#[test]
fn a_table_shows_one_thing_as_names_and_values_with_its_lines_below() {
    let table = Shop::with_an_order().ok("order get 1001 -o table");
    let words: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
    assert!(words.contains(&vec!["number", "1001"]), "{table}");
    assert!(words.contains(&vec!["MUG", "Mug", "12.50", "2", "0", "0", "0", "25.00"]), "{table}");
    assert!(table.contains("history"), "{table}");
}

#[test]
fn a_table_of_orders_shows_their_lines_in_short() {
    let table = Shop::with_an_order().ok("order list -o table");
    assert!(table.contains("MUG×2"), "{table}");
}

#[test]
fn a_table_shows_no_control_characters() {
    let shop = Shop::empty();
    let name = "red \u{202e}mug";
    shop.run_words(["product", "create", "A", "--name", name, "--price", "1"]).ends(0);
    let table = shop.ok("product list -o table");
    assert!(!table.contains('\u{202e}'), "{table:?}");
}

#[test]
fn a_mistyped_field_is_refused_before_anything_is_done() {
    let shop = Shop::empty();
    let line = "product create A --name A --price 1 --fields skew";
    shop.run(line).fails(2).says("\"skew\" is not a field here").says("fields: id, sku, name");
    assert_eq!(error_code(&shop, "product get A").0, 3);
}

#[test]
fn fields_help_lists_them() {
    let listed = Shop::empty().ok("inventory list --fields help");
    assert_eq!(listed.lines().next(), Some("product_id"));
    assert!(listed.lines().any(|field| field == "available"));
}

#[test]
fn usage_errors_are_json_where_results_would_be() {
    let error = Shop::empty().run("product list -o json --colour").fails(2).error();
    assert_eq!((error["code"].as_str(), error["exit_code"].as_i64()), (Some("usage"), Some(2)));
    assert!(error["message"].as_str().unwrap().contains("--colour"));
}

#[test]
fn colours_come_only_when_asked_for() {
    let shop = Shop::empty();
    shop.run("product get A").fails(3).hides("\u{1b}[");
    shop.run("product get A --color always").fails(3).says("\u{1b}[1;31merror:\u{1b}[0m");
}

#[test]
fn every_part_that_is_wrong_is_told() {
    let line = "product create x!x --name A --price abc --status mouldy";
    let error = Shop::empty().run(&format!("{line} -o json")).fails(5).error();
    let pointers: Vec<&str> =
        error["errors"].as_array().unwrap().iter().map(|part| part["pointer"].as_str().unwrap()).collect();
    assert!(pointers.contains(&"/price") && pointers.contains(&"/status"), "{error}");
}

//! Files for other systems, written by the real program from either store, and read back by it.

use std::fmt::Write;

use serde_json::{Value, json};

use super::{counts, file, import, on_both, products, stock};
use crate::system::program::Shop;

/// Groups whose members stand apart, texts of every sort, with and without stock.
const CATALOGUE: &str = r#"{"sku":"TEE-S","name":"Tee","price":"12.50","group":"tee","options":{"Colour":"Red, dark","Size":"S"},"tags":["new","cotton"],"description":"Two\n\"lines\"","stock":4}
{"sku":"Cap 1/2","name":"Cap, \"large\"","price":"7","tags":["=1","b c"],"status":"draft"}
{"sku":"MUG-B","name":"Mug","price":"3.05","group":"mugs","options":{"Colour":"Blue"},"stock":0}
{"sku":"TEE-M","name":"Tee","price":"13.50","group":"tee","options":{"Colour":"Red, dark","Size":"M"},"tags":["new","cotton"],"description":"Two\n\"lines\"","stock":0}
{"sku":"mug","name":"The mug itself","price":"9"}
{"sku":"MUG-R","name":"Mug","price":"3.10","group":"mugs","options":{"Colour":"Red"},"stock":12}
{"sku":"tee","name":"Not one of the tees","price":"1","stock":3}
"#;

/// What the shop has, other than times and ids.
fn content(shop: &Shop) -> (Vec<Value>, Vec<(String, i64)>) {
    (products(shop), stock(shop))
}

fn exported(shop: &Shop, system: &str) -> String {
    let name = format!("{system}.csv");
    let run = shop.run(&["product", "export", "--as", system, &name]);
    assert_eq!(
        (run.code, run.stderr.lines().next()),
        (Some(0), Some(&*format!("products written to {name}: 7"))),
        "{run:#?}"
    );
    std::fs::read_to_string(shop.home().join(name)).unwrap()
}

#[test]
fn another_systems_file_is_read_back_as_what_was_written() {
    on_both(|shop| {
        file(shop, "a.jsonl", CATALOGUE);
        assert_eq!(counts(&import(shop, 0, &["a.jsonl"]))[1], 7);
        let (mut was, stocked) = content(shop);
        for system in ["shopify", "woocommerce"] {
            let text = exported(shop, system);
            assert_eq!(exported(shop, system), text, "the same shop makes the same file");
            let other = Shop::on_sqlite();
            file(&other, "b.csv", &text);
            assert_eq!(counts(&import(&other, 0, &["b.csv"]))[1], 7, "{text}");
            let (is, stocked_there) = content(&other);
            // "tee" is also a SKU, and so cannot be the name of a group as well.
            for product in
                was.iter_mut().filter(|product| product["sku"].as_str().unwrap().starts_with("TEE-"))
            {
                let there = is.iter().find(|other| other["sku"] == product["sku"]).unwrap();
                assert!(there["group"].as_str().unwrap().starts_with("tee-"), "{there:#}");
                product["group"] = there["group"].clone();
            }
            assert_eq!(is, was, "{system}: {text}");
            assert_eq!(stocked_there, stocked);
        }
    });
}

#[test]
fn pieces_that_are_promised_are_not_handed_over_and_other_currencies_are_left_out() {
    on_both(|shop| {
        shop.ok(&["product", "create", "MUG", "--name", "Mug", "--price", "5", "--stock", "10"]);
        shop.ok(&["product", "create", "CUP", "--name", "Cup", "--price", "6", "--currency", "USD"]);
        shop.ok(&["order", "create", "--email", "ada@example.com", "--item", "MUG:3"]);
        let run = shop.run(&["product", "export", "--as", "woocommerce"]);
        assert_eq!(run.code, Some(8), "{run:#?}");
        assert!(
            run.stdout.contains("simple,MUG,Mug,1,,1,7,0,5.00,") && !run.stdout.contains("CUP"),
            "{run:#?}"
        );
        assert_eq!(
            run.stderr,
            "not in the file: products in another currency (1, the first is \"CUP\"); --currency USD writes those\n"
        );
        let dollars = shop.ok(&["product", "export", "--as", "woocommerce", "--currency", "USD"]);
        assert!(dollars.contains("CUP") && !dollars.contains("MUG"), "{dollars}");
    });
}

#[test]
fn groups_larger_than_a_page_and_many_groups_stand_together() {
    on_both(|shop| {
        let mut lines = String::new();
        for n in 0..1300 {
            // One large group whose members stand between those of many small ones.
            let group = if n % 2 == 0 { "large".to_owned() } else { format!("small-{}", n % 250) };
            let row = json!({"sku": format!("S{n}"), "name": "Thing", "price": "1", "group": group, "options": {"No": n.to_string()}});
            writeln!(lines, "{row}").unwrap();
        }
        file(shop, "a.jsonl", &lines);
        import(shop, 0, &["a.jsonl"]);
        for system in ["shopify", "woocommerce"] {
            let other = Shop::on_sqlite();
            file(&other, "b.csv", &shop.ok(&["product", "export", "--as", system]));
            assert_eq!(counts(&import(&other, 0, &["b.csv"]))[1], 1300);
            assert_eq!(products(&other), products(shop), "{system}");
        }
    });
}

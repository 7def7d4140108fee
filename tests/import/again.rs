//! The same file a second time.

use serde_json::json;

use super::{catalogue, counts, file, import, on_both, products};

#[test]
fn a_file_that_was_imported_writes_nothing_the_second_time_and_says_so() {
    on_both(|shop| {
        file(shop, "a.csv", &catalogue(30));
        let first = import(shop, 0, &["a.csv", "--mode", "upsert"]);
        shop.ok(&["product", "update", "SKU-000003", "--price", "5"]);
        let before = shop.json(&["product", "list", "--all"]);
        let second = import(shop, 0, &["a.csv", "--mode", "upsert"]);
        assert!(second.stdout.contains("done_before") && second.stderr.contains("--again"), "{second:#?}");
        assert_eq!(counts(&second), counts(&first));
        assert_eq!(shop.json(&["product", "list", "--all"]), before);
        assert_eq!(counts(&import(shop, 0, &["a.csv", "--mode", "upsert", "--again"])), [30, 0, 1, 29, 0]);
        let imports = shop.json(&["import", "list", "--sort", "-id"]);
        let states: Vec<_> = imports["items"].as_array().unwrap().iter().map(|one| &one["state"]).collect();
        assert_eq!(states, ["done", "done"]);
        let shown = shop.json(&["import", "show", imports["items"][0]["id"].as_str().unwrap()]);
        assert_eq!((&shown["updated"], &shown["actor"]), (&json!(1), &json!("cli:tester")));
    });
}

#[test]
fn the_same_file_with_another_meaning_is_another_import() {
    on_both(|shop| {
        file(shop, "a.csv", &catalogue(3));
        import(shop, 0, &["a.csv"]);
        assert_eq!(counts(&import(shop, 0, &["a.csv", "--mode", "upsert"])), [3, 0, 0, 3, 0]);
        let archive = ["a.csv", "--mode", "upsert", "--set", "status=archived"];
        assert_eq!(counts(&import(shop, 0, &archive)), [3, 0, 3, 0, 0]);
        assert!(products(shop).iter().all(|product| product["status"] == "archived"));
    });
}

#[test]
fn a_key_stands_for_one_file() {
    on_both(|shop| {
        file(shop, "a.csv", &catalogue(3));
        file(shop, "b.csv", &catalogue(4));
        let key = ["--idempotency-key", "k1"];
        import(shop, 0, &[&["a.csv"], &key[..]].concat());
        let again = import(shop, 0, &[&["a.csv"], &key[..]].concat());
        assert!(again.stderr.contains("done before under this idempotency key"), "{again:#?}");
        let other = import(shop, 5, &[&["b.csv"], &key[..]].concat());
        assert!(other.stderr.contains("idempotency_key_reused"), "{other:#?}");
    });
}

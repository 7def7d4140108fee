//! Taking imports back.

use serde_json::{Value, json};

use super::{catalogue, counts, file, import, last, on_both, products, stock};

#[test]
fn what_an_import_made_goes_and_what_it_changed_is_as_before() {
    on_both(|shop| {
        file(shop, "a.csv", &catalogue(40));
        import(shop, 0, &["a.csv"]);
        let (before, stocked) = (products(shop), stock(shop));
        let other = "sku,name,price,tags,group\nSKU-000001,New name,9,x,g\nNEW,New,1,,\nSKU-000002,\"Thing 2, new\",2.02,\"a,b2\",\n";
        file(shop, "b.csv", other);
        assert_eq!(counts(&import(shop, 0, &["b.csv", "--mode", "upsert"])), [3, 1, 1, 1, 0]);
        let id = last(shop);
        assert_eq!(shop.run(&["import", "undo", &id]).code, Some(9), "nobody confirmed");
        let dry = shop.json(&["import", "undo", &id, "--dry-run"]);
        assert_eq!((&dry["undone"], products(shop).len()), (&json!(2), 41));
        let undone = shop.json(&["import", "undo", &id, "--yes"]);
        assert_eq!((&undone["undone"], &undone["kept"]), (&json!(2), &json!(0)));
        let mut after = products(shop);
        assert_eq!(after[1]["version"], 3);
        after[1]["version"] = json!(1);
        assert_eq!((after, stock(shop)), (before, stocked));
        assert_eq!(shop.json(&["import", "show", &id])["state"], "undone");
        // A file whose import was taken back may come again.
        assert_eq!(counts(&import(shop, 0, &["b.csv", "--mode", "upsert"])), [3, 1, 1, 1, 0]);
        let first: Value = shop.json(&["import", "list"])["items"][0].clone();
        let all = shop.run(&["import", "undo", first["id"].as_str().unwrap(), "--yes", "-o", "json"]);
        // SKU-000001 was changed by the import that came later.
        assert_eq!(all.code, Some(8), "{all:#?}");
        assert_eq!((products(shop).len(), stock(shop)), (2, vec![]));
        shop.ok(&["doctor"]);
    });
}

#[test]
fn a_row_that_somebody_changed_or_needs_stays_and_is_told() {
    on_both(|shop| {
        file(shop, "a.csv", "sku,name,price,stock\nA,A,1,5\nB,B,1,5\nC,C,1,5\nD,D,1,\nE,E,1,5\n");
        import(shop, 0, &["a.csv"]);
        shop.ok(&["product", "update", "A", "--price", "2"]);
        shop.ok(&["order", "create", "--email", "a@example.com", "--item", "B:1"]);
        shop.ok(&["inventory", "receive", "C", "1"]);
        shop.ok(&["product", "delete", "D", "--yes"]);
        let run = shop.run(&["import", "undo", &last(shop), "--yes", "-o", "json"]);
        assert_eq!(run.code, Some(8), "{run:#?}");
        let report: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!((&report["undone"], &report["gone"], &report["kept"]), (&json!(1), &json!(1), &json!(3)));
        let reasons = report["reasons"].as_object().unwrap();
        assert!(reasons["A"].as_str().unwrap().contains("version 2"), "{report:#}");
        assert_eq!(reasons.keys().collect::<Vec<_>>(), ["A", "B", "C"]);
        shop.ok(&["doctor"]);
    });
}

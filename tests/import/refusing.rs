//! Rows that cannot be taken.

use serde_json::{Value, json};

use super::{catalogue, counts, file, import, on_both, products, read};
use crate::system::program::Shop;

const BAD: &str = "sku,name,price\r\nA,Mug,12.50\r\nB,\"Two\r\nlines\",1\r\nC,,3\r\na,Again,5\r\nD,Dish,1.999\r\nE,Egg,2\r\n";

#[test]
fn a_bad_file_is_refused_with_line_column_value_and_reason_and_nothing_is_written() {
    on_both(|shop| {
        file(shop, "bad.csv", BAD);
        let refused = import(shop, 5, &["bad.csv", "--rejects", "out.csv"]);
        let error: Value = serde_json::from_str(refused.stderr.lines().last().unwrap()).unwrap();
        let error = &error["error"];
        assert_eq!((&error["code"], &error["exit_code"]), (&json!("import_refused"), &json!(5)));
        let details: Vec<&str> =
            error["errors"].as_array().unwrap().iter().map(|part| part["detail"].as_str().unwrap()).collect();
        for (detail, parts) in details.iter().zip([
            ["bad.csv:3: name", "control character", "invalid_name"],
            ["bad.csv:5: name \"\"", "is empty", "invalid_name"],
            ["bad.csv:6: ", "the same as line 2", "repeated_key"],
            ["bad.csv:7: price \"1.999\"", "3 decimals", "too_many_decimals"],
        ]) {
            assert!(parts.iter().all(|part| detail.contains(part)), "{detail}");
        }
        assert_eq!((details.len(), products(shop).len()), (4, 0));
        assert_eq!(shop.json(&["import", "list"])["items"], json!([]));
        let rejects = read(shop, "out.csv");
        assert!(
            rejects.starts_with("reject_reason,sku,name,price\n") && rejects.contains("a,Again,5"),
            "{rejects}"
        );
    });
}

#[test]
fn with_skip_the_good_rows_go_in_and_the_rejects_can_be_mended_and_fed_back() {
    on_both(|shop| {
        file(shop, "bad.csv", BAD);
        let run = import(shop, 8, &["bad.csv", "--on-error", "skip", "--rejects", "out.csv"]);
        assert_eq!(counts(&run), [6, 2, 0, 0, 4]);
        assert!(run.stderr.contains("bad.csv:6: the same as line 2"), "{run:#?}");
        let mended = read(shop, "out.csv").replace("1.999", "1.99").replace("C,,3", "C,Cap,3");
        let mended = mended.replace("a,Again", "F,Fork").replace("Two\r\nlines", "Two lines");
        file(shop, "mended.csv", &mended);
        assert_eq!(counts(&import(shop, 0, &["mended.csv"])), [4, 4, 0, 0, 0]);
        let skus: Vec<Value> = products(shop).iter().map(|product| product["sku"].clone()).collect();
        assert_eq!(skus, ["A", "B", "C", "D", "E", "F"]);
    });
}

#[test]
fn what_is_taken_in_the_store_refuses_the_file_before_anything_is_written() {
    on_both(|shop| {
        shop.ok(&["product", "create", "SKU-004321", "--name", "There", "--price", "1"]);
        file(shop, "a.csv", &catalogue(5000));
        let refused = import(shop, 5, &["a.csv"]);
        assert!(
            refused.stderr.contains("a.csv:4323: sku") && refused.stderr.contains("sku_taken"),
            "{refused:#?}"
        );
        assert_eq!(products(shop).len(), 1);
        let run = import(shop, 8, &["a.csv", "--on-error", "skip"]);
        assert_eq!(counts(&run), [5000, 4999, 0, 0, 1]);
    });
}

#[test]
fn a_broken_file_is_told_with_its_line() {
    on_both(|shop| {
        std::fs::write(shop.home().join("a.csv"), b"sku,name,price\nA,A,1\nB,\xff,1\n").unwrap();
        let refused = import(shop, 5, &["a.csv"]);
        assert!(refused.stderr.contains("not_utf8") && refused.stderr.contains("a.csv:3"), "{refused:#?}");
        let missing = import(shop, 5, &["none.csv"]);
        assert!(missing.stderr.contains("none.csv"), "{missing:#?}");
        import(shop, 5, &["a.csv", "--mode", "replace"]);
    });
}

#[test]
fn a_dry_run_says_what_would_be_done_and_does_nothing() {
    on_both(|shop| {
        shop.ok(&["product", "create", "SKU-000001", "--name", "There", "--price", "1"]);
        file(shop, "a.csv", &catalogue(3));
        let run = import(shop, 0, &["a.csv", "--mode", "upsert", "--dry-run"]);
        assert_eq!(counts(&run), [3, 2, 1, 0, 0]);
        assert!(run.stderr.contains("nothing was changed"), "{run:#?}");
        assert_eq!((products(shop).len(), &shop.json(&["import", "list"])["items"]), (1, &json!([])));
    });
}

/// Not even a store is made for it.
#[test]
fn a_file_that_is_not_there_changes_nothing() {
    let shop = Shop::on_sqlite();
    for (words, path) in
        [(["order", "import"], "none.csv"), (["user", "import"], "."), (["import", "apply"], "none.plan")]
    {
        let run = shop.run(&[&words[..], &[path]].concat());
        assert!(run.code == Some(5) && run.stderr.contains("cannot be read"), "{run:#?}");
        assert!(!run.stderr.contains("created") && !shop.home().join("shop.db").exists(), "{run:#?}");
    }
}

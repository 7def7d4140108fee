//! Stock from files: counts, differences and what is expected.

use serde_json::{Value, json};

use super::{bring, counts, file, last, on_both, rejections, report, stock};
use crate::system::program::{Run, Shop};

fn shop_of(shop: &Shop, products: &[(&str, i64)]) {
    for (sku, stock) in products {
        shop.ok(&["product", "create", sku, "--name", sku, "--price", "1", "--stock", &stock.to_string()]);
    }
}

fn on_hand(shop: &Shop) -> Vec<i64> {
    stock(shop).into_iter().map(|(_, on_hand)| on_hand).collect()
}

#[test]
fn a_row_counts_corrects_or_compares() {
    on_both(|shop| {
        shop_of(shop, &[("A", 10), ("B", 10), ("C", 10), ("D", 10), ("E", 10)]);
        shop.ok(&["product", "create", "F", "--name", "F", "--price", "1"]);
        let rows = "sku,on_hand,delta,expected,low_stock_at,reason\n\
            a,7,,,,counted\n\
            B,,-3,,2,broken\n\
            C,12,,10,,\n\
            D,,,10,,\n\
            E,,+5,10,,\n\
            F,4,,,,\n";
        file(shop, "a.csv", rows);
        let dry = bring(shop, "inventory", 0, &["a.csv", "--dry-run"]);
        assert_eq!((counts(&dry), on_hand(shop)), ([6, 1, 4, 1, 0], vec![10; 5]));
        assert_eq!(counts(&bring(shop, "inventory", 0, &["a.csv"])), [6, 1, 4, 1, 0]);
        assert_eq!(on_hand(shop), [7, 7, 12, 10, 15, 4]);
        // The same file again is not another delivery.
        let again = report(&bring(shop, "inventory", 0, &["a.csv"]));
        assert_eq!((&again["outcome"], on_hand(shop)), (&json!("done_before"), vec![7, 7, 12, 10, 15, 4]));
        let moves = shop.json(&["inventory", "history", "B", "--sort", "-seq"]);
        let last_move = &moves["items"][0];
        assert_eq!(
            (&last_move["kind"], &last_move["reason"], &last_move["on_hand_delta"]),
            (&json!("adjust"), &json!("broken"), &json!(-3))
        );
        assert_eq!(last_move["reference"], last(shop));
        shop.ok(&["doctor"]);
    });
}

#[test]
fn rows_that_cannot_be_are_told_and_change_nothing() {
    on_both(|shop| {
        shop_of(shop, &[("A", 10), ("B", 10), ("C", 10), ("D", 10)]);
        shop.ok(&["order", "create", "--email", "a@example.com", "--item", "A:4"]);
        let rows = "sku,on_hand,delta,expected\n\
            A,3,,\n\
            B,,-11,\n\
            C,12,,9\n\
            D,1,1,\n\
            X,1,,\n\
            D,,,\n\
            D,many,,\n";
        file(shop, "a.csv", rows);
        let refused = bring(shop, "inventory", 5, &["a.csv"]);
        assert!(refused.stderr.contains("7 rows cannot be taken"), "{refused:#?}");
        let run = bring(shop, "inventory", 8, &["a.csv", "--on-error", "skip"]);
        let codes = [
            (2, "below_reserved"),
            (3, "below_reserved"),
            (4, "stock_changed"),
            (5, "conflicting_members"),
            (6, "product_not_found"),
            (7, "missing_member"),
            (8, "invalid_quantity"),
        ];
        let codes: Vec<(u64, String)> = codes.map(|(line, code)| (line, code.to_owned())).into();
        assert_eq!((rejections(&report(&run)), on_hand(shop)), (codes, vec![10; 4]));
        file(shop, "new.csv", "sku,on_hand\nA,11\n");
        let there = bring(shop, "inventory", 5, &["new.csv", "--mode", "insert"]);
        assert!(there.stderr.contains("stock_exists"), "{there:#?}");
        shop.ok(&["inventory", "delete", "D", "--yes"]);
        file(shop, "gone.csv", "sku,on_hand\nD,11\n");
        let gone = bring(shop, "inventory", 5, &["gone.csv", "--mode", "update"]);
        assert!(gone.stderr.contains("stock_not_found"), "{gone:#?}");
    });
}

#[test]
fn taken_back_stock_is_as_before_unless_it_has_moved() {
    on_both(|shop| {
        shop_of(shop, &[("A", 10), ("B", 10), ("C", 10)]);
        shop.ok(&["product", "create", "N", "--name", "N", "--price", "1"]);
        file(shop, "a.csv", "sku,on_hand,low_stock_at\nA,7,2\nB,7,\nC,10,5\nN,3,\n");
        assert_eq!(counts(&bring(shop, "inventory", 0, &["a.csv"])), [4, 1, 3, 0, 0]);
        shop.ok(&["inventory", "receive", "B", "1"]);
        let run = shop.run(&["import", "undo", &last(shop), "--yes", "-o", "json"]);
        assert_eq!(run.code, Some(8), "{run:#?}");
        let undone = report(&run);
        assert_eq!((&undone["undone"], &undone["kept"]), (&json!(3), &json!(1)), "{undone:#}");
        assert_eq!(stock(shop), [("A".to_owned(), 10), ("B".to_owned(), 8), ("C".to_owned(), 10)]);
        assert_eq!(shop.json(&["inventory", "get", "C"])["low_stock_at"], Value::Null);
        shop.ok(&["doctor"]);
    });
}

#[test]
fn a_plan_of_stock_is_refused_when_the_stock_has_moved() {
    on_both(|shop| {
        shop_of(shop, &[("A", 10), ("B", 10)]);
        file(shop, "a.csv", "sku,delta\nA,5\nB,5\n");
        bring(shop, "inventory", 0, &["a.csv", "--plan", "a.plan"]);
        shop.ok(&["inventory", "receive", "B", "1"]);
        let refused = shop.run(&["import", "apply", "a.plan"]);
        assert!(refused.code == Some(5) && refused.stderr.contains("plan_stale"), "{refused:#?}");
        assert_eq!(on_hand(shop), [10, 11]);
        bring(shop, "inventory", 0, &["a.csv", "--plan", "a.plan"]);
        shop.ok(&["import", "apply", "a.plan"]);
        assert_eq!(on_hand(shop), [15, 16]);
    });
}

/// Differences are what may count only once, whatever happens between.
#[test]
fn differences_of_an_import_that_dies_count_once() {
    for shop in [Shop::on_sqlite(), Shop::on_own_mongodb()] {
        let skus: Vec<String> = (0..60).map(|n| format!("SKU-{n:03}")).collect();
        let rows: Vec<String> = skus.iter().map(|sku| format!("{sku},{sku},1,10")).collect();
        file(&shop, "products.csv", &format!("sku,name,price,stock\n{}\n", rows.join("\n")));
        bring(&shop, "product", 0, &["products.csv"]);
        let rows: Vec<String> = skus.iter().map(|sku| format!("{sku},3")).collect();
        file(&shop, "a.csv", &format!("sku,delta\n{}\n", rows.join("\n")));
        let words = ["inventory", "import", "a.csv", "--batch", "4"];
        for point in ["import:rows#2", "import:recorded#2", "commit:before#2", "commit:after#3"] {
            let run = Run::of(shop.command(&words).env("SHOPCTL_CRASH_AT", point).output().unwrap());
            assert_eq!(run.code, None, "{point}: {run:#?}");
        }
        let run = bring(&shop, "inventory", 0, &words[2..]);
        assert_eq!((counts(&run), on_hand(&shop)), ([60, 0, 60, 0, 0], vec![13; 60]));
        assert!(report(&run)["resumed"].as_u64().unwrap() > 0, "{run:#?}");
        shop.ok(&["doctor"]);
    }
}

//! Plans: what would be done, and doing it only if nothing has moved.

use serde_json::{Value, json};

use super::{counts, file, import, on_both, products, read};

const FILE: &str = "sku,name,price\nMUG,Mug,13.00\nCUP,Cup,4.00\nPOT,Pot,20.00\n";

#[test]
fn a_plan_tells_before_and_after_of_each_row_and_is_done_once() {
    on_both(|shop| {
        shop.ok(&["product", "create", "MUG", "--name", "Mug", "--price", "12.50"]);
        shop.ok(&["product", "create", "CUP", "--name", "Cup", "--price", "4.00"]);
        file(shop, "a.csv", FILE);
        let run = import(shop, 0, &["a.csv", "--mode", "upsert", "--plan", "a.plan"]);
        assert_eq!((counts(&run), products(shop).len()), ([3, 1, 1, 1, 0], 2));
        let plan = read(shop, "a.plan");
        let lines: Vec<Value> = plan.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!((&lines[1]["action"], &lines[1]["version"]), (&json!("update"), &json!(1)));
        assert_eq!(
            (&lines[1]["before"]["price"], &lines[1]["after"]["price"]),
            (&json!("12.50"), &json!("13.00"))
        );
        assert_eq!((&lines[2]["action"], &lines[3]["action"]), (&json!("unchanged"), &json!("create")));
        let applied = shop.run(&["import", "apply", "a.plan", "-o", "json"]);
        assert_eq!((applied.code, counts(&applied)), (Some(0), [3, 1, 1, 1, 0]), "{applied:#?}");
        assert_eq!(products(shop)[1]["price"], "13.00");
        let again = shop.run(&["import", "apply", "a.plan", "-o", "json"]);
        assert!(again.code == Some(0) && again.stdout.contains("done_before"), "{again:#?}");
    });
}

#[test]
fn a_plan_is_refused_when_anything_it_touches_has_moved() {
    on_both(|shop| {
        shop.ok(&["product", "create", "MUG", "--name", "Mug", "--price", "12.50"]);
        shop.ok(&["product", "create", "CUP", "--name", "Cup", "--price", "4.00"]);
        file(shop, "a.csv", FILE);
        import(shop, 0, &["a.csv", "--mode", "upsert", "--plan", "a.plan"]);
        // What it does not touch may move.
        shop.ok(&["product", "update", "CUP", "--name", "Big cup"]);
        shop.ok(&["product", "update", "MUG", "--name", "Big mug"]);
        shop.ok(&["product", "create", "POT", "--name", "Mine", "--price", "1"]);
        let before = products(shop);
        let refused = shop.run(&["import", "apply", "a.plan"]);
        assert_eq!(refused.code, Some(5), "{refused:#?}");
        for part in ["a.plan:2", "version 2", "a.plan:4", "plan_stale"] {
            assert!(refused.stderr.contains(part), "{part}: {refused:#?}");
        }
        assert_eq!(products(shop), before);
        let wrong = shop.run(&["import", "apply", "a.csv"]);
        assert!(wrong.code == Some(5) && wrong.stderr.contains("is not a plan"), "{wrong:#?}");
    });
}

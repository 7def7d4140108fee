//! Orders from files: what they do to stock, how far they are, and what is not taken.

use serde_json::{Value, json};

use super::{bring, counts, file, last, on_both, read, rejections, report};
use crate::system::program::{Run, Shop};

fn catalogue(shop: &Shop) {
    for (sku, stock) in [("A", "10"), ("B", "5"), ("C", "0")] {
        shop.ok(&["product", "create", sku, "--name", sku, "--price", "2.50", "--stock", stock]);
    }
}

/// Reserved and available of each SKU.
fn promised(shop: &Shop) -> Vec<(i64, i64)> {
    let listed = shop.json(&["inventory", "list", "--all", "--sort", "sku"]);
    let items = listed["items"].as_array().unwrap().iter();
    items.map(|item| (item["reserved"].as_i64().unwrap(), item["available"].as_i64().unwrap())).collect()
}

fn orders(shop: &Shop) -> Vec<Value> {
    shop.json(&["order", "list", "--all"])["items"].as_array().unwrap().clone()
}

const FILE: &str = "external_ref,email,sku,quantity,unit_price,total\n\
    W-1,ada@example.com,A,2,3.00,8.50\n\
    W-1,,B,1,,\n\
    W-2,bob@example.com,A,9,,\n\
    W-3,bob@example.com,B,4,,11.00\n\
    W-4,bob@example.com,C,1,,\n";

#[test]
fn obey_takes_what_there_is_in_the_order_of_the_file() {
    on_both(|shop| {
        catalogue(shop);
        shop.ok(&["user", "register", "ada@example.com", "--name", "Ada", "--no-password"]);
        file(shop, "a.csv", FILE);
        let refused = bring(shop, "order", 5, &["a.csv", "--rejects", "all.csv"]);
        // W-2 finds 8 of A, because W-1 comes first.
        for part in ["a.csv:4", "A: asked for 9, available 8", "a.csv:6", "C: asked for 1, available 0"] {
            assert!(refused.stderr.contains(part), "{part}: {refused:#?}");
        }
        assert_eq!((orders(shop).len(), promised(shop)), (0, vec![(0, 10), (0, 5), (0, 0)]));
        let dry = bring(shop, "order", 8, &["a.csv", "--on-error", "skip", "--dry-run"]);
        let run = bring(shop, "order", 8, &["a.csv", "--on-error", "skip", "--rejects", "rest.csv"]);
        assert_eq!((counts(&dry), counts(&run)), ([4, 2, 0, 0, 2], [4, 2, 0, 0, 2]));
        assert_eq!(rejections(&report(&dry)), rejections(&report(&run)));
        assert_eq!(read(shop, "all.csv"), read(shop, "rest.csv"));
        assert_eq!(promised(shop), [(2, 8), (5, 0), (0, 0)]);
        let orders = orders(shop);
        assert_eq!(
            (&orders[0]["total"], &orders[0]["status"], &orders[0]["customer"]["name"]),
            (&json!("8.50"), &json!("pending"), &json!("Ada"))
        );
        assert!(orders[0]["customer"]["user_id"].is_string() && orders[1]["customer"]["user_id"].is_null());
        shop.ok(&["doctor"]);
        // The rest, with what is missing put on hand.
        assert_eq!(counts(&bring(shop, "order", 0, &["rest.csv", "--stock", "force"])), [2, 2, 0, 0, 0]);
        assert_eq!(promised(shop), [(11, 0), (5, 0), (1, 0)]);
        let moves = shop.json(&["inventory", "history", "C"]);
        let adjusted = moves["items"].as_array().unwrap().iter().find(|one| one["kind"] == "adjust").unwrap();
        assert!(adjusted["reason"].as_str().unwrap().contains("--stock force"), "{moves:#}");
        shop.ok(&["doctor"]);
    });
}

#[test]
fn orders_of_the_past_leave_stock_alone() {
    on_both(|shop| {
        catalogue(shop);
        file(shop, "a.csv", FILE);
        let open = bring(shop, "order", 5, &["a.csv", "--stock", "bypass"]);
        assert!(
            open.stderr.contains("open_order") && open.stderr.contains("--set status=delivered"),
            "{open:#?}"
        );
        let words =
            ["a.csv", "--stock", "bypass", "--set", "status=delivered", "--set", "payment_status=paid"];
        let run = bring(shop, "order", 0, &words);
        assert_eq!(counts(&run), [4, 4, 0, 0, 0]);
        assert!(run.stdout.contains("stated total") && run.stderr.contains("(1)"), "{run:#?}");
        assert_eq!(promised(shop), [(0, 10), (0, 5), (0, 0)]);
        let first = &orders(shop)[0];
        assert_eq!((&first["status"], &first["payment_status"]), (&json!("delivered"), &json!("paid")));
        let steps: Vec<&str> = first["history"]
            .as_array()
            .unwrap()
            .iter()
            .map(|step| step["command"].as_str().unwrap())
            .collect();
        assert_eq!(steps, ["place", "pay", "ship", "deliver"]);
        shop.ok(&["doctor"]);
        let undone = shop.json(&["import", "undo", &last(shop), "--yes"]);
        assert_eq!((&undone["undone"], orders(shop).len()), (&json!(4), 0), "{undone:#}");
        assert_eq!(promised(shop), [(0, 10), (0, 5), (0, 0)]);
        shop.ok(&["doctor"]);
    });
}

/// Orders in JSON, each with its lines, in every state there is.
fn states() -> Vec<Value> {
    let line = |more: Value| {
        let mut line = json!({"sku": "A", "quantity": 2, "unit_price": "1.00"});
        line.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        line
    };
    let order = |n: u32, status: &str, payment: &str, more: Value| {
        let name = format!("S-{n}");
        json!({"external_ref": name, "customer": "C-1", "status": status, "payment_status": payment, "lines": [line(more)]})
    };
    vec![
        order(1, "pending", "unpaid", json!({})),
        order(2, "confirmed", "unpaid", json!({})),
        order(3, "confirmed", "paid", json!({})),
        order(4, "partially_shipped", "paid", json!({"shipped": 1})),
        order(5, "shipped", "unpaid", json!({"shipped": 1, "cancelled": 1})),
        order(6, "delivered", "paid", json!({})),
        order(7, "partially_returned", "paid", json!({"shipped": 2, "returned": 1, "restocked": 1})),
        order(8, "returned", "refunded", json!({})),
        order(9, "canceled", "paid", json!({})),
        order(10, "expired", "unpaid", json!({})),
    ]
}

/// Orders without what is each run's own: ids and times.
fn bare(orders: &[Value]) -> Vec<Value> {
    let mut bare = orders.to_vec();
    for order in &mut bare {
        for name in ["id", "created_at", "updated_at"] {
            order.as_object_mut().unwrap().remove(name);
        }
        for line in order["lines"].as_array_mut().unwrap() {
            line.as_object_mut().unwrap().remove("product_id");
        }
        for step in order["history"].as_array_mut().unwrap() {
            step.as_object_mut().unwrap().remove("at");
        }
    }
    bare
}

#[test]
fn an_order_comes_in_every_state_and_a_file_brings_it_on() {
    let on_stores = std::cell::RefCell::new(Vec::new());
    on_both(|shop| {
        catalogue(shop);
        let rows = states();
        file(shop, "a.json", &Value::from(rows.clone()).to_string());
        assert_eq!(counts(&bring(shop, "order", 0, &["a.json"])), [10, 10, 0, 0, 0]);
        shop.ok(&["doctor"]);
        let listed = orders(shop);
        for (order, row) in listed.iter().zip(&rows) {
            let status = row["status"].as_str().unwrap().replace("canceled", "cancelled");
            assert_eq!(order["status"], status, "{order:#}");
            assert_eq!(order["payment_status"], row["payment_status"], "{order:#}");
        }
        // 2 each of the first three, 1 of the fourth.
        assert_eq!(promised(shop)[0], (7, 3));
        // The same again changes nothing, also where it is compared.
        assert_eq!(counts(&bring(shop, "order", 0, &["a.json", "--mode", "upsert"])), [10, 0, 0, 10, 0]);
        let rows = "external_ref,status,payment_status,refunded,note\n\
            S-1,cancelled,,,changed their mind\n\
            S-2,delivered,paid,,\n\
            S-3,,refunded,,\n\
            S-4,shipped,,,\n\
            S-6,returned,partially_refunded,0.50,\n";
        file(shop, "b.csv", rows);
        assert_eq!(counts(&bring(shop, "order", 0, &["b.csv", "--mode", "update"])), [5, 0, 5, 0, 0]);
        shop.ok(&["doctor"]);
        assert_eq!(promised(shop)[0], (2, 5));
        let after = orders(shop);
        let state =
            |n: usize| (after[n]["status"].as_str().unwrap(), after[n]["payment_status"].as_str().unwrap());
        assert_eq!(state(0), ("cancelled", "unpaid"));
        assert_eq!(state(1), ("delivered", "paid"));
        assert_eq!(state(2), ("confirmed", "refunded"));
        assert_eq!(state(3), ("shipped", "paid"));
        assert_eq!(state(5), ("returned", "partially_refunded"));
        assert_eq!(after[0]["note"], "changed their mind");
        assert_eq!(
            counts(&bring(shop, "order", 0, &["b.csv", "--mode", "update", "--again"])),
            [5, 0, 0, 5, 0]
        );
        let kept = shop.run(&["import", "undo", &last(shop), "--yes", "-o", "json"]);
        assert_eq!((kept.code, report(&kept)["undone"].as_u64()), (Some(0), Some(0)), "{kept:#?}");
        on_stores.borrow_mut().push((bare(&listed), bare(&after)));
    });
    let on_stores = on_stores.into_inner();
    assert_eq!(on_stores[0], on_stores[1], "SQLite and MongoDB");
}

#[test]
fn a_plan_of_orders_is_done_once_and_refused_when_one_has_moved() {
    on_both(|shop| {
        catalogue(shop);
        let rows =
            "external_ref,email,sku,quantity\nP-1,a@example.com,A,2\nP-2,a@example.com,A,1\nP-2,,B,1\n";
        file(shop, "a.csv", rows);
        let planned = bring(shop, "order", 0, &["a.csv", "--plan", "a.plan", "--stock", "force"]);
        assert_eq!((counts(&planned), orders(shop).len()), ([2, 2, 0, 0, 0], 0));
        let applied = shop.run(&["import", "apply", "a.plan", "-o", "json"]);
        assert_eq!((applied.code, counts(&applied)), (Some(0), [2, 2, 0, 0, 0]), "{applied:#?}");
        assert_eq!(promised(shop), [(3, 7), (1, 4), (0, 0)]);
        assert_eq!(orders(shop)[1]["lines"].as_array().unwrap().len(), 2);
        file(shop, "b.csv", "external_ref,status\nP-1,shipped\nP-2,shipped\n");
        bring(shop, "order", 0, &["b.csv", "--mode", "update", "--plan", "b.plan"]);
        shop.ok(&["order", "pay", &orders(shop)[1]["number"].to_string()]);
        let refused = shop.run(&["import", "apply", "b.plan"]);
        assert!(refused.code == Some(5) && refused.stderr.contains("plan_stale"), "{refused:#?}");
        assert_eq!(promised(shop)[0], (3, 7));
    });
}

#[test]
fn orders_that_cannot_be_are_told_and_leave_no_trace() {
    on_both(|shop| {
        catalogue(shop);
        file(shop, "there.csv", "external_ref,email,sku,quantity\nT-1,a@example.com,A,1\n");
        bring(shop, "order", 0, &["there.csv"]);
        let good = json!({"external_ref": "x", "customer": "C", "lines": [{"sku": "A", "quantity": 1}]});
        let with = |n: usize, changes: Value| {
            let mut row = good.clone();
            row["external_ref"] = json!(format!("N-{n}"));
            for (name, value) in changes.as_object().unwrap() {
                if value.is_null() {
                    row.as_object_mut().unwrap().remove(name);
                } else {
                    row[name] = value.clone();
                }
            }
            row.to_string()
        };
        let cases = [
            (json!({"external_ref": "T-1"}), "order_exists"),
            (json!({"external_ref": null}), "missing_member"),
            (json!({"customer": null}), "customer_missing"),
            (json!({"user": "usr_nobody"}), "invalid_email"),
            (json!({"user": "nobody@example.com"}), "user_not_found"),
            (json!({"lines": []}), "no_items"),
            (json!({"lines": [{"sku": "NONE", "quantity": 1}]}), "product_not_found"),
            (json!({"lines": [{"sku": "A", "quantity": 0}]}), "invalid_quantity"),
            (json!({"lines": [{"sku": "A"}]}), "missing_member"),
            (json!({"lines": [{"sku": "A", "quantity": 1, "unit_price": "1.005"}]}), "too_many_decimals"),
            (json!({"lines": [{"sku": "A", "quantity": 1, "shipped": 2}]}), "invalid_line"),
            (json!({"lines": [{"sku": "A", "quantity": 2, "shipped": 1}]}), "status_differs"),
            (json!({"status": "lost"}), "invalid_status"),
            (json!({"status": "partially_returned"}), "status_differs"),
            (json!({"status": "expired", "payment_status": "paid"}), "payment_differs"),
            (json!({"refunded": "1.00"}), "refund_too_large"),
            (json!({"payment_status": "partially_refunded"}), "payment_differs"),
            (json!({"currency": "JPY"}), "price_missing"),
            (
                json!({"history": [{"at": "2024-01-01T00:00:00Z", "actor": "x", "command": "ship", "from": null, "to": "shipped"}]}),
                "invalid_history",
            ),
        ];
        let cases: Vec<(Value, &str)> = cases
            .into_iter()
            .map(|(mut changes, code)| {
                if code == "status_differs" && changes.get("status").is_none() {
                    changes["status"] = json!("pending");
                }
                (changes, code)
            })
            .collect();
        let rows: Vec<String> =
            cases.iter().enumerate().map(|(n, (changes, _))| with(n, changes.clone())).collect();
        file(shop, "bad.jsonl", &rows.join("\n"));
        let before = (orders(shop), promised(shop));
        let refused = bring(shop, "order", 5, &["bad.jsonl"]);
        assert!(refused.stderr.contains(&format!("{} rows cannot be taken", cases.len())), "{refused:#?}");
        let run = bring(shop, "order", 8, &["bad.jsonl", "--on-error", "skip"]);
        let told = rejections(&report(&run));
        let wanted: Vec<(u64, String)> =
            (1..).zip(&cases).map(|(line, (_, code))| (line, (*code).to_owned())).collect();
        assert_eq!(told, wanted, "{run:#?}");
        assert_eq!((orders(shop), promised(shop)), before);
    });
}

#[test]
fn orders_of_an_import_that_dies_are_there_once_and_its_rejects_are_whole() {
    for shop in [Shop::on_sqlite(), Shop::on_own_mongodb()] {
        shop.ok(&["product", "create", "A", "--name", "A", "--price", "1", "--stock", "50"]);
        let rows: Vec<String> = (0..60).map(|n| format!("W-{n},a@example.com,A,1")).collect();
        file(&shop, "a.csv", &format!("external_ref,email,sku,quantity\n{}\n", rows.join("\n")));
        let words =
            ["order", "import", "a.csv", "--batch", "7", "--on-error", "skip", "--rejects", "rest.csv"];
        for point in
            ["import:rows#2", "import:recorded#2", "commit:before#2", "commit:after#3", "commit:after#3"]
        {
            let run = Run::of(shop.command(&words).env("SHOPCTL_CRASH_AT", point).output().unwrap());
            assert_eq!(run.code, None, "{point}: {run:#?}");
        }
        let run = bring(&shop, "order", 8, &words[2..]);
        assert_eq!(counts(&run), [60, 50, 0, 0, 10]);
        assert!(report(&run)["resumed"].as_u64().unwrap() > 0, "{run:#?}");
        assert_eq!((promised(&shop), orders(&shop).len()), (vec![(50, 0)], 50));
        let rest = read(&shop, "rest.csv");
        let refused: Vec<&str> =
            rest.lines().skip(1).map(|line| line.split(',').rev().nth(3).unwrap()).collect();
        assert_eq!(refused, (50..60).map(|n| format!("W-{n}")).collect::<Vec<_>>(), "{rest}");
        // Done, and still told to who asks for the rest once more.
        std::fs::remove_file(shop.home().join("rest.csv")).unwrap();
        shop.ok(&["doctor"]);
    }
}

#[test]
fn two_files_at_once_sell_no_piece_twice() {
    on_both(|shop| {
        shop.ok(&["product", "create", "A", "--name", "A", "--price", "1", "--stock", "100"]);
        let import = |name: &str| {
            let rows: Vec<String> = (0..80).map(|n| format!("{name}-{n},a@example.com,A,1")).collect();
            let path = format!("{name}.csv");
            file(shop, &path, &format!("external_ref,email,sku,quantity\n{}\n", rows.join("\n")));
            shop.start(&["order", "import", "-o", "json", &path, "--batch", "5", "--on-error", "skip"])
        };
        let runs = ["X", "Y"].map(import);
        let taken = runs.map(|run| {
            let run = Run::of(run.wait_with_output().unwrap());
            let [read, created, .., rejected] = counts(&run);
            assert_eq!((read, created + rejected), (80, 80), "{run:#?}");
            created
        });
        assert_eq!((taken[0] + taken[1], promised(shop), orders(shop).len()), (100, vec![(100, 0)], 100));
        shop.ok(&["doctor"]);
    });
}

/// Where no stock is kept, or no longer, the movements of the product go on all the same.
#[test]
fn force_covers_products_of_which_no_stock_is_kept() {
    on_both(|shop| {
        for sku in ["M", "N"] {
            shop.ok(&["product", "create", sku, "--name", sku, "--price", "1"]);
        }
        shop.ok(&["inventory", "receive", "M", "3"]);
        shop.ok(&["inventory", "delete", "M", "--yes"]);
        let rows =
            "external_ref,email,sku,quantity\nW-1,a@example.com,M,2\nW-1,,N,1\nW-2,b@example.com,N,4\n";
        file(shop, "a.csv", rows);
        let refused = bring(shop, "order", 5, &["a.csv"]);
        assert!(
            refused.stderr.contains("M: asked for 2, available 0; N: asked for 1, available 0"),
            "{refused:#?}"
        );
        assert_eq!(counts(&bring(shop, "order", 0, &["a.csv", "--stock", "force"])), [2, 2, 0, 0, 0]);
        assert_eq!(promised(shop), [(2, 0), (5, 0)]);
        shop.ok(&["doctor"]);
    });
}

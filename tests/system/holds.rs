//! Many processes that end holds, while others pay and cancel.

use std::process::Child;
use std::time::{Duration, Instant};

use super::program::{Run, Shop};

/// Orders whose hold is over as soon as they are placed.
const ORDERS: usize = 24;

fn each_hold_ends_once(shop: &Shop) {
    shop.ok(&["product", "create", "MUG", "--name", "Mug", "--price", "5.00", "--stock", "100"]);
    let numbers: Vec<String> = (0..ORDERS)
        .map(|_| {
            let words = ["order", "create", "--email", "a@b.c", "--item", "MUG:2", "--hold", "1ms"];
            shop.json(&words)["number"].to_string()
        })
        .collect();
    let serve = ["serve", "orders", "--listen", "127.0.0.1:0", "--sweep-every", "100ms"];
    let mut services: Vec<Child> = (0..2).map(|_| shop.start(&serve)).collect();
    let mut runs: Vec<Child> = (0..4).map(|_| shop.start(&["order", "expire", "-o", "id"])).collect();
    for (n, number) in numbers.iter().enumerate() {
        match n % 4 {
            0 => runs.push(shop.start(&["order", "pay", number])),
            1 => runs.push(shop.start(&["order", "cancel", number])),
            _ => {}
        }
    }
    for run in runs {
        let run = Run::of(run.wait_with_output().unwrap());
        // Somebody else may have been quicker, and says so.
        assert!(matches!(run.code, Some(0 | 4)), "{run:#?}");
        assert!(run.code == Some(0) || run.stderr.contains("allowed now"), "{run:#?}");
    }
    let deadline = Instant::now() + Duration::from_secs(30);
    while !shop.ok(&["order", "list", "--status", "pending", "-o", "id"]).is_empty() {
        assert!(Instant::now() < deadline, "holds that are over did not end");
    }
    for service in &mut services {
        let id = service.id().to_string();
        assert!(std::process::Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        assert_eq!(service.wait().unwrap().code(), Some(0));
    }
    let orders = shop.json(&["order", "list", "--all"]);
    let mut kept = 0;
    for order in orders["items"].as_array().unwrap() {
        let history = order["history"].as_array().unwrap();
        assert_eq!(history.len(), 2, "{order:#}");
        kept += if history[1]["command"] == "pay" { 2 } else { 0 };
    }
    let stock = shop.json(&["inventory", "get", "MUG"]);
    assert_eq!((&stock["on_hand"], &stock["reserved"]), (&100.into(), &kept.into()));
    let movements = shop.json(&["inventory", "history", "MUG", "--all"]);
    let released = movements["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|movement| movement["kind"] == "release")
        .count();
    assert_eq!(released, ORDERS - kept / 2, "given back once each");
    shop.ok(&["store", "check"]);
}

#[test]
fn each_hold_ends_once_on_sqlite() {
    each_hold_ends_once(&Shop::on_sqlite());
}

#[test]
fn each_hold_ends_once_on_mongodb() {
    each_hold_ends_once(&Shop::on_mongodb());
}

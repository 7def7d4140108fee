//! Many processes want the last pieces at once.

use super::program::{Run, Shop};

/// 64 processes order one piece each of a product with 10 in stock.
fn exactly_ten_get_one(shop: &Shop) {
    shop.ok(&["product", "create", "HOT", "--name", "Hot item", "--price", "9.99", "--stock", "10"]);
    let order = ["order", "create", "--email", "crowd@example.com", "--item", "HOT:1"];
    let children: Vec<_> = (0..64).map(|_| shop.start(&order)).collect();
    let runs: Vec<Run> =
        children.into_iter().map(|child| Run::of(child.wait_with_output().unwrap())).collect();

    let (won, lost): (Vec<&Run>, Vec<&Run>) = runs.iter().partition(|run| run.code == Some(0));
    assert_eq!((won.len(), lost.len()), (10, 54), "{lost:#?}");
    for run in &lost {
        assert_eq!(run.code, Some(4), "{run:#?}");
        assert!(run.stderr.contains("HOT: asked for 1, available 0"), "the shortage is named: {run:#?}");
        assert_eq!(run.stdout, "", "nothing is printed by a failure");
    }

    let stock = shop.json(&["inventory", "get", "HOT"]);
    assert_eq!(
        (&stock["on_hand"], &stock["reserved"], &stock["available"]),
        (&10.into(), &10.into(), &0.into())
    );
    let history = shop.json(&["inventory", "history", "HOT", "--all"]);
    let movements = history["items"].as_array().unwrap();
    let sequence: Vec<i64> = movements.iter().map(|movement| movement["seq"].as_i64().unwrap()).collect();
    assert_eq!(sequence, (1..=11).collect::<Vec<i64>>(), "no gap");
    let reserved = movements.iter().filter(|movement| movement["kind"] == "reserve").count();
    assert_eq!(reserved, 10);
    shop.ok(&["store", "check"]);
}

#[test]
fn of_64_processes_exactly_10_get_one_of_10_on_sqlite() {
    exactly_ten_get_one(&Shop::on_sqlite());
}

#[test]
fn of_64_processes_exactly_10_get_one_of_10_on_mongodb() {
    exactly_ten_get_one(&Shop::on_mongodb());
}

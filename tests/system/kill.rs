//! The program is killed at random moments; what it leaves behind is whole.

use std::time::{Duration, Instant};

use rand::{RngExt, SeedableRng};

use super::program::Shop;

/// Commands that write, over a handful of products and orders.
fn command(rng: &mut impl RngExt) -> Vec<String> {
    let sku = format!("SKU-{}", rng.random_range(0..4));
    let order = (1001 + rng.random_range(0..60)).to_string();
    let quantity = rng.random_range(1..5);
    let words: Vec<String> = match rng.random_range(0..10) {
        0..=3 => {
            let other = format!("SKU-{}:1", rng.random_range(0..4));
            let item = format!("{sku}:{quantity}");
            return ["order", "create", "--email", "k@example.com", "--item", &item, "--item", &other]
                .map(str::to_owned)
                .to_vec();
        }
        4 => vec!["order".into(), "cancel".into(), order],
        5 => vec!["order".into(), "update".into(), order, "--status".into(), "shipped".into()],
        6 => vec!["order".into(), "delete".into(), "--yes".into(), order],
        7 => vec!["inventory".into(), "receive".into(), sku, quantity.to_string()],
        8 => {
            let delta = format!("-{quantity}");
            vec!["inventory".into(), "adjust".into(), sku, delta, "--reason".into(), "broken".into()]
        }
        _ => vec!["inventory".into(), "set".into(), sku, "40".into()],
    };
    words
}

/// 200 mixed commands, each killed with SIGKILL somewhere between its start and a little after its usual end.
fn every_rule_holds_after_200_kills(shop: &Shop) {
    for n in 0..4 {
        let sku = format!("SKU-{n}");
        shop.ok(&["product", "create", &sku, "--name", "Thing", "--price", "1.00", "--stock", "40"]);
    }
    // A fixed seed: the commands are the same in every run, the moments of death are the machine's.
    let mut rng = rand::rngs::StdRng::seed_from_u64(7);
    let usual = || {
        let begin = Instant::now();
        shop.ok(&["product", "get", "SKU-0"]);
        begin.elapsed()
    };
    let (mut killed, mut patience) = (0, usual());
    for n in 0..200 {
        if n % 20 == 0 {
            // How long a command takes hangs on what else the machine has to do just then.
            patience = usual() * 2;
        }
        let words = command(&mut rng);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let mut child = shop.start(&words);
        let patience = patience.mul_f64(rng.random_range(0.0..1.3));
        let deadline = Instant::now() + patience;
        while Instant::now() < deadline && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_micros(200));
        }
        child.kill().unwrap();
        if child.wait().unwrap().code().is_none() {
            killed += 1;
        }
    }
    assert!(killed > 40, "only {killed} of 200 were killed while they ran");
    let check = shop.json(&["store", "check"]);
    for item in check["items"].as_array().unwrap() {
        assert_eq!(item["problem"], serde_json::Value::Null, "{check:#}");
    }
    // And the shop goes on: nothing is locked, nothing is half there.
    shop.ok(&["inventory", "receive", "SKU-1", "5"]);
    shop.ok(&["order", "create", "--email", "k@example.com", "--item", "SKU-1:1"]);
}

#[test]
fn killed_at_random_moments_on_sqlite() {
    every_rule_holds_after_200_kills(&Shop::on_sqlite());
}

#[test]
fn killed_at_random_moments_on_mongodb() {
    every_rule_holds_after_200_kills(&Shop::on_own_mongodb());
}

//! Imports that are killed, interrupted and gone on with.

use std::time::{Duration, Instant};

use rand::{RngExt, SeedableRng};
use serde_json::Value;

use super::{catalogue, counts, file, import, products, stock};
use crate::system::program::{Run, Shop};

/// Rows of the file. Batches are small, so that there are many moments to die at.
const ROWS: usize = 1500;
const WORDS: [&str; 5] = ["big.csv", "--mode", "upsert", "--batch", "50"];

/// A shop in which some of the products are there already.
fn prepare(shop: &Shop) {
    file(shop, "some.csv", &catalogue(ROWS / 5).replace(", new", ", old"));
    import(shop, 0, &["some.csv"]);
    file(shop, "big.csv", &catalogue(ROWS));
}

/// What an import that nothing happens to comes to, and how long it takes.
fn undisturbed() -> (Vec<Value>, Vec<(String, i64)>, Duration) {
    let shop = Shop::on_sqlite();
    prepare(&shop);
    let begun = Instant::now();
    let run = import(&shop, 0, &WORDS);
    let took = begun.elapsed();
    assert_eq!(counts(&run), [ROWS as u64, (ROWS - ROWS / 5) as u64, (ROWS / 5) as u64, 0, 0]);
    (products(&shop), stock(&shop), took)
}

/// How many runs are killed: a few in every test run, as many as `SHOPCTL_IMPORT_KILLS` says otherwise.
fn runs() -> usize {
    std::env::var("SHOPCTL_IMPORT_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(3)
}

fn killed_and_resumed(shop: impl Fn() -> Shop, seed: u64) {
    let (products_then, stock_then, took) = undisturbed();
    let mut rng = rand::rngs::StdRng::seed_from_u64(seed);
    let (mut killed, mut resumed) = (0, 0);
    for _ in 0..runs() {
        let shop = shop();
        prepare(&shop);
        let words = [&["product", "import", "-o", "json"], &WORDS[..]].concat();
        // A little more patience each time: the machine may have much else to do.
        let mut patience = 0.5;
        loop {
            patience *= 1.3;
            let mut child = shop.start(&words);
            let deadline = Instant::now() + took.mul_f64(patience * rng.random_range(0.1..1.2));
            while Instant::now() < deadline && child.try_wait().unwrap().is_none() {
                std::thread::sleep(Duration::from_micros(200));
            }
            let _ = child.kill();
            let run = Run::of(child.wait_with_output().unwrap());
            if run.code.is_none() {
                killed += 1;
                continue;
            }
            assert_eq!(run.code, Some(0), "{run:#?}");
            assert_eq!(counts(&run), [ROWS as u64, (ROWS - ROWS / 5) as u64, (ROWS / 5) as u64, 0, 0]);
            let report: Value = serde_json::from_str(&run.stdout).unwrap();
            resumed += usize::from(report["resumed"].as_u64().unwrap() > 0);
            break;
        }
        assert_eq!(products(&shop), products_then);
        assert_eq!(stock(&shop), stock_then);
        let doctor = shop.run(&["doctor"]);
        assert_eq!(doctor.code, Some(0), "{doctor:#?}");
    }
    crate::support::say::say(&format!("{} imports: killed {killed} times, {resumed} gone on with\n", runs()));
    // In a few runs on a machine that has just become quicker all may end in time; in many that would be a fault of this test.
    assert!(killed > 0 || runs() < 20, "none of {} was killed", runs());
}

#[test]
fn killed_at_random_moments_an_import_ends_as_one_that_was_not_on_sqlite() {
    killed_and_resumed(Shop::on_sqlite, 11);
}

#[test]
fn killed_at_random_moments_an_import_ends_as_one_that_was_not_on_mongodb() {
    let server = Shop::on_own_mongodb();
    let number = std::cell::Cell::new(0);
    killed_and_resumed(
        || {
            number.set(number.get() + 1);
            server.beside(&format!("shop{}", number.get()))
        },
        12,
    );
}

#[test]
fn died_between_rows_record_and_commit_it_goes_on() {
    for shop in [Shop::on_sqlite(), Shop::on_own_mongodb()] {
        prepare(&shop);
        for point in ["import:rows#2", "import:recorded#2", "commit:before#2", "commit:after#3"] {
            let words = [&["product", "import"], &WORDS[..]].concat();
            let run = Run::of(shop.command(&words).env("SHOPCTL_CRASH_AT", point).output().unwrap());
            assert_eq!(run.code, None, "{point}: {run:#?}");
        }
        let run = import(&shop, 0, &WORDS);
        assert_eq!(counts(&run), [ROWS as u64, (ROWS - ROWS / 5) as u64, (ROWS / 5) as u64, 0, 0]);
        assert!(products(&shop).iter().all(|product| product["name"].as_str().unwrap().ends_with(", new")));
        assert_eq!(shop.run(&["doctor"]).code, Some(0));
    }
}

#[test]
fn ctrl_c_ends_it_after_the_batch_under_way_and_says_how_to_go_on() {
    let shop = Shop::on_sqlite();
    file(&shop, "big.csv", &catalogue(20_000));
    let words = ["product", "import", "big.csv", "--batch", "20"];
    let child = shop.start(&words);
    let running = || shop.json(&["import", "list"])["items"].as_array().unwrap().len() == 1;
    let patience = Instant::now() + Duration::from_mins(1);
    while !(shop.home().join("shop.db").exists() && running()) {
        assert!(Instant::now() < patience, "it did not begin");
    }
    let sent = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let run = Run::of(child.wait_with_output().unwrap());
    assert_eq!(run.code, Some(130), "{run:#?}");
    assert!(
        run.stderr.contains("the same command goes on") && run.stderr.contains("import undo imp_"),
        "{run:#?}"
    );
    let rest = import(&shop, 0, &["big.csv", "--batch", "20"]);
    assert_eq!(counts(&rest)[..2], [20_000, 20_000]);
    assert!(rest.stderr.contains("were done by a run that broke off"), "{rest:#?}");
}

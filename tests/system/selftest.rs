//! `shopctl selftest oversell`: keeps its promise, and leaves nothing behind whatever way it ends.

use std::process::Command;
use std::time::{Duration, Instant};

use mongodb::Client;
use mongodb::bson::{Document, doc};

use super::program::{Run, Shop};
use crate::support::mongod::{Kind, OwnMongod};

/// Names of runs that ended in 2001, and of one that will have ended in 2100.
const OLD: &str = "_selftest_3a4fc880_00000001";
const YOUNG: &str = "_selftest_f48656ff_00000002";

/// A shop with a product of its own on each kind of store.
fn both() -> [Shop; 2] {
    let shops = [Shop::on_sqlite(), Shop::on_mongodb()];
    for shop in &shops {
        shop.ok(&["product", "create", "MUG", "--name", "Mug", "--price", "12.50", "--stock", "10"]);
    }
    shops
}

async fn client(shop: &Shop) -> Client {
    Client::with_uri_str(shop.url()).await.unwrap()
}

/// Everything beside the shop's own store: files, or databases whose names begin with its own.
async fn beside(shop: &Shop) -> Vec<String> {
    let mut names: Vec<String> = if shop.url().starts_with("sqlite:") {
        let entries = std::fs::read_dir(shop.home()).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    } else {
        let client = client(shop).await;
        let own = client.default_database().unwrap().name().to_owned() + "_";
        let names = client.list_database_names().await.unwrap();
        names.into_iter().filter(|name| name.starts_with(&own)).collect()
    };
    // The shop's own log comes and goes with its users.
    names.retain(|name| !name.ends_with("shop.db-wal") && !name.ends_with("shop.db-shm"));
    names.sort();
    names
}

/// Until there is something beside the store that was not there before.
async fn until_it_sells(shop: &Shop, before: &[String]) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while beside(shop).await.len() <= before.len() {
        assert!(Instant::now() < deadline, "no scratch store was made");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_buyers_get_no_more_than_there_is_and_nothing_is_left() {
    for shop in both() {
        let before = (beside(&shop).await, shop.ok(&["store", "info", "-o", "json"]));
        let line = ["selftest", "oversell", "--writers", "8", "--seconds", "2", "--stock", "5"];
        let report = shop.json(&line);
        assert_eq!((&report["verdict"], &report["writers"]), (&"clean".into(), &8.into()), "{report}");
        for count in ["placed", "refused", "cancelled", "looks", "placed_per_second", "place_p99_ms"] {
            assert!(report[count].as_f64().unwrap() > 0.0, "{count}: {report}");
        }
        for count in ["wrong", "failed", "broken_rules"] {
            assert_eq!(report[count], 0, "{count}: {report}");
        }
        assert_eq!(report["stored"], report["placed"], "{report}");
        assert_eq!((beside(&shop).await, shop.ok(&["store", "info", "-o", "json"])), before);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_ends_it_and_nothing_is_left() {
    for (shop, (signal, code)) in both().into_iter().zip([("-INT", 130), ("-TERM", 143)]) {
        let before = beside(&shop).await;
        let child = shop.start(&["selftest", "oversell", "--writers", "8", "--seconds", "600"]);
        until_it_sells(&shop, &before).await;
        assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
        let run = Run::of(child.wait_with_output().unwrap());
        assert_eq!((run.code, run.stdout.as_str()), (Some(code), ""), "{run:#?}");
        assert_eq!(beside(&shop).await, before);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_run_has_left_is_removed_by_a_later_one() {
    for shop in both() {
        let base = if shop.url().starts_with("sqlite:") {
            for name in [OLD, YOUNG, "_selftest_notes"] {
                std::fs::write(shop.home().join(format!("shop.db{name}")), "").unwrap();
                std::fs::write(shop.home().join(format!("shop.db{name}-wal")), "").unwrap();
            }
            // Of a run that was killed before it had made its file.
            std::fs::write(shop.home().join("shop.db_selftest_3a4fc880_00000003-new-wal"), "").unwrap();
            "shop.db".to_owned()
        } else {
            let client = client(&shop).await;
            let base = client.default_database().unwrap().name().to_owned();
            for name in [OLD, YOUNG, "_selftest_notes"] {
                let left = client.database(&format!("{base}{name}")).collection::<Document>("orders");
                left.insert_one(doc! { "_id": 1 }).await.unwrap();
            }
            base
        };
        let run = shop.run(&["selftest", "oversell", "--writers", "2", "--seconds", "1"]);
        assert_eq!(run.code, Some(0), "{run:#?}");
        assert!(run.stderr.contains(&format!("removed the scratch store {base}{OLD}")), "{run:#?}");
        assert!(run.stderr.contains(&format!("there is a scratch store {base}{YOUNG}")), "{run:#?}");
        let left = beside(&shop).await;
        assert!(!left.iter().any(|name| name.contains("_selftest_3a4fc880")), "{left:?}");
        for name in [YOUNG, "_selftest_notes"] {
            assert!(left.contains(&format!("{base}{name}")), "{left:?}");
            if let Ok(database) = client_of_mongo(&shop).await {
                database.database(&format!("{base}{name}")).drop().await.unwrap();
            }
        }
        shop.ok(&["product", "get", "MUG"]);
    }
}

async fn client_of_mongo(shop: &Shop) -> Result<Client, ()> {
    if shop.url().starts_with("sqlite:") { Err(()) } else { Ok(client(shop).await) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_run_is_named_by_the_next() {
    let shop = Shop::on_sqlite();
    shop.ok(&["store", "init"]);
    let before = beside(&shop).await;
    let mut child = shop.start(&["selftest", "oversell", "--writers", "2", "--seconds", "60"]);
    until_it_sells(&shop, &before).await;
    child.kill().unwrap();
    child.wait().unwrap();
    let run = shop.run(&["selftest", "oversell", "--writers", "2", "--seconds", "1"]);
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert!(run.stderr.contains("there is a scratch store shop.db_selftest_"), "{run:#?}");
    assert!(run.stderr.contains("or one that was killed; a run after"), "{run:#?}");
}

#[test]
fn a_flag_out_of_bounds_is_refused_and_nothing_is_made() {
    let shop = Shop::on_sqlite();
    for (flag, value, told) in [
        ("--writers", "0", "1..=1024"),
        ("--writers", "1025", "1..=1024"),
        ("--seconds", "0", "1..=3600"),
        ("--products", "1001", "1..=1000"),
        ("--stock", "-1", ""),
    ] {
        let run = shop.run(&["selftest", "oversell", flag, value]);
        assert_eq!((run.code, run.stderr.contains(told)), (Some(2), true), "{run:#?}");
    }
    let run = shop.run(&["selftest", "oversell"]);
    assert_eq!(run.code, Some(7), "a store that somebody named must be there: {run:#?}");
    assert_eq!(std::fs::read_dir(shop.home()).unwrap().count(), 0);
}

#[test]
fn a_dry_run_sells_nothing() {
    let shop = Shop::on_sqlite();
    shop.ok(&["store", "init"]);
    let run = shop.run(&["selftest", "oversell", "--dry-run"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), ""), "{run:#?}");
    assert!(run.stderr.contains("nothing was sold"), "{run:#?}");
}

#[test]
fn a_standalone_server_is_told_what_it_lacks() {
    let server = OwnMongod::start(Kind::Standalone);
    let shop = Shop::on_sqlite();
    let run = shop.run(&["--store", &server.url(), "selftest", "oversell"]);
    assert_eq!(run.code, Some(7), "{run:#?}");
    assert!(run.stderr.contains("--replSet"), "{run:#?}");
}

//! Every exit code, met.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use super::{Shop, error_code};

#[test]
fn done_is_0() {
    Shop::empty().run("version").ok();
}

#[test]
fn damaged_data_is_1_and_only_the_log_says_what() {
    let shop = Shop::with_mugs();
    shop.damage("UPDATE products SET status = 'mouldy'");
    let done = shop.run("product get MUG").fails(1).says("something went wrong inside shopctl");
    done.says("run again with -v").hides("mouldy");
    shop.run("product get MUG -v").fails(1).says("mouldy");
    assert_eq!(error_code(&shop, "product get MUG"), (1, "internal".to_owned()));
}

#[test]
fn what_is_not_understood_is_2() {
    let shop = Shop::empty();
    for line in [
        "",
        "product",
        "nonsense",
        "product get",
        "product list --colour",
        "user update a@b.c",
        "--output yaml version",
    ] {
        shop.run(line).fails(2);
    }
    for line in [
        "product list --limit many",
        "product nonsense",
        "product list --timeout soon",
        "product list --store nonsense",
    ] {
        assert_eq!(error_code(&shop, line).0, 2, "{line}");
    }
}

#[test]
fn what_does_not_exist_is_3() {
    assert_eq!(error_code(&Shop::empty(), "product get NOPE"), (3, "product_not_found".to_owned()));
}

#[test]
fn what_the_state_of_things_forbids_is_4() {
    let shop = Shop::with_mugs();
    for (line, code) in [
        ("product create mug --name Mug --price 1", "sku_taken"),
        ("product update MUG --name Cup --if-version 7", "stale_version"),
        ("order create --email a@b.c --item MUG:11", "insufficient_stock"),
    ] {
        assert_eq!(error_code(&shop, line), (4, code.to_owned()));
    }
}

#[test]
fn a_value_that_breaks_a_rule_is_5() {
    let shop = Shop::with_mugs();
    for (line, code) in [
        ("user register nobody --no-password", "invalid_email"),
        ("product create A --name A --price 1.999", "invalid_price"),
        ("product create A --name A --price -1", "invalid_price"),
        ("product list --status mouldy", "invalid_status"),
        ("product list --limit 0", "invalid_limit"),
        ("product list --created-after yesterday", "invalid_time"),
        ("product update MUG --name Cup --if-version one", "invalid_version"),
        ("inventory set MUG many", "invalid_quantity"),
        ("inventory set MUG -1", "invalid_quantity"),
        ("inventory adjust MUG -3", "reason_missing"),
        ("order create --email a@b.c --item MUG:0", "invalid_quantity"),
        ("order create --email a@b.c --item MUG --hold banana", "invalid_duration"),
    ] {
        let (exit, found) = error_code(&shop, line);
        assert_eq!(exit, 5, "{line}: {found}");
        // Prices are refused for more than one reason.
        assert!(found == code || code == "invalid_price", "{line}: {found}");
    }
}

#[test]
fn a_wrong_password_is_6() {
    let shop = Shop::empty();
    shop.run_with("user register ada@example.com --password-stdin", b"correct horse\n").ok();
    shop.run_with("user verify ada@example.com --password-stdin", b"battery staple\n").fails(6);
}

#[test]
fn a_database_that_is_away_is_7_within_seconds() {
    let began = Instant::now();
    let done = Shop::empty().run("--store mongodb://127.0.0.1:1/shop product list").fails(7);
    done.says("hint:");
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
}

#[test]
fn a_command_that_takes_too_long_is_7() {
    // Somebody listens and never says a word.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("--store mongodb://{}/shop --timeout 300ms product list", silent.local_addr().unwrap());
    assert_eq!(error_code(&Shop::empty(), &url), (7, "timeout".to_owned()));
}

#[test]
fn some_done_and_some_not_is_8() {
    let done = Shop::with_mugs().run("product get MUG NOPE").ends(8).says("\"NOPE\" does not exist");
    assert!(done.stdout.contains("MUG"), "{done:#?}");
}

#[test]
fn what_nobody_confirmed_is_9() {
    let shop = Shop::with_mugs();
    assert_eq!(error_code(&shop, "product delete MUG"), (9, "not_confirmed".to_owned()));
    shop.run("product get MUG").ok();
}

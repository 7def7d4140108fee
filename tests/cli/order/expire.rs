//! `shopctl order expire`

use super::{Shop, error_code};

/// With orders 1001 and 1002 whose hold is over, 1003 whose hold runs, and 1004 without one.
fn waiting() -> Shop {
    let shop = Shop::with_mugs();
    for hold in ["--hold 1ms", "--hold 1ms", "--hold 1h", "--hold 0"] {
        shop.ok(&format!("order create --email a@b.c --item MUG:2 {hold}"));
    }
    shop
}

#[test]
fn without_orders_ends_all_whose_hold_is_over() {
    let shop = waiting();
    let dry = shop.run("order expire --dry-run -o id").ok().says("2 orders would expire");
    assert_eq!((dry.stdout.lines().count(), shop.mugs()), (2, (10, 8)));
    let done =
        shop.run("order expire --fields number,status --no-headers").ok().says("2 orders have expired");
    assert_eq!(done.stdout, "1001\texpired\n1002\texpired\n");
    assert_eq!(shop.mugs(), (10, 4));
    let none = shop.run("order expire -o json").ok().says("no hold is over");
    assert_eq!(none.json(), serde_json::json!({"items": [], "has_more": false, "next_cursor": null}));
    shop.ok("store check");
}

#[test]
fn an_expired_order_shows_as_what_it_is() {
    let shop = waiting();
    shop.ok("order expire --reason late");
    assert_eq!(shop.listed("order list --status expired", "number"), ["1001", "1002"]);
    let order = shop.json("order get 1001");
    assert_eq!((&order["status"], &order["lines"][0]["cancelled"]), (&"expired".into(), &2.into()));
    let events = shop.ok("order events 1001 --fields command,from,to,reason --no-headers");
    assert_eq!(events, "place\t\tpending\t\nexpire\tpending\texpired\tlate\n");
    let table = shop.ok("order get 1001 -o table");
    assert!(table.contains("hold_until") && table.contains("expired"), "{table}");
    assert_eq!(error_code(&shop, "order pay 1001"), (4, "illegal_transition".to_owned()));
}

#[test]
fn a_named_order_whose_hold_runs_is_a_conflict_that_says_when_it_ends() {
    let shop = waiting();
    assert_eq!(shop.json("order expire 1001 --if-version 1")["status"], "expired");
    let until = shop.json("order get 1003")["hold_until"].as_str().unwrap().to_owned();
    shop.run("order expire 1003").fails(4).says("order 1003").says(&until);
    assert_eq!(error_code(&shop, "order expire 1003"), (4, "not_expired".to_owned()));
    assert_eq!(error_code(&shop, "order expire 1004"), (4, "illegal_transition".to_owned()));
    shop.run("order expire 1002 1003").ends(8).says("1003");
    shop.run("order expire --if-version 1").fails(2);
    assert_eq!(shop.mugs(), (10, 4));
}

#[test]
fn an_order_that_cannot_be_ended_does_not_keep_the_others_waiting() {
    let shop = waiting();
    shop.ok("product create CUP --name Cup --price 1 --stock 5");
    shop.ok("order create --email a@b.c --item CUP:2 --hold 1ms");
    shop.damage("UPDATE inventory SET reserved = 0 WHERE sku = 'MUG'");
    let done = shop.run("order expire -o id").ends(8).says("order 1001").says("order 1002");
    assert_eq!(done.stdout.lines().count(), 1, "{done:#?}");
    assert_eq!(shop.json("order get 1005")["status"], "expired");
    shop.damage("UPDATE order_history SET command = 'vanish'");
    shop.run("order expire").fails(1);
}

#[test]
fn the_hold_of_the_shop_is_a_setting() {
    let shop = Shop::with_mugs();
    let held = |flags: &str| {
        let order = shop.json(&format!("order create --email a@b.c --item MUG {flags}"));
        order["hold_until"].is_string()
    };
    assert!(!held(""));
    shop.write("shopctl.toml", "hold = '30m'\n[profiles.patient]\nhold = '0'\n");
    assert!(held("") && held("-C patient --hold 1h"));
    assert!(!held("--hold 0") && !held("-C patient"));
    let rows = shop.ok("config show --origin -o tsv");
    assert!(rows.contains("hold\t1800s\tshopctl.toml"), "{rows}");
    let mut command = shop.command();
    command.args(["config", "show", "--origin", "-o", "tsv"]).env("SHOPCTL_HOLD", "90");
    let rows = super::super::Done::of(&mut command).ok().stdout;
    assert!(rows.contains("hold\t90s\tenvironment SHOPCTL_HOLD"), "{rows}");
    for (hold, says) in [("soon", "soon"), ("9000h", "365 days"), ("-5s", "-5s")] {
        shop.write("shopctl.toml", &format!("hold = '{hold}'\n"));
        shop.run("order list").fails(2).says(says).says("hint: set by shopctl.toml");
    }
    shop.write("shopctl.toml", "");
    for hold in ["9000h", "99999999999999999999h"] {
        assert_eq!(error_code(&shop, &format!("order create --email a@b.c --item MUG --hold {hold}")).0, 5);
    }
    assert_eq!(shop.mugs(), (10, 5));
}

//! `shopctl store copy`, `backup` and `restore`, between both kinds of store.

use std::os::unix::process::ExitStatusExt;

use super::program::Shop;

/// A shop in which a morning has passed.
fn fill(shop: &Shop) {
    for line in [
        "product create MUG --name Mug --price 12.50 --stock 10",
        "product create CUP --name Cup --price 3 --stock 4",
        "product create OLD --name Old --price 1 --stock 2",
        "product delete OLD --yes",
        "user register ada@example.com --name Ada --no-password",
        "order create --user ada@example.com --item MUG:2 --item CUP:1",
        "order create --customer-ref C-1 --item CUP:1 --external-ref X-1",
        "order create --email b@b.c --item MUG:1",
        "order delete 1003 --yes",
        "order pay 1001",
        "order ship 1001",
        "inventory adjust MUG -1 --reason broken",
    ] {
        shop.ok(&line.split(' ').collect::<Vec<_>>());
    }
}

/// Everything that a shop says of itself in files, and the movements of a product.
fn files(shop: &Shop, url: &str) -> Vec<String> {
    let say = |arguments: &[&str]| shop.ok(&[&["--store", url], arguments].concat());
    let mut files: Vec<String> =
        ["user", "product", "order", "inventory"].iter().map(|noun| say(&[noun, "export"])).collect();
    files.push(say(&["inventory", "history", "MUG", "-o", "json"]));
    files
}

fn goes_over_and_comes_back(shop: &Shop, over: &str) {
    fill(shop);
    let before = files(shop, shop.url());
    let copied = shop.json(&["store", "copy", "--to", over]);
    assert_eq!(
        (&copied["orders"], &copied["stock_movements"], &copied["resumed"]),
        (&2.into(), &12.into(), &false.into())
    );
    assert_eq!(files(shop, over), before);
    shop.ok(&["--store", over, "doctor"]);
    shop.ok(&["store", "backup", "backup.db", "--store", over]);
    assert_eq!(files(shop, "sqlite:backup.db"), before);
    // The numbers go on where they were, although the order that had the last one is gone.
    let next = shop.json(&["--store", over, "order", "create", "--email", "c@b.c", "--item", "MUG"]);
    assert_eq!(next["number"], 1004);
    let refused = shop.run(&["store", "copy", "--to", over, "-o", "json"]);
    assert_eq!(refused.code, Some(4), "{refused:?}");
    assert!(refused.stderr.contains("store_not_empty"), "{refused:?}");
    shop.ok(&["--store", "sqlite:again.db", "store", "restore", "backup.db"]);
    assert_eq!(files(shop, "sqlite:again.db"), before);
}

#[test]
fn a_shop_goes_from_sqlite_to_mongodb_and_back() {
    let target = Shop::on_mongodb();
    goes_over_and_comes_back(&Shop::on_sqlite(), target.url());
}

#[test]
fn a_shop_goes_from_mongodb_to_mongodb_and_to_a_file() {
    let target = Shop::on_mongodb();
    goes_over_and_comes_back(&Shop::on_mongodb(), target.url());
}

/// The program dies behind each kind of thing in turn, and the same command goes on.
fn a_copy_that_dies_goes_on(shop: &Shop, to: &str, from: &str) {
    fill(shop);
    let before = files(shop, shop.url());
    for times in [1, 2, 2] {
        let mut command = shop.command(&["store", "copy", "--to", to]);
        let died = command.env("SHOPCTL_CRASH_AT", format!("transfer:written#{times}")).output().unwrap();
        assert_eq!(died.status.signal(), Some(6), "{times}: {died:?}");
        let elsewhere = shop.run(&["store", "copy", "--from", from, "--to", to]);
        assert_eq!(elsewhere.code, Some(4), "another store into the same target: {elsewhere:?}");
        assert!(elsewhere.stderr.contains("another store is being copied"), "{elsewhere:?}");
    }
    assert_eq!(shop.json(&["store", "copy", "--to", to])["resumed"], true);
    assert_eq!(files(shop, to), before);
    shop.ok(&["--store", to, "doctor"]);
}

#[test]
fn a_copy_into_a_file_that_dies_goes_on() {
    let shop = Shop::on_sqlite();
    shop.ok(&["--store", "sqlite:other.db", "store", "init"]);
    a_copy_that_dies_goes_on(&shop, "sqlite:target.db", "sqlite:other.db");
}

#[test]
fn a_copy_into_mongodb_that_dies_goes_on() {
    let (shop, target) = (Shop::on_sqlite(), Shop::on_mongodb());
    shop.ok(&["--store", "sqlite:other.db", "store", "init"]);
    a_copy_that_dies_goes_on(&shop, target.url(), "sqlite:other.db");
}

#[test]
fn a_source_that_was_written_to_meanwhile_is_found_out() {
    let shop = Shop::on_sqlite();
    fill(&shop);
    let mut command = shop.command(&["store", "copy", "--to", "sqlite:target.db"]);
    command.env("SHOPCTL_CRASH_AT", "transfer:written#3").output().unwrap();
    shop.ok(&["product", "update", "MUG", "--price", "13"]);
    let refused = shop.run(&["store", "copy", "--to", "sqlite:target.db"]);
    assert_eq!(refused.code, Some(4), "{refused:?}");
    assert!(refused.stderr.contains("products of source and copy are not the same"), "{refused:?}");
}

#[test]
fn a_dry_run_says_how_much_and_makes_nothing() {
    let shop = Shop::on_sqlite();
    fill(&shop);
    let run = shop.run(&["store", "copy", "--to", "sqlite:target.db", "--dry-run"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stderr.contains("would be made") && !shop.home().join("target.db").exists(), "{run:?}");
    let same = shop.run(&["store", "copy", "--to", shop.url()]);
    assert_eq!(same.code, Some(2), "{same:?}");
}

//! `shopctl inventory explain`

use super::{Shop, error_code};

#[test]
fn shows_who_holds_what_and_what_happened_last() {
    let shop = Shop::with_an_order();
    shop.ok("order create --email bob@example.com --item MUG:3 --hold 1h");
    shop.ok("inventory set MUG 9 --reason count --low-stock-at 4");
    let table = shop.ok("inventory explain MUG -o table");
    for says in [
        "4 available: 9 on hand, of which 2 open orders reserve 5",
        "open orders, the oldest first",
        "ada@example.com",
        "holds that end next",
        "last movements",
        "cli:tester",
    ] {
        assert!(table.contains(says), "{says}: {table}");
    }
    let told = shop.json("inventory explain MUG");
    assert_eq!(
        (&told["open_pieces"], &told["reserved"], &told["agrees"]),
        (&5.into(), &5.into(), &true.into())
    );
    assert_eq!((&told["orders"][1]["number"], &told["orders"][1]["pieces"]), (&1002.into(), &3.into()));
    assert_eq!(told["holds"][0]["number"], 1002);
    assert_eq!(told["movements"][0]["reason"], "count");
    assert_eq!(
        shop.ok("inventory explain MUG --fields orders,holds --no-headers"),
        "1001×2 1002×3\t1002×3\n"
    );
    assert_eq!(error_code(&shop, "inventory explain NOPE"), (3, "product_not_found".to_owned()));
}

#[test]
fn counts_that_do_not_agree_are_said_so_and_end_with_4() {
    for (damage, says) in [
        ("UPDATE inventory SET reserved = 3", "reserved is 3, but open orders hold 2"),
        ("UPDATE inventory SET on_hand = 8", "the last movement left 10 on hand and 2 reserved"),
        ("UPDATE inventory SET seq = 7", "the record counts 7 movements, but the last is number 2"),
        ("DELETE FROM inventory", "reserved is 0, but open orders hold 2"),
    ] {
        let shop = Shop::with_an_order();
        shop.damage(damage);
        let done = shop.run("inventory explain MUG -o json").ends(4).says(says).says("shopctl doctor");
        assert_eq!(done.json()["agrees"], false, "{damage}");
        assert_eq!(done.error()["code"], "stock_disagrees");
    }
}

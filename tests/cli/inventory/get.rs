//! `shopctl inventory get --at`

use super::{Shop, error_code};

#[test]
fn shows_counts_as_they_were() {
    let shop = Shop::with_mugs();
    let opened = shop.json("inventory get MUG")["updated_at"].as_str().unwrap().to_owned();
    shop.ok("order create --email a@b.c --item MUG:4");
    let then = shop.json(&format!("inventory get MUG --at {opened}"));
    assert_eq!((&then["on_hand"], &then["reserved"], &then["seq"]), (&10.into(), &0.into(), &1.into()));
    assert_eq!((&then["at"], &then["moved_at"]), (&opened.clone().into(), &opened.into()));
    let never = shop.json("inventory get MUG --at 1999-12-31");
    assert_eq!((&never["on_hand"], &never["seq"], &never["moved_at"]), (&0.into(), &0.into(), &().into()));
    let now = shop.json("inventory get MUG --at 2999-12-31T00:00:00+01:00");
    assert_eq!((&now["available"], &now["at"]), (&6.into(), &"2999-12-30T23:00:00.000Z".into()));
    assert_eq!(shop.listed("inventory get MUG MUG --at 2999-12-31", "on_hand"), ["10", "10"]);
    assert_eq!(error_code(&shop, "inventory get MUG --at soon"), (5, "invalid_time".to_owned()));
}

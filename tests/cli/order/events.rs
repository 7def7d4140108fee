//! `shopctl order events`

use super::Shop;

#[test]
fn tells_who_did_what_oldest_first() {
    let shop = Shop::with_an_order();
    shop.ok("order pay 1001");
    shop.ok("order ship 1001");
    let events = shop.ok("order events 1001 --fields command,from,to,actor --no-headers");
    assert_eq!(
        events,
        "place\t\tpending\tcli:tester\npay\tpending\tconfirmed\tcli:tester\nship\tconfirmed\tshipped\tcli:tester\n"
    );
}

//! `shopctl order cancel`

use super::Shop;

#[test]
fn gives_the_stock_back() {
    let shop = Shop::with_an_order();
    assert_eq!(shop.json("order cancel 1001 --reason mistake")["status"], "cancelled");
    assert_eq!(shop.mugs(), (10, 0));
    shop.ok("order cancel 1001");
}

#[test]
fn some_items_of_a_single_order() {
    let shop = Shop::with_an_order();
    shop.ok("order cancel 1001 --item MUG:1");
    assert_eq!(shop.mugs(), (10, 1));
    shop.run("order cancel 1001 1002 --item MUG:1").fails(2);
    shop.run("order cancel 1001 --item MUG:5").fails(4);
}

#[test]
fn several_orders_at_once() {
    let shop = Shop::with_an_order();
    shop.ok("order create --email a@b.c --item MUG:3");
    shop.run("order cancel 1001 1002 1003").ends(8).says("\"1003\" does not exist");
    assert_eq!(shop.mugs(), (10, 0));
}

//! Promises of `OrderStore::ended_holds`.

use shopctl::domain::order::{Command, EndedHold, Order};
use shopctl::domain::product::Product;
use shopctl::store::Commit;

use crate::support::builders::{at, cancel_all, for_order, order_of, product, ship_all, step};
use crate::support::store::{TestStore, placed, stocked};

contract![
    finds_the_ended_holds_of_pending_orders_the_longest_ended_first,
    finds_ended_holds_strictly_behind_a_place,
    a_hold_that_ends_at_that_very_moment_has_ended,
];

async fn held(store: &TestStore, product: &Product, until: Option<i64>) -> Order {
    let order = Order { hold_until: until.map(at), ..order_of(&[(product, 1)]) };
    placed(store, &order).await
}

async fn ended(store: &TestStore, moment: i64) -> Vec<EndedHold> {
    let page = store.ended_holds(at(moment), None, 100).await.unwrap();
    assert!(!page.has_more);
    page.items
}

fn hold(order: &Order) -> EndedHold {
    EndedHold { until: order.hold_until.unwrap(), order: order.id }
}

async fn finds_the_ended_holds_of_pending_orders_the_longest_ended_first(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 99).await;
    let last = held(store, &mug, Some(6)).await;
    let first = held(store, &mug, Some(2)).await;
    let second = held(store, &mug, Some(6)).await;
    held(store, &mug, Some(1000)).await;
    held(store, &mug, None).await;
    for command in [Command::Pay, Command::Confirm, Command::Expire, cancel_all(), ship_all()] {
        let order = held(store, &mug, Some(3)).await;
        let (after, effects) = step(&order, &command);
        store.step_order(&after, &effects, &for_order(&order), Commit::Keep).await.unwrap();
    }
    assert_eq!(ended(store, 7).await, [hold(&first), hold(&last), hold(&second)], "ties by id");
    let of_expired = [hold(&first)];
    assert_eq!(ended(store, 5).await, of_expired);
    assert_eq!(ended(store, 1).await, []);
}

async fn finds_ended_holds_strictly_behind_a_place(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 99).await;
    let mut expected = Vec::new();
    for until in [1, 2, 2, 2, 3, 5] {
        expected.push(hold(&held(store, &mug, Some(until)).await));
    }
    for limit in [1, 2, 3, 6, 7] {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = store.ended_holds(at(9), after, limit).await.unwrap();
            assert!(page.items.len() <= limit);
            after = page.items.last().copied();
            found.extend(page.items);
            if !page.has_more {
                break;
            }
        }
        assert_eq!(found, expected, "pages of {limit}");
    }
    let behind = store.ended_holds(at(9), expected.last().copied(), 5).await.unwrap();
    assert_eq!((behind.items, behind.has_more), (vec![], false));
}

async fn a_hold_that_ends_at_that_very_moment_has_ended(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 9).await;
    let order = held(store, &mug, Some(5)).await;
    assert_eq!(ended(store, 4).await, []);
    assert_eq!(ended(store, 5).await, [hold(&order)]);
}

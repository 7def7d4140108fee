//! Promises of `InventoryStore::list_movements`.

use shopctl::domain::inventory::{Movement, StockOp};
use shopctl::domain::order::Command;
use shopctl::store::{Commit, StockChange};

use crate::support::builders::{
    cancel_all, change, context, for_order, order_of, product, q, ship_all, step,
};
use crate::support::dump::movements_of;
use crate::support::store::{TestStore, placed, stocked};

contract![
    lists_movements_oldest_first_or_newest_first,
    lists_movements_strictly_after_a_place,
    lists_the_movements_of_one_product_only,
    movements_without_a_reason_or_an_order_are_kept,
    whatever_happens_the_movements_that_are_there_stay_as_they_are,
];

async fn moved(store: &TestStore) -> (shopctl::domain::id::ProductId, Vec<Movement>) {
    let (mug, other) = (product("MUG"), product("OTHER"));
    stocked(store, &mug, 1).await;
    stocked(store, &other, 1).await;
    for count in 2..=5 {
        store.change_stock(&change(mug.id, StockOp::Receive(q(count))), Commit::Keep).await.unwrap();
    }
    let movements = movements_of(store, mug.id).await;
    assert_eq!(movements.iter().map(|movement| movement.seq).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    (mug.id, movements)
}

async fn lists_movements_oldest_first_or_newest_first(store: &TestStore) {
    let (id, mut expected) = moved(store).await;
    for newest_first in [false, true] {
        for limit in [1, 2, 5, 6] {
            let (mut listed, mut after) = (Vec::new(), None);
            loop {
                let page = store.list_movements(id, after, newest_first, limit).await.unwrap();
                assert!(page.items.len() <= limit);
                after = page.items.last().map(|movement| movement.seq);
                listed.extend(page.items);
                if !page.has_more {
                    break;
                }
            }
            assert_eq!(listed, expected, "newest first {newest_first}, pages of {limit}");
        }
        expected.reverse();
    }
}

async fn lists_movements_strictly_after_a_place(store: &TestStore) {
    let (id, _) = moved(store).await;
    for (after, newest_first, expected) in [
        (Some(3), false, vec![4, 5]),
        (Some(5), false, vec![]),
        (Some(99), false, vec![]),
        (Some(0), false, vec![1, 2, 3, 4, 5]),
        (Some(3), true, vec![2, 1]),
        (Some(1), true, vec![]),
        (Some(99), true, vec![5, 4, 3, 2, 1]),
    ] {
        let page = store.list_movements(id, after, newest_first, 9).await.unwrap();
        let listed: Vec<i64> = page.items.iter().map(|movement| movement.seq).collect();
        assert_eq!((listed, page.has_more), (expected, false), "{after:?} {newest_first}");
    }
}

async fn lists_the_movements_of_one_product_only(store: &TestStore) {
    let (id, movements) = moved(store).await;
    assert!(movements.iter().all(|movement| movement.product_id == id));
    assert_eq!(movements_of(store, product("NONE").id).await, vec![]);
}

async fn movements_without_a_reason_or_an_order_are_kept(store: &TestStore) {
    let mug = product("MUG");
    store.insert_product(&mug, None, Commit::Keep).await.unwrap();
    let mut bare = change(mug.id, StockOp::Receive(q(3)));
    bare.context.reason = None;
    bare.context.reference = None;
    bare.context.actor = shopctl::domain::actor::Actor::system();
    store.change_stock(&bare, Commit::Keep).await.unwrap();
    let movement = movements_of(store, mug.id).await.pop().unwrap();
    assert_eq!((movement.reason, movement.reference, movement.order_id), (None, None, None));
    assert_eq!(movement.actor.as_str(), "system");
}

async fn whatever_happens_the_movements_that_are_there_stay_as_they_are(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 50).await;
    let mut known = movements_of(store, mug.id).await;
    let mut grows = async || {
        let now = movements_of(store, mug.id).await;
        assert_eq!(now[..known.len()], known[..], "what was written is changed");
        known = now;
    };
    for op in [StockOp::Receive(q(5)), StockOp::Adjust(-3), StockOp::Count { to: q(60), expected: None }] {
        store.change_stock(&change(mug.id, op), Commit::Keep).await.unwrap();
        grows().await;
    }
    let threshold =
        StockChange { op: None, low_stock_at: Some(Some(q(4))), ..change(mug.id, StockOp::Adjust(1)) };
    store.change_stock(&threshold, Commit::Keep).await.unwrap();
    grows().await;
    for command in [ship_all(), cancel_all(), Command::Pay] {
        let order = placed(store, &order_of(&[(&mug, 2)])).await;
        let (after, effects) = step(&order, &command);
        let context = for_order(&order);
        store.step_order(&after, &effects, &context, Commit::Keep).await.unwrap();
        grows().await;
        if let Ok(effects) = after.release_for_delete() {
            store.delete_order(after.id, after.version, &effects, &context, Commit::Keep).await.unwrap();
        } else {
            let (returned, effects) = step(&after, &Command::Return { items: None, restock: true });
            store.step_order(&returned, &effects, &context, Commit::Keep).await.unwrap();
        }
        grows().await;
    }
    let record = store.find_stock(mug.id).await.unwrap().unwrap();
    store.delete_stock(mug.id, record.version, &context(), Commit::Keep).await.unwrap();
    grows().await;
    store.change_stock(&change(mug.id, StockOp::Receive(q(1))), Commit::Keep).await.unwrap();
    grows().await;
}

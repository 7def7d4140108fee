//! Promises of `ProductStore::delete_product`.

use shopctl::domain::inventory::{MovementKind, StockOp};
use shopctl::domain::product::Product;
use shopctl::store::{Commit, Premises, StoreError};

use crate::support::at_once::at_once;
use crate::support::builders::{at, cancel_all, change, context, for_order, order_of, product, q, step};
use crate::support::dump::{assert_sound, dump, movements_of};
use crate::support::store::{TestStore, level, placed, stocked};

contract![
    removes_a_product_and_writes_its_stock_down,
    removes_a_product_without_stock,
    the_sku_of_a_removed_product_is_free_again,
    refuses_to_remove_another_version_of_a_product,
    refuses_to_remove_a_product_that_orders_name,
    refuses_to_remove_a_product_even_when_its_order_was_cancelled,
    of_a_removal_and_an_order_at_once_only_one_happens,
];

async fn removes_a_product_and_writes_its_stock_down(store: &TestStore) {
    let (mug, other) = (product("MUG"), product("OTHER"));
    stocked(store, &mug, 7).await;
    stocked(store, &other, 2).await;
    store.delete_product(mug.id, mug.version, &context(), Commit::Keep).await.unwrap();
    let after = dump(store).await;
    assert_eq!((after.products, after.stock.len()), (vec![other], 1));
    assert_eq!(store.find_stock(mug.id).await.unwrap(), None);
    let movements = movements_of(store, mug.id).await;
    let last = movements.last().unwrap();
    assert_eq!(movements.len(), 2, "movements stay");
    assert_eq!((last.kind, last.on_hand_delta, last.on_hand_after), (MovementKind::Adjust, -7, 0));
    assert_eq!((last.seq, &last.actor, &last.reason), (2, &context().actor, &context().reason));
}

async fn removes_a_product_without_stock(store: &TestStore) {
    let (bare, empty) = (product("BARE"), product("EMPTY"));
    store.insert_product(&bare, None, Commit::Keep).await.unwrap();
    stocked(store, &empty, 0).await;
    for product in [&bare, &empty] {
        store.delete_product(product.id, product.version, &context(), Commit::Keep).await.unwrap();
    }
    assert_eq!(movements_of(store, bare.id).await, vec![]);
    assert_eq!(movements_of(store, empty.id).await.len(), 1, "nothing was there to write down");
    let gone = store.change_stock(&change(empty.id, StockOp::Receive(q(1))), Commit::Keep).await;
    assert_fails!(gone, StoreError::Stale { current: None });
}

async fn the_sku_of_a_removed_product_is_free_again(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 1).await;
    store.delete_product(mug.id, mug.version, &context(), Commit::Keep).await.unwrap();
    assert_eq!(store.find_product(&"MUG".parse().unwrap()).await.unwrap(), None);
    stocked(store, &product("mug"), 1).await;
}

async fn refuses_to_remove_another_version_of_a_product(store: &TestStore) {
    let mug = product("MUG");
    let gone = store.delete_product(mug.id, mug.version, &context(), Commit::Keep).await;
    assert_fails!(gone, StoreError::Stale { current: None });
    stocked(store, &mug, 3).await;
    let before = dump(store).await;
    let stale = store.delete_product(mug.id, mug.version.next(), &context(), Commit::Keep).await;
    assert_fails!(stale, StoreError::Stale { current: Some(version) } if version == mug.version);
    assert_eq!(dump(store).await, before);
}

async fn refuses_to_remove_a_product_that_orders_name(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 9).await;
    for _ in 0..2 {
        // Twice in one order is still one order.
        placed(store, &order_of(&[(&mug, 1), (&mug, 2)])).await;
    }
    let before = dump(store).await;
    for commit in [Commit::Keep, Commit::DryRun] {
        let refused = store.delete_product(mug.id, mug.version, &context(), commit).await;
        assert_fails!(refused, StoreError::Referenced(what) if what == "2 orders");
    }
    assert_eq!(dump(store).await, before);
}

async fn refuses_to_remove_a_product_even_when_its_order_was_cancelled(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 9).await;
    let order = placed(store, &order_of(&[(&mug, 1)])).await;
    let (cancelled, effects) = step(&order, &cancel_all());
    store.step_order(&cancelled, &effects, &for_order(&order), Commit::Keep).await.unwrap();
    let refused = store.delete_product(mug.id, mug.version, &context(), Commit::Keep).await;
    assert_fails!(refused, StoreError::Referenced(what) if what == "1 order");
    let archived = Product { version: mug.version.next(), updated_at: at(9), ..mug.clone() };
    store.delete_order(order.id, cancelled.version, &[], &for_order(&order), Commit::Keep).await.unwrap();
    store.replace_product(&archived, Commit::Keep).await.unwrap();
    store.delete_product(mug.id, archived.version, &context(), Commit::Keep).await.unwrap();
}

async fn of_a_removal_and_an_order_at_once_only_one_happens(store: &TestStore) {
    for round in 0..8 {
        let mug = product(&format!("MUG-{round}"));
        stocked(store, &mug, 5).await;
        let order = order_of(&[(&mug, 1)]);
        let outcomes = at_once(2, |n| {
            let (store, mug, order) = (store.share(), mug.clone(), order.clone());
            async move {
                if n == 0 {
                    store.delete_product(mug.id, mug.version, &context(), Commit::Keep).await
                } else {
                    store
                        .place_order(&order, &Premises::default(), &for_order(&order), Commit::Keep)
                        .await
                        .map(drop)
                }
            }
        })
        .await;
        match (&outcomes[0], &outcomes[1]) {
            (Ok(()), Err(StoreError::NotOnSale(ids))) => assert_eq!(ids, &vec![mug.id]),
            // The stock may be seen to go first.
            (Ok(()), Err(StoreError::Short(_))) => {}
            (Err(StoreError::Referenced(_)), Ok(())) => assert_eq!(level(store, &mug).await, (5, 1)),
            other => panic!("round {round}: {other:?}"),
        }
    }
    assert_sound(store).await;
}

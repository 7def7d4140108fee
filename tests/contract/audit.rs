//! Promises of `Audit`. What it finds in damaged stores is told in `tests/doctor`.

use std::future::Future;

use shopctl::domain::inventory::StockOp;
use shopctl::domain::order::{Command, ItemQuantity};
use shopctl::store::{Commit, Duplicates, Numbering, Result, Stretch, Unique};

use crate::support::builders::{change, for_order, order_of, product, q, step, user};
use crate::support::store::{TestStore, placed, stocked};

contract![
    a_walk_meets_every_document_once_in_the_order_of_keys,
    an_account_holds_the_record_the_movements_and_what_orders_hold,
    the_account_of_a_product_that_is_not_there_is_empty,
    numbering_tells_the_last_number_given_and_the_largest_there_is,
    nothing_is_shared_in_a_sound_store,
];

/// Walks with pages of two and returns the keys that were met.
async fn keys<T, F>(fetch: impl Fn(Option<String>) -> F, key: impl Fn(&T) -> String) -> Vec<String>
where
    F: Future<Output = Result<Stretch<T>>>,
{
    let (mut met, mut after) = (Vec::new(), None);
    loop {
        let page = fetch(after).await.unwrap();
        assert!(page.items.len() <= 2);
        met.extend(page.items.iter().map(&key));
        after = page.next;
        if after.is_none() {
            return met;
        }
    }
}

async fn a_walk_meets_every_document_once_in_the_order_of_keys(store: &TestStore) {
    let (mut users, mut products, mut orders, mut movements) = (vec![], vec![], vec![], vec![]);
    for n in 0..5 {
        let person = user(&format!("u{n}@example.com"));
        store.insert_user(&person, Commit::Keep).await.unwrap();
        users.push(person.id.to_string());
        let thing = product(&format!("P{n}"));
        stocked(store, &thing, 10).await;
        products.push(thing.id.to_string());
        orders.push(placed(store, &order_of(&[(&thing, 1), (&thing, 1)])).await.id.to_string());
        store.change_stock(&change(thing.id, StockOp::Receive(q(1))), Commit::Keep).await.unwrap();
        movements.extend((1..=3).map(|seq| format!("{} {seq}", thing.id)));
    }
    let at = Option::<String>::as_deref;
    let met = keys(async |after| store.stored_users(at(&after), 2).await, |user| user.key.clone()).await;
    assert_eq!(met, users);
    let met =
        keys(async |after| store.stored_products(at(&after), 2).await, |product| product.key.clone()).await;
    assert_eq!(met, products);
    let met = keys(async |after| store.stored_orders(at(&after), 2).await, |order| order.key.clone()).await;
    assert_eq!(met, orders);
    let met = keys(async |after| store.stored_stock(at(&after), 2).await, |stock| stock.key.clone()).await;
    assert_eq!(met, products);
    let met = keys(
        async |after| store.stored_movements(at(&after), 2).await,
        |movement| format!("{} {}", movement.product_id, movement.seq),
    )
    .await;
    assert_eq!(met, movements);
}

async fn an_account_holds_the_record_the_movements_and_what_orders_hold(store: &TestStore) {
    let (mug, cup) = (product("MUG"), product("CUP"));
    stocked(store, &mug, 10).await;
    stocked(store, &cup, 10).await;
    let order = placed(store, &order_of(&[(&mug, 4), (&cup, 1), (&mug, 2)])).await;
    let item = ItemQuantity { sku: mug.sku.clone(), quantity: q(3) };
    let (next, stock) = step(&order, &Command::Ship { items: Some(vec![item]), tracking: None });
    store.step_order(&next, &stock, &for_order(&next), Commit::Keep).await.unwrap();
    let account = store.account(mug.id).await.unwrap();
    let record = account.stock.unwrap();
    assert_eq!((record.on_hand, record.reserved, record.seq), (Some(7), Some(3), Some(3)));
    assert_eq!((account.chain.on_hand, account.chain.reserved, account.chain.count), (7, 3, 3));
    assert_eq!((account.sku.as_deref(), account.ordered, account.open), (Some("MUG"), true, 3));
    assert_eq!((account.doubtful, account.chain.first, record.damage), (None, None, None));
}

async fn the_account_of_a_product_that_is_not_there_is_empty(store: &TestStore) {
    store.init().await.unwrap();
    let account = store.account(product("MUG").id).await.unwrap();
    assert_eq!((account.sku, account.stock, account.ordered, account.chain.count), (None, None, false, 0));
}

async fn numbering_tells_the_last_number_given_and_the_largest_there_is(store: &TestStore) {
    store.init().await.unwrap();
    assert_eq!(store.numbering().await.unwrap(), Numbering::default());
    assert!(!Numbering::default().is_behind());
    let mug = product("MUG");
    stocked(store, &mug, 10).await;
    for _ in 0..3 {
        placed(store, &order_of(&[(&mug, 1)])).await;
    }
    let numbering = store.numbering().await.unwrap();
    assert_eq!((numbering.largest, numbering.is_behind()), (Some(1003), false));
    assert!(Numbering { counter: Some(1002), ..numbering }.is_behind());
}

async fn nothing_is_shared_in_a_sound_store(store: &TestStore) {
    store.init().await.unwrap();
    let mug = product("MUG");
    stocked(store, &mug, 10).await;
    for _ in 0..2 {
        // Neither has a reference, which is no reference shared.
        placed(store, &order_of(&[(&mug, 1)])).await;
    }
    for of in [Unique::Email, Unique::Sku, Unique::OrderNumber, Unique::ExternalRef, Unique::StockRecord] {
        assert_eq!(store.duplicates(of).await.unwrap(), Duplicates::default(), "{of:?}");
    }
}

//! Promises of `Maintenance`, and those that all methods share.

use shopctl::store::{Commit, Counts, Premises, StoreError};

use crate::support::at_once::at_once;
use crate::support::builders::{for_order, order_of, product, user};
use crate::support::dump::{assert_sound, dump};
use crate::support::store::{TestStore, placed, stocked};

contract![
    says_what_it_is_and_how_much_is_in_it,
    getting_ready_again_changes_nothing,
    many_may_get_it_ready_at_once,
    a_fresh_store_is_sound,
    answers_that_it_can_be_read_and_written,
    what_was_written_is_there_when_it_is_opened_again,
    refuses_everything_once_it_is_closed,
    work_goes_on_when_nobody_waits_for_it,
    says_how_busy_its_connections_are,
];

async fn says_what_it_is_and_how_much_is_in_it(store: &TestStore) {
    store.init().await.unwrap();
    let mug = product("MUG");
    stocked(store, &mug, 9).await;
    store.insert_product(&product("CUP"), None, Commit::Keep).await.unwrap();
    placed(store, &order_of(&[(&mug, 1)])).await;
    store.insert_user(&user("a@example.com"), Commit::Keep).await.unwrap();
    let info = store.info().await.unwrap();
    let counts = Counts { users: 1, products: 2, orders: 1, inventory: 1, stock_movements: 2 };
    assert_eq!((info.counts, info.transactions), (counts, true));
    assert_eq!((info.schema, info.schema >= 1), (info.schema_known, true));
    assert!(["sqlite", "mongodb"].contains(&info.kind));
    assert!(!info.engine_version.is_empty() && !info.topology.is_empty() && !info.database.is_empty());
}

async fn says_how_busy_its_connections_are(store: &TestStore) {
    store.init().await.unwrap();
    store.find_product(&product("MUG").id.into()).await.unwrap();
    let pool = store.pool();
    assert!(pool.open >= 1 && pool.open <= pool.most, "{pool:?}");
    // What was asked has been answered; the driver may still look after its connections.
    assert!(pool.in_use <= pool.open, "{pool:?}");
}

async fn getting_ready_again_changes_nothing(store: &TestStore) {
    store.init().await.unwrap();
    let mug = product("MUG");
    stocked(store, &mug, 9).await;
    placed(store, &order_of(&[(&mug, 1)])).await;
    let before = dump(store).await;
    store.init().await.unwrap();
    store.init().await.unwrap();
    assert_eq!(dump(store).await, before);
}

async fn many_may_get_it_ready_at_once(store: &TestStore) {
    let outcomes = at_once(16, |n| {
        let store = store.share();
        async move {
            store.init().await?;
            store.insert_product(&product(&format!("P{n}")), None, Commit::Keep).await
        }
    })
    .await;
    for outcome in outcomes {
        outcome.unwrap();
    }
    assert_eq!(store.info().await.unwrap().counts.products, 16);
}

async fn a_fresh_store_is_sound(store: &TestStore) {
    store.init().await.unwrap();
    let checks = store.check_structure().await.unwrap();
    assert!(checks.len() > 10, "{checks:?}");
    for check in checks {
        assert_eq!(check.problem, None, "{}", check.name);
    }
}

async fn answers_that_it_can_be_read_and_written(store: &TestStore) {
    store.ping().await.unwrap();
}

async fn what_was_written_is_there_when_it_is_opened_again(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 9).await;
    placed(store, &order_of(&[(&mug, 1)])).await;
    let before = dump(store).await;
    store.close().await;
    let again = store.again().await;
    assert_eq!(dump(&again).await, before);
    again.close().await;
}

async fn refuses_everything_once_it_is_closed(store: &TestStore) {
    store.insert_user(&user("a@example.com"), Commit::Keep).await.unwrap();
    store.close().await;
    let write = store.insert_user(&user("b@example.com"), Commit::Keep).await;
    assert_fails!(write, StoreError::Unavailable { .. });
    let read = store.find_user(&"a@example.com".parse().unwrap()).await;
    assert_fails!(read, StoreError::Unavailable { .. });
    store.close().await;
}

async fn work_goes_on_when_nobody_waits_for_it(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 100).await;
    let orders: Vec<_> = (0..50).map(|_| order_of(&[(&mug, 1)])).collect();
    for (n, order) in orders.iter().enumerate() {
        let (store, order) = (store.share(), order.clone());
        let task = tokio::spawn(async move {
            store.place_order(&order, &Premises::default(), &for_order(&order), Commit::Keep).await
        });
        for _ in 0..n % 7 {
            tokio::task::yield_now().await;
        }
        task.abort();
        let _ = task.await;
    }
    // Waits for what was begun.
    store.close().await;
    let again = store.again().await;
    let last = placed(&again, &order_of(&[(&mug, 1)])).await;
    assert!(again.find_order(&last.id.into()).await.unwrap().is_some());
    assert_sound(&again).await;
    again.close().await;
}

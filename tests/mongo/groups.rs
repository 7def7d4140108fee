//! Orders that share transactions: nobody is held up by somebody else's trouble.

use std::sync::Arc;

use mongodb::bson::{Document, doc};
use shopctl::domain::inventory::StockOp;
use shopctl::domain::product::Product;
use shopctl::store::{Commit, Premises, Store, StoreError};
use tokio::task::JoinSet;

use super::store;
use crate::support::builders::{context, for_order, order_of, product, q};
use crate::support::mongod::TestDatabase;

async fn stocked(store: &dyn Store, sku: &str, on_hand: i64) -> Product {
    let product = product(sku);
    let opening = (StockOp::Receive(q(on_hand)), context());
    store.insert_product(&product, Some(&opening), Commit::Keep).await.expect("a stocked product");
    product
}

/// Holds a product's stock record in an open transaction, as a process does that was killed half-way.
async fn lock(url: &str, product: &Product) -> mongodb::ClientSession {
    let client = mongodb::Client::with_uri_str(url).await.unwrap();
    let database = client.default_database().expect("the test's database");
    let mut session = client.start_session().await.unwrap();
    session.start_transaction().await.unwrap();
    let touch = doc! { "$inc": { "version": 1_i64 } };
    let one = doc! { "_id": product.id.to_string() };
    database.collection::<Document>("inventory").update_one(one, touch).session(&mut session).await.unwrap();
    session
}

async fn order(store: &Arc<dyn Store>, products: &[&Product]) -> Result<(), StoreError> {
    let lines: Vec<(&Product, i64)> = products.iter().map(|&product| (product, 1)).collect();
    let order = order_of(&lines);
    store.place_order(&order, &Premises::default(), &for_order(&order), Commit::Keep).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_that_somebody_left_locked_holds_up_only_its_own_orders() {
    let database = TestDatabase::fresh();
    let store = store(&database.url()).await;
    let mug = stocked(&*store, "MUG", 100).await;
    let (cup, jug) = (stocked(&*store, "CUP", 1000).await, stocked(&*store, "JUG", 100).await);
    let mut orphan = lock(&database.url(), &mug).await;
    let mut held = JoinSet::new();
    for n in 0..12 {
        let (store, mug, jug) = (Arc::clone(&store), mug.clone(), jug.clone());
        held.spawn(async move {
            if n % 3 == 0 { order(&store, &[&mug, &jug]).await } else { order(&store, &[&mug]).await }
        });
    }
    // The first group meets the lock and takes a while to be told apart from a live competitor.
    order(&store, &[&cup]).await.expect("an order for something else");
    for _ in 0..50 {
        order(&store, &[&cup]).await.expect("an order for something else");
    }
    assert_eq!(held.len(), 12, "those for the locked product wait");
    assert!(held.try_join_next().is_none(), "those for the locked product wait");
    orphan.abort_transaction().await.unwrap();
    for placed in held.join_all().await {
        placed.expect("an order that had to wait");
    }
    // And then all is as before.
    order(&store, &[&mug, &cup, &jug]).await.expect("an order for all of them");
    for (product, reserved) in [(&mug, 13), (&cup, 52), (&jug, 5)] {
        let item = store.find_stock(product.id).await.unwrap().unwrap();
        assert_eq!((item.level.reserved(), item.seq), (reserved, reserved + 1), "{}", product.sku);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_cannot_be_written_does_not_hurt_those_that_came_with_it() {
    let database = TestDatabase::fresh();
    let store = store(&database.url()).await;
    let (mug, bad) = (stocked(&*store, "MUG", 1000).await, stocked(&*store, "BAD", 1000).await);
    // A record that cannot be read, as a hand-written update leaves it.
    let client = mongodb::Client::with_uri_str(database.url()).await.unwrap();
    let stock = client.default_database().expect("the test's database").collection::<Document>("inventory");
    let broken = doc! { "$set": { "sku": "" } };
    stock.update_one(doc! { "_id": bad.id.to_string() }, broken).await.unwrap();
    let mut placing = JoinSet::new();
    for n in 0..60 {
        let (store, product) = (Arc::clone(&store), if n % 10 == 0 { bad.clone() } else { mug.clone() });
        placing.spawn(async move { (n % 10 == 0, order(&store, &[&product]).await) });
    }
    for (broken, placed) in placing.join_all().await {
        match placed {
            Err(StoreError::Corrupt { collection: "inventory", .. }) if broken => {}
            Ok(()) if !broken => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(store.find_stock(mug.id).await.unwrap().unwrap().level.reserved(), 54);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_counter_that_was_set_back_is_brought_up_to_the_orders_that_are_there() {
    let database = TestDatabase::fresh();
    let store = store(&database.url()).await;
    let mug = stocked(&*store, "MUG", 1000).await;
    for _ in 0..5 {
        order(&store, &[&mug]).await.unwrap();
    }
    let client = mongodb::Client::with_uri_str(database.url()).await.unwrap();
    let counters = client.default_database().expect("the test's database").collection::<Document>("counters");
    let back = doc! { "$set": { "value": 1000_i64 } };
    counters.update_one(doc! { "_id": "orders" }, back).await.unwrap();
    let next = order_of(&[(&mug, 1)]);
    let number =
        store.place_order(&next, &Premises::default(), &for_order(&next), Commit::Keep).await.unwrap();
    assert_eq!(number.get(), 1006);
}

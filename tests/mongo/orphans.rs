//! Transactions that a program left open, when it was killed or frozen.

use std::time::{Duration, Instant};

use mongodb::bson::{Document, doc};
use mongodb::options::ClientOptions;
use mongodb::{Client, ClientSession};
use shopctl::domain::inventory::StockOp;
use shopctl::domain::product::Product;
use shopctl::store::{Commit, Premises, Store};

use super::store;
use crate::support::builders::{change, context, for_order, order_of, product, q};
use crate::support::mongod::TestDatabase;

async fn stocked(store: &dyn Store, sku: &str) -> Product {
    let product = product(sku);
    let opening = (StockOp::Receive(q(100)), context());
    store.insert_product(&product, Some(&opening), Commit::Keep).await.unwrap();
    product
}

/// A program of this name begins to change the stock of a product and is heard of no more.
async fn left_open(database: &TestDatabase, name: &str, product: &Product) -> (Client, ClientSession) {
    let mut options = ClientOptions::parse(database.url()).await.unwrap();
    options.app_name = Some(name.to_owned());
    let client = Client::with_options(options).unwrap();
    let mut session = client.start_session().await.unwrap();
    session.start_transaction().await.unwrap();
    let inventory = client.default_database().unwrap().collection::<Document>("inventory");
    let this = doc! { "product_id": product.id.to_string() };
    inventory.update_one(this, doc! { "$inc": { "version": 1_i64 } }).session(&mut session).await.unwrap();
    (client, session)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_a_dead_program_left_open_holds_its_products_for_seconds_only() {
    let database = TestDatabase::fresh();
    let store = store(&database.url()).await;
    let (mug, cup, jug) =
        (stocked(&*store, "MUG").await, stocked(&*store, "CUP").await, stocked(&*store, "JUG").await);
    // Somebody else's, who may well take longer.
    let (_other, mut others) = left_open(&database, "another-program", &jug).await;
    let (_dead, mut orphan) = left_open(&database, "shopctl", &mug).await;
    let begun = Instant::now();
    let order = order_of(&[(&mug, 1), (&cup, 1)]);
    store.place_order(&order, &Premises::default(), &for_order(&order), Commit::Keep).await.unwrap();
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(10), "the lock was held for {took:?}; the server's limit is a minute");
    let gone = orphan.commit_transaction().await.unwrap_err();
    assert!(gone.contains_label("TransientTransactionError"), "a program that goes on tries again: {gone:?}");

    // The same for any other step.
    let (_dead, _orphan) = left_open(&database, "shopctl", &cup).await;
    store.change_stock(&change(cup.id, StockOp::Receive(q(1))), Commit::Keep).await.unwrap();
    others.commit_transaction().await.expect("another program's transaction is left alone");
}

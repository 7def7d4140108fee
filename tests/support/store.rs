//! Fresh stores: a temporary file or a database of one's own on the test run's mongod.

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;

use shopctl::domain::inventory::StockOp;
use shopctl::domain::order::Order;
use shopctl::domain::product::Product;
use shopctl::store::open::{OpenOptions, StoreUrl, open};
use shopctl::store::{Commit, Premises, Store};
use tempfile::TempDir;

use super::builders::{context, for_order, q};
use super::mongod::TestDatabase;

/// A store of one test's own, removed with this guard.
pub(crate) struct TestStore {
    store: Arc<dyn Store>,
    url: StoreUrl,
    _place: Box<dyn Send + Sync>,
}

impl TestStore {
    async fn open(url: StoreUrl, place: impl Send + Sync + 'static) -> Self {
        let store = open(&url, &OpenOptions::default()).await.expect("a fresh store opens");
        Self { store, url, _place: Box::new(place) }
    }

    /// The store, to hand to a task.
    pub(crate) fn share(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store)
    }

    /// Its URL, for a process of its own.
    pub(crate) fn url(&self) -> String {
        self.url.to_string()
    }

    /// The same store opened a second time, as another process would.
    pub(crate) async fn again(&self) -> Arc<dyn Store> {
        open(&self.url, &OpenOptions::default()).await.expect("the store opens again")
    }
}

impl Deref for TestStore {
    type Target = dyn Store;

    fn deref(&self) -> &Self::Target {
        self.store.as_ref()
    }
}

/// A path in a fresh directory.
pub(crate) fn fresh_path() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("shop.db");
    (directory, path)
}

/// An empty SQLite store.
pub(crate) async fn sqlite_store() -> TestStore {
    let (directory, path) = fresh_path();
    TestStore::open(StoreUrl::Sqlite(path), directory).await
}

/// An empty MongoDB store: a database of its own on the test run's server.
pub(crate) async fn mongo_store() -> TestStore {
    let database = TestDatabase::fresh();
    let url = StoreUrl::parse(&database.url()).expect("a store URL");
    TestStore::open(url, database).await
}

/// Adds a product with this much of it on hand.
pub(crate) async fn stocked(store: &impl Deref<Target = dyn Store>, product: &Product, on_hand: i64) {
    let opening = (StockOp::Receive(q(on_hand)), context());
    store.insert_product(product, Some(&opening), Commit::Keep).await.expect("a stocked product");
}

/// What is on hand and what is reserved of a product.
pub(crate) async fn level(store: &impl Deref<Target = dyn Store>, product: &Product) -> (i64, i64) {
    let item = store.find_stock(product.id).await.expect("an answer").expect("a stock record");
    (item.level.on_hand(), item.level.reserved())
}

/// Places an order and reads it back, with its number.
pub(crate) async fn placed(store: &impl Deref<Target = dyn Store>, order: &Order) -> Order {
    let number = store
        .place_order(order, &Premises::default(), &for_order(order), Commit::Keep)
        .await
        .expect("a placed order");
    let found = store.find_order(&order.id.into()).await.expect("an answer").expect("the order");
    assert_eq!(found, Order { number, ..order.clone() });
    found
}

//! Reads of single documents that share queries: each sees what it asked for, and nobody waits for another's trouble.

use std::sync::Arc;
use std::time::{Duration, Instant};

use mongodb::bson::{Document, doc};
use shopctl::domain::key::{ProductKey, UserKey};
use shopctl::domain::product::Product;
use shopctl::store::{Commit, Store, StoreError};
use tokio::task::JoinSet;

use super::store;
use crate::support::builders::{product, user};
use crate::support::mongod::{Kind, OwnMongod, TestDatabase};

async fn admin(url: &str, command: Document) -> Document {
    let client = mongodb::Client::with_uri_str(url).await.unwrap();
    client.database("admin").run_command(command).await.unwrap()
}

/// Lets so many finds of the store wait for a while before they are done.
async fn hold_up(server: &OwnMongod, times: i32, length: Duration) {
    let millis = i64::try_from(length.as_millis()).unwrap();
    let how = doc! { "appName": "shopctl", "failCommands": ["find"], "blockConnection": true, "blockTimeMS": millis };
    let mode = doc! { "times": times };
    admin(&server.url(), doc! { "configureFailPoint": "failCommand", "mode": mode, "data": how }).await;
}

/// How many finds the server has done since it started.
async fn finds(server: &OwnMongod) -> i64 {
    let status = admin(&server.url(), doc! { "serverStatus": 1 }).await;
    let find = status.get_document("metrics").unwrap().get_document("commands").unwrap();
    find.get_document("find").unwrap().get_i64("total").unwrap()
}

async fn catalogue(store: &Arc<dyn Store>, count: usize) -> Vec<Product> {
    let products: Vec<Product> = (0..count).map(|n| product(&format!("SKU-{n}"))).collect();
    for product in &products {
        store.insert_product(product, None, Commit::Keep).await.unwrap();
    }
    products
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_many_that_ask_at_once_gets_what_it_asked_for() {
    let database = TestDatabase::fresh();
    let store = store(&database.url()).await;
    let products = catalogue(&store, 20).await;
    let mut asking = JoinSet::new();
    for n in 0..400 {
        let (store, product) = (Arc::clone(&store), products[n % 20].clone());
        asking.spawn(async move {
            let (id, sku) = (ProductKey::Id(product.id), ProductKey::Sku(product.sku.clone()));
            match n % 4 {
                0 => assert_eq!(store.find_product(&id).await.unwrap(), Some(product)),
                1 => assert_eq!(store.find_product(&sku).await.unwrap(), Some(product)),
                2 => assert_eq!(store.find_products(&[sku, id]).await.unwrap(), [product]),
                _ => {
                    let nobody: ProductKey = format!("NONE-{n}").parse().unwrap();
                    assert_eq!(store.find_product(&nobody).await.unwrap(), None);
                }
            }
        });
    }
    asking.join_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_before_a_read_was_asked_for_is_read() {
    let database = TestDatabase::fresh();
    let store = store(&database.url()).await;
    let mut busy = JoinSet::new();
    for n in 0..16 {
        let store = Arc::clone(&store);
        busy.spawn(async move {
            for m in 0..20 {
                let user = user(&format!("ada{n}-{m}@example.com"));
                store.insert_user(&user, Commit::Keep).await.unwrap();
                let key = UserKey::Email(user.email.clone());
                assert!(store.find_user(&key).await.unwrap().is_some(), "{:?} is not there", user.email);
            }
        });
    }
    busy.join_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reads_that_queue_up_behind_one_share_the_next_query() {
    let server = OwnMongod::start(Kind::ReplicaSet);
    let store = store(&server.url()).await;
    let products = catalogue(&store, 64).await;
    let before = finds(&server).await;
    hold_up(&server, 1, Duration::from_millis(40)).await;
    let mut asking = JoinSet::new();
    for product in products {
        let store = Arc::clone(&store);
        asking.spawn(async move { store.find_product(&ProductKey::Id(product.id)).await.unwrap().is_some() });
    }
    assert!(asking.join_all().await.into_iter().all(|found| found));
    let sent = finds(&server).await - before;
    assert!(sent < 16, "64 reads at once took {sent} queries");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_query_does_not_hold_up_those_that_come_after_it() {
    let server = OwnMongod::start(Kind::ReplicaSet);
    let store = store(&server.url()).await;
    let products = catalogue(&store, 2).await;
    let keys: Vec<ProductKey> = products.iter().map(|product| ProductKey::Id(product.id)).collect();
    hold_up(&server, 1, Duration::from_secs(5)).await;
    let slow = {
        let (store, key) = (Arc::clone(&store), keys[0].clone());
        tokio::spawn(async move { store.find_product(&key).await })
    };
    // The second is asked for once the first is held up; until then it may be the one that is.
    let deadline = Instant::now() + Duration::from_secs(20);
    let blocked = doc! { "currentOp": 1, "command.find": "products" };
    while admin(&server.url(), blocked.clone()).await.get_array("inprog").unwrap().is_empty() {
        assert!(Instant::now() < deadline && !slow.is_finished(), "the first read is not held up");
    }
    assert!(store.find_product(&keys[1]).await.unwrap().is_some());
    assert!(!slow.is_finished(), "the second waited for the first");
    assert!(slow.await.unwrap().unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_document_is_the_trouble_only_of_those_who_ask_for_it() {
    let database = TestDatabase::fresh();
    let store = store(&database.url()).await;
    let products = catalogue(&store, 8).await;
    let client = mongodb::Client::with_uri_str(database.url()).await.unwrap();
    let kept = client.default_database().unwrap().collection::<Document>("products");
    let broken = doc! { "$set": { "name": "" } };
    kept.update_one(doc! { "_id": products[0].id.to_string() }, broken).await.unwrap();
    let mut asking = JoinSet::new();
    for n in 0..200 {
        let (store, id) = (Arc::clone(&store), products[n % 8].id);
        asking.spawn(async move { (n % 8 == 0, store.find_product(&ProductKey::Id(id)).await) });
    }
    for (damaged, found) in asking.join_all().await {
        match found {
            Err(StoreError::Corrupt { collection: "products", .. }) if damaged => {}
            Ok(Some(_)) if !damaged => {}
            other => panic!("{other:?}"),
        }
    }
}

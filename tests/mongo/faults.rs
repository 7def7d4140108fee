//! Transactions that meet faults: conflicts, lost answers, a server that dies.

use std::sync::Arc;

use mongodb::bson::{Document, doc};
use shopctl::domain::inventory::StockOp;
use shopctl::domain::number::OrderNumber;
use shopctl::domain::order::{Order, OrderFilter, OrderSort};
use shopctl::domain::product::Product;
use shopctl::store::{Commit, Premises, Store, StoreError};
use tokio::task::JoinSet;

use super::store;
use crate::support::builders::{change, context, for_order, order_of, page, product, q};
use crate::support::mongod::{Kind, OwnMongod};

/// Makes commands of the store's own connections fail; those of the test stay well.
async fn fail(server: &OwnMongod, times: i32, how: Document) {
    let client = mongodb::Client::with_uri_str(server.url()).await.unwrap();
    let mut data = doc! { "appName": "shopctl" };
    data.extend(how);
    let point = doc! { "configureFailPoint": "failCommand", "mode": { "times": times }, "data": data };
    client.database("admin").run_command(point).await.unwrap();
}

/// How often any fault was met since the server started.
async fn met(server: &OwnMongod) -> i32 {
    let client = mongodb::Client::with_uri_str(server.url()).await.unwrap();
    let off = doc! { "configureFailPoint": "failCommand", "mode": "off" };
    client.database("admin").run_command(off).await.unwrap().get_i32("count").unwrap()
}

async fn stocked(store: &dyn Store, on_hand: i64) -> Product {
    let product = product("MUG");
    let opening = (StockOp::Receive(q(on_hand)), context());
    store.insert_product(&product, Some(&opening), Commit::Keep).await.unwrap();
    product
}

async fn orders(store: &dyn Store) -> Vec<Order> {
    store.list_orders(&OrderFilter::default(), &page(OrderSort::Number, false, 10_000)).await.unwrap().items
}

/// Counts, movements and orders of the one product agree.
async fn assert_sound(store: &dyn Store, product: &Product, orders: &[Order]) {
    let stock = store.find_stock(product.id).await.unwrap().unwrap();
    let ordered: i64 = orders.iter().flat_map(|order| &order.lines).map(|line| line.quantity.get()).sum();
    assert_eq!(stock.level.reserved(), ordered);
    let movements = store.list_movements(product.id, None, false, 10_000).await.unwrap().items;
    let seqs: Vec<i64> = movements.iter().map(|movement| movement.seq).collect();
    assert_eq!(seqs, (1..=stock.seq).collect::<Vec<i64>>());
    assert_eq!(movements.iter().map(|movement| movement.reserved_delta).sum::<i64>(), ordered);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_becomes_of_a_commit_an_order_is_placed_once() {
    let server = OwnMongod::start(Kind::ReplicaSet);
    let store = store(&server.url()).await;
    let mug = stocked(&*store, 100).await;
    let transient = vec!["TransientTransactionError"];
    let faults = [
        // Lost before it was done.
        doc! { "failCommands": ["commitTransaction"], "closeConnection": true },
        // Done, and the majority not heard of.
        doc! { "failCommands": ["commitTransaction"], "writeConcernError": { "code": 91, "errmsg": "shutting down" } },
        // Not done, and said so.
        doc! { "failCommands": ["commitTransaction"], "errorCode": 251, "errorLabels": transient.clone() },
        // Too slow.
        doc! { "failCommands": ["commitTransaction"], "errorCode": 50 },
        // A conflict, at several places of the step.
        doc! { "failCommands": ["insert"], "errorCode": 112, "errorLabels": transient.clone() },
        doc! { "failCommands": ["update"], "errorCode": 112, "errorLabels": transient },
        doc! { "failCommands": ["update"], "closeConnection": true },
    ];
    for (n, fault) in (0_i32..).zip(faults) {
        fail(&server, 3, fault.clone()).await;
        let order = order_of(&[(&mug, 2)]);
        let placed = store.place_order(&order, &Premises::default(), &for_order(&order), Commit::Keep).await;
        assert!(placed.is_ok(), "{fault}: {placed:?}");
        assert_eq!(met(&server).await, 3 * (n + 1), "{fault}");
        let all = orders(&*store).await;
        assert_eq!(all.len(), usize::try_from(n + 1).unwrap(), "{fault}");
        assert_sound(&*store, &mug, &all).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_stock_whose_commit_was_not_heard_of_is_done_once() {
    let server = OwnMongod::start(Kind::ReplicaSet);
    let store = store(&server.url()).await;
    let mug = stocked(&*store, 5).await;
    let unheard = doc! { "failCommands": ["commitTransaction"], "writeConcernError": { "code": 91, "errmsg": "shutting down" } };
    fail(&server, 3, unheard).await;
    let item = store.change_stock(&change(mug.id, StockOp::Receive(q(7))), Commit::Keep).await.unwrap();
    assert_eq!((item.level.on_hand(), met(&server).await), (12, 3));
    assert_eq!(store.find_stock(mug.id).await.unwrap(), Some(item));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_amid_orders_keeps_each_that_was_acknowledged_and_no_half_of_one() {
    let server = OwnMongod::start(Kind::ReplicaSet);
    let store = store(&server.url()).await;
    let mug = stocked(&*store, 1_000_000).await;
    for _ in 0..3 {
        let before = orders(&*store).await.len();
        let mut placing = JoinSet::new();
        for _ in 0..8 {
            let (store, mug) = (Arc::clone(&store), mug.clone());
            placing.spawn(async move {
                let mut acknowledged: Vec<OrderNumber> = Vec::new();
                // A few are placed before the kill, one is under way, and the rest ride the restart out.
                for _ in 0..20 {
                    let order = order_of(&[(&mug, 1)]);
                    match store
                        .place_order(&order, &Premises::default(), &for_order(&order), Commit::Keep)
                        .await
                    {
                        Ok(number) => acknowledged.push(number),
                        Err(StoreError::Unavailable { .. } | StoreError::Timeout) => {}
                        Err(other) => panic!("{other:?}"),
                    }
                }
                acknowledged
            });
        }
        while orders(&*store).await.len() < before + 20 {}
        server.kill();
        server.restart();
        let acknowledged: Vec<OrderNumber> = placing.join_all().await.into_iter().flatten().collect();
        let all = orders(&*store).await;
        assert_sound(&*store, &mug, &all).await;
        let numbers: Vec<OrderNumber> = all.iter().map(|order| order.number).collect();
        assert!(acknowledged.iter().all(|number| numbers.contains(number)), "an acknowledged order is lost");
        assert!(acknowledged.len() > 100, "{} of 160 were placed", acknowledged.len());
    }
}

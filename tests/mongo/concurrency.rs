//! Many at once, from several processes' worth of clients.

use std::sync::Arc;
use std::time::Duration;

use shopctl::domain::inventory::StockOp;
use shopctl::domain::order::{OrderFilter, OrderSort};
use shopctl::domain::page::PageRequest;
use shopctl::domain::product::{Product, ProductFilter, ProductSort};
use shopctl::store::{Commit, Premises, Store, StoreError};
use tokio::task::JoinSet;

use super::store;
use crate::support::builders::{change, context, for_order, order_of, page, product, q};
use crate::support::mongod::TestDatabase;

async fn stocked(store: &dyn Store, sku: &str, on_hand: i64) -> Product {
    let product = product(sku);
    let opening = (StockOp::Receive(q(on_hand)), context());
    store.insert_product(&product, Some(&opening), Commit::Keep).await.expect("a stocked product");
    product
}

async fn movements(store: &dyn Store, product: &Product) -> Vec<(i64, i64)> {
    let listed = store.list_movements(product.id, None, false, 1000).await.expect("movements");
    listed.items.iter().map(|movement| (movement.seq, movement.reserved_after)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_64_orders_from_four_clients_for_10_pieces_exactly_10_are_placed() {
    let database = TestDatabase::fresh();
    let first = store(&database.url()).await;
    let mug = stocked(&*first, "MUG", 10).await;
    let mut clients = vec![first];
    for _ in 0..3 {
        clients.push(store(&database.url()).await);
    }
    let mut placing = JoinSet::new();
    for n in 0..64 {
        let (client, order) = (Arc::clone(&clients[n % 4]), order_of(&[(&mug, 1)]));
        placing.spawn(async move {
            client.place_order(&order, &Premises::default(), &for_order(&order), Commit::Keep).await
        });
    }
    let (mut numbers, mut short) = (Vec::new(), 0);
    for outcome in placing.join_all().await {
        match outcome {
            Ok(number) => numbers.push(number),
            Err(StoreError::Short(_)) => short += 1,
            Err(other) => panic!("{other:?}"),
        }
    }
    numbers.sort();
    numbers.dedup();
    assert_eq!((numbers.len(), short), (10, 54));
    let stock = clients[0].find_stock(mug.id).await.unwrap().unwrap();
    assert_eq!((stock.level.on_hand(), stock.level.reserved()), (10, 10));
    let expected: Vec<(i64, i64)> = (0..=10).map(|n| (n + 1, n)).collect();
    assert_eq!(movements(&*clients[0], &mug).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_that_name_two_products_the_other_way_round_do_not_block_each_other() {
    let database = TestDatabase::fresh();
    let store = store(&database.url()).await;
    let (a, b) = (stocked(&*store, "A", 100).await, stocked(&*store, "B", 100).await);
    let mut placing = JoinSet::new();
    for n in 0..32 {
        let lines = if n % 2 == 0 { [(&a, 1), (&b, 1)] } else { [(&b, 1), (&a, 1)] };
        let (store, order) = (Arc::clone(&store), order_of(&lines));
        placing.spawn(async move {
            store.place_order(&order, &Premises::default(), &for_order(&order), Commit::Keep).await
        });
    }
    assert!(placing.join_all().await.into_iter().all(|placed| placed.is_ok()));
    for product in [&a, &b] {
        assert_eq!(store.find_stock(product.id).await.unwrap().unwrap().level.reserved(), 32);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_goes_away_leaves_no_half_of_a_step() {
    let database = TestDatabase::fresh();
    let store = store(&database.url()).await;
    let mug = stocked(&*store, "MUG", 1000).await;
    for n in 0..100 {
        let order = order_of(&[(&mug, 1)]);
        let context = for_order(&order);
        let premises = Premises::default();
        let placing = store.place_order(&order, &premises, &context, Commit::Keep);
        // Gone at another point of the step each time.
        let _ = tokio::time::timeout(Duration::from_micros(n * 100), placing).await;
    }
    // What is still under way may end between two reads: only those count that nothing came between.
    let (stock, orders) = loop {
        let before = store.find_stock(mug.id).await.unwrap().unwrap();
        let orders =
            store.list_orders(&OrderFilter::default(), &page(OrderSort::Id, false, 1000)).await.unwrap();
        let after = store.find_stock(mug.id).await.unwrap().unwrap();
        if before == after {
            break (after, orders);
        }
    };
    assert_eq!(stock.level.reserved(), i64::try_from(orders.items.len()).unwrap());
    assert_eq!(stock.seq, stock.level.reserved() + 1);
    let told = movements(&*store, &mug).await;
    assert_eq!(told[..=orders.items.len()].last(), Some(&(stock.seq, stock.level.reserved())));
}

#[tokio::test(flavor = "multi_thread")]
async fn after_256_callers_have_gone_away_the_next_read_answers_at_once() {
    let database = TestDatabase::fresh();
    let store = store(&database.url()).await;
    let mug = stocked(&*store, "MUG", 1).await;
    let mut callers = JoinSet::new();
    for _ in 0..256 {
        let (store, request) = (Arc::clone(&store), page(ProductSort::Id, false, 20));
        callers.spawn(async move {
            let request: PageRequest<_> = request;
            store.list_products(&ProductFilter::default(), &request).await
        });
    }
    tokio::time::sleep(Duration::from_millis(2)).await;
    callers.abort_all();
    while callers.join_next().await.is_some() {}
    let began = std::time::Instant::now();
    assert!(store.find_product(&mug.id.into()).await.unwrap().is_some());
    let took = began.elapsed();
    assert!(took < Duration::from_secs(4), "{took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_made_while_its_product_is_removed_never_stays_behind() {
    let database = TestDatabase::fresh();
    let store = store(&database.url()).await;
    for n in 0..20 {
        let product = product(&format!("P{n}"));
        store.insert_product(&product, None, Commit::Keep).await.unwrap();
        let (other, id) = (Arc::clone(&store), product.id);
        let receiving = tokio::spawn(async move {
            other.change_stock(&change(id, StockOp::Receive(q(1))), Commit::Keep).await
        });
        let removed = store.delete_product(product.id, product.version, &context(), Commit::Keep).await;
        let _ = receiving.await.unwrap();
        assert!(removed.is_ok(), "{removed:?}");
        assert_eq!(store.find_stock(product.id).await.unwrap(), None);
    }
}

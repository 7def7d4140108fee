//! Files of older programs.

use std::path::Path;

use rusqlite::Connection;
use shopctl::domain::order::OrderStatus;
use shopctl::domain::product::{ProductFilter, ProductSort};
use shopctl::store::open::OpenOptions;
use shopctl::store::sqlite::SqliteStore;
use shopctl::store::{InventoryStore, Maintenance, OrderStore, ProductStore, StoreError};

use crate::support::builders::{at, page, product};
use crate::support::store::fresh_path;

const FIRST: &str = include_str!("../../src/store/sqlite/schema/0001_first.sql");

/// A file of schema 1 with an order for 2 of 9 pieces, as the first program wrote it.
fn first_schema(path: &Path) {
    let connection = Connection::open(path).unwrap();
    connection.execute_batch(FIRST).unwrap();
    connection.pragma_update(None, "application_id", 0x7368_6f70).unwrap();
    connection.pragma_update(None, "user_version", 1).unwrap();
    let (mug, now, until) = (product("MUG"), at(0).as_millis(), at(5).as_millis());
    let (id, order) = (mug.id, "ord_01h455vb4pex5vsknk084sn02q");
    let rows = format!(
        "INSERT INTO products VALUES ('{id}', 1, {now}, {now}, 'MUG', 'mug', 'Mug', NULL, '[]', '{{}}', 500, 'EUR', 'active',
            NULL, '{{}}', 'mug');
        INSERT INTO inventory (product_id, version, created_at, updated_at, sku, sku_norm, on_hand, reserved, seq)
            VALUES ('{id}', 2, {now}, {now}, 'MUG', 'mug', 9, 2, 2);
        INSERT INTO stock_movements VALUES ('{id}', 1, 'receive', 9, 0, 9, 0, NULL, NULL, NULL, 'cli', {now});
        INSERT INTO stock_movements VALUES ('{id}', 2, 'reserve', 0, 2, 9, 2, '{order}', NULL, NULL, 'cli', {now});
        INSERT INTO orders VALUES ('{order}', 1001, 1, {now}, {now}, NULL, NULL, 'a@b.c', 'a@b.c', NULL, NULL, 'EUR', 1000, 0,
            0, 0, 0, 0, 'pending', 'unpaid', {until}, NULL, NULL, '1001');
        INSERT INTO order_lines VALUES ('{order}', 1, '{id}', 'MUG', 'Mug', 500, 2, 0, 0, 0, 0);
        INSERT INTO order_history VALUES ('{order}', 1, {now}, 'cli', 'place', NULL, 'pending', NULL);
        INSERT INTO counters VALUES ('order_number', 1001);"
    );
    connection.execute_batch(&rows).unwrap();
}

async fn open(path: &Path, create: bool) -> SqliteStore {
    SqliteStore::open(path, &OpenOptions { create, ..OpenOptions::default() }).await.unwrap()
}

#[tokio::test]
async fn a_file_of_the_first_schema_is_brought_up_to_date_with_all_that_is_in_it() {
    let (_directory, path) = fresh_path();
    first_schema(&path);
    let old = open(&path, false).await;
    assert_eq!(old.info().await.unwrap().schema, 1, "whoever only looks changes nothing");
    let search = ProductFilter { query: Some("mug".parse().unwrap()), ..ProductFilter::default() };
    let refused = old.list_products(&search, &page(ProductSort::Relevance, false, 5)).await.unwrap_err();
    assert!(
        matches!(&refused, StoreError::Unavailable { hint: Some(hint), .. } if hint.contains("store init")),
        "{refused:?}"
    );
    old.close().await;
    let store = open(&path, true).await;
    let info = store.info().await.unwrap();
    assert_eq!((info.schema, info.counts.orders), (info.schema_known, 1));
    for check in store.check_structure().await.unwrap() {
        assert_eq!(check.problem, None, "{}", check.name);
    }
    let due = store.ended_holds(at(5), None, 9).await.unwrap().items;
    let found =
        |query: &str| ProductFilter { query: Some(query.parse().unwrap()), ..ProductFilter::default() };
    let by_name = store.list_products(&found("mug"), &page(ProductSort::Relevance, false, 5)).await.unwrap();
    assert_eq!(by_name.items.len(), 1, "its products have their words");
    let order = store.find_order(&due[0].order.into()).await.unwrap().unwrap();
    assert_eq!((order.number.get(), order.status()), (1001, OrderStatus::Pending));
    assert_eq!(order.customer.to_string(), "a@b.c");
    let stock = store.find_stock(order.lines[0].product_id).await.unwrap().unwrap();
    assert_eq!((stock.level.on_hand(), stock.level.reserved()), (9, 2));
}

//! Hand-written statements against the rules, and what damage looks like.

use std::path::Path;

use rusqlite::Connection;
use shopctl::domain::inventory::{StockFilter, StockSort};
use shopctl::domain::key::{OrderKey, ProductKey, UserKey};
use shopctl::store::open::OpenOptions;
use shopctl::store::sqlite::SqliteStore;
use shopctl::store::{
    Commit, InventoryStore, Maintenance, OrderStore, Premises, ProductStore, StoreError, UserStore,
};
use tempfile::TempDir;

use crate::support::builders::{context, for_order, order_of, page, product, q, user};
use crate::support::store::fresh_path;

/// A store with a user, a product, its stock and an order, and a bare connection to its file.
async fn filled() -> (TempDir, SqliteStore, Connection) {
    let (directory, path) = fresh_path();
    let store = SqliteStore::open(&path, &OpenOptions::default()).await.unwrap();
    store.insert_user(&user("ada@example.com"), Commit::Keep).await.unwrap();
    let mug = product("MUG");
    let opening = (shopctl::domain::inventory::StockOp::Receive(q(10)), context());
    store.insert_product(&mug, Some(&opening), Commit::Keep).await.unwrap();
    let order = order_of(&[(&mug, 3)]);
    store.place_order(&order, &Premises::default(), &for_order(&order), Commit::Keep).await.unwrap();
    let raw = bare(&path);
    (directory, store, raw)
}

fn bare(path: &Path) -> Connection {
    let raw = Connection::open(path).unwrap();
    raw.execute_batch("PRAGMA foreign_keys = ON").unwrap();
    raw
}

#[tokio::test]
async fn a_hand_written_statement_cannot_break_a_rule() {
    let (_directory, _store, raw) = filled().await;
    for (statement, told) in [
        ("UPDATE inventory SET reserved = 11", "reserved <= on_hand"),
        ("UPDATE inventory SET on_hand = 2", "reserved <= on_hand"),
        ("UPDATE inventory SET on_hand = -1, reserved = -1", "CHECK"),
        ("UPDATE inventory SET on_hand = 'ten'", "cannot store TEXT"),
        ("UPDATE stock_movements SET on_hand_delta = 0", "never changed"),
        ("DELETE FROM stock_movements", "never removed"),
        (
            "INSERT INTO stock_movements SELECT product_id, 9, kind, 1, 0, 11, 3, NULL, NULL, NULL, actor, at FROM stock_movements LIMIT 1",
            "must follow",
        ),
        (
            "INSERT INTO stock_movements SELECT product_id, 3, kind, 1, 0, 12, 3, NULL, NULL, NULL, actor, at FROM stock_movements LIMIT 1",
            "must follow",
        ),
        (
            "INSERT OR REPLACE INTO stock_movements SELECT product_id, 2, kind, 0, 0, 10, 0, NULL, NULL, NULL, actor, at FROM stock_movements LIMIT 1",
            "must follow",
        ),
        ("UPDATE order_lines SET shipped = 2, cancelled = 2", "shipped + cancelled <= quantity"),
        ("UPDATE order_lines SET returned = 1", "CHECK"),
        ("UPDATE orders SET status = 'lost'", "CHECK"),
        ("UPDATE orders SET refunded = total + 1", "CHECK"),
        ("UPDATE products SET price = -1", "CHECK"),
        ("UPDATE products SET tags = '{}'", "CHECK"),
        ("DELETE FROM products", "FOREIGN KEY"),
        ("UPDATE users SET role = 'root'", "CHECK"),
        (
            "INSERT INTO users SELECT 'usr_2', version, created_at, updated_at, email, email_norm, name, phone, password, role, status, auth_epoch, search FROM users",
            "UNIQUE",
        ),
    ] {
        let error = raw.execute(statement, []).expect_err(statement).to_string();
        assert!(error.contains(told), "{statement}: {error}");
    }
}

fn corrupt(error: StoreError) -> (&'static str, &'static str, String) {
    match error {
        StoreError::Corrupt { collection, field, key, detail } => {
            (collection, field, format!("{key} {detail}"))
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_damaged_row_is_named_with_its_table_key_and_field() {
    let (_directory, store, raw) = filled().await;
    raw.execute_batch("PRAGMA ignore_check_constraints = ON").unwrap();
    let user_key: UserKey = "ada@example.com".parse().unwrap();
    for (change, undo, field, told) in [
        ("role = 'boss'", "role = 'staff'", "role", "boss"),
        ("status = ''", "status = 'active'", "status", "usr_"),
        ("version = 0", "version = 1", "version", "0"),
        ("created_at = 9223372036854775807", "created_at = 0", "created_at", "calendar"),
        ("email = 'nobody'", "email = 'ada@example.com'", "email", "nobody"),
        ("name = char(7) || 'x'", "name = NULL", "name", "control"),
    ] {
        raw.execute(&format!("UPDATE users SET {change}"), []).unwrap();
        let (table, found, text) = corrupt(store.find_user(&user_key).await.unwrap_err());
        assert_eq!((table, found), ("users", field));
        assert!(text.starts_with("usr_") && text.contains(told), "{text}");
        raw.execute(&format!("UPDATE users SET {undo}"), []).unwrap();
    }
    assert!(store.find_user(&user_key).await.unwrap().is_some());

    raw.execute("UPDATE products SET price = -5", []).unwrap();
    let key: ProductKey = "MUG".parse().unwrap();
    let (table, field, text) = corrupt(store.find_product(&key).await.unwrap_err());
    assert_eq!((table, field, text.contains("-5")), ("products", "price", true));
    raw.execute("UPDATE products SET price = 5, metadata = '[1]'", []).unwrap();
    assert_eq!(corrupt(store.find_product(&key).await.unwrap_err()).1, "metadata");

    raw.execute("UPDATE inventory SET reserved = 99", []).unwrap();
    let list = store.list_stock(&StockFilter::default(), &page(StockSort::Id, false, 5)).await;
    let (table, field, text) = corrupt(list.unwrap_err());
    assert_eq!((table, field), ("inventory", "on_hand"));
    assert!(text.contains("99"), "{text}");

    let key: OrderKey = "1001".parse().unwrap();
    raw.execute("UPDATE order_lines SET shipped = 7", []).unwrap();
    let (table, field, text) = corrupt(store.find_order(&key).await.unwrap_err());
    assert_eq!((table, field, text.starts_with("ord_")), ("order_lines", "shipped", true));
    raw.execute("DELETE FROM order_lines", []).unwrap();
    assert_eq!(corrupt(store.find_order(&key).await.unwrap_err()).1, "lines");
}

#[tokio::test]
async fn a_check_names_what_is_missing_or_changed() {
    let (_directory, store, raw) = filled().await;
    raw.execute_batch(
        "PRAGMA foreign_keys = OFF;
         DROP INDEX users_email_norm;
         DROP TRIGGER stock_movements_keep_delete;
         DROP INDEX orders_created_at; CREATE INDEX orders_created_at ON orders (created_at);
         UPDATE order_lines SET product_id = 'prd_gone';",
    )
    .unwrap();
    let checks = store.check_structure().await.unwrap();
    let problems: Vec<_> =
        checks.iter().filter(|check| check.problem.is_some()).map(|check| check.name.as_str()).collect();
    assert_eq!(
        problems,
        [
            "references",
            "index orders_created_at",
            "index users_email_norm",
            "trigger stock_movements_keep_delete"
        ]
    );
}

#[tokio::test]
async fn a_damaged_file_is_an_error_and_no_panic() {
    let (directory, store, raw) = filled().await;
    let root = "SELECT rootpage FROM sqlite_schema WHERE name = 'users'";
    let root: u32 = raw.query_row(root, [], |row| row.get(0)).unwrap();
    let root = root as usize;
    drop(raw);
    store.close().await;
    let path = directory.path().join("shop.db");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[(root - 1) * 4096..root * 4096].fill(0x5a);
    std::fs::write(&path, bytes).unwrap();
    let store = SqliteStore::open(&path, &OpenOptions::default()).await.unwrap();
    let checks = store.check_structure().await.unwrap();
    let integrity = checks.iter().find(|check| check.name == "file integrity").unwrap();
    assert!(integrity.problem.is_some(), "{checks:?}");
    let (table, _, text) = corrupt(store.find_user(&"ada@example.com".parse().unwrap()).await.unwrap_err());
    assert!(table == "file" && text.contains("backup"), "{text}");
}

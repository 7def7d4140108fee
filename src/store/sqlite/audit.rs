//! Reading rows as they are, damaged or not.

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, Row, ToSql, params};

use super::{SqliteStore, order_rows, product_rows, stock, users};
use crate::domain::id::ProductId;
use crate::domain::inventory::Link;
use crate::store::audit::damage;
use crate::store::{
    Account, Audit, Derived, Duplicate, Duplicates, Numbering, Result, StoreError, StoredLine,
    StoredMovement, StoredOrder, StoredProduct, StoredStock, StoredUser, Stretch, Unique,
};

/// At most this many shared values are counted.
const MOST_DUPLICATES: usize = 1000;

/// Reads one stretch with a statement that takes where to begin and how many rows.
fn stretch<T>(
    connection: &Connection,
    sql: &str,
    begin: &[&dyn ToSql],
    limit: usize,
    read: impl Fn(&Row<'_>) -> Result<T>,
    place: impl Fn(&T) -> String,
) -> Result<Stretch<T>> {
    let wanted = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached(sql)?;
    let values: Vec<&dyn ToSql> = begin.iter().copied().chain([&wanted as &dyn ToSql]).collect();
    let mut rows = statement.query(values.as_slice())?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(read(row)?);
    }
    let next = items.last().filter(|_| items.len() >= limit).map(place);
    Ok(Stretch { items, next })
}

/// A column that should hold a text.
fn text(row: &Row<'_>, column: &str) -> Option<String> {
    row.get(column).ok()
}

fn key(row: &Row<'_>, column: &str) -> String {
    text(row, column).unwrap_or_else(|| "(no key)".to_owned())
}

pub(super) fn user(row: &Row<'_>) -> Result<StoredUser> {
    Ok(StoredUser {
        key: key(row, "id"),
        user: damage(users::read(row))?,
        email_norm: text(row, "email_norm"),
        search: text(row, "search"),
    })
}

/// The words of a product one a line; what is no list of words as it is.
fn one_a_line(kept: &str) -> String {
    serde_json::from_str::<Vec<String>>(kept).map_or_else(|_| kept.to_owned(), |words| words.join("\n"))
}

pub(super) fn product(row: &Row<'_>) -> Result<StoredProduct> {
    Ok(StoredProduct {
        key: key(row, "id"),
        product: damage(product_rows::read(row))?,
        sku: text(row, "sku"),
        sku_norm: text(row, "sku_norm"),
        search: text(row, "search").map(|kept| one_a_line(&kept)),
    })
}

pub(super) fn order(connection: &Connection, row: &Row<'_>) -> Result<StoredOrder> {
    let id = key(row, "id");
    let derived = || -> rusqlite::Result<Derived> {
        Ok(Derived {
            status: row.get("status")?,
            payment_status: row.get("payment_status")?,
            total: row.get("total")?,
            // Worked out whenever it is shown.
            line_totals: None,
            email_norm: row.get("email_norm")?,
            search: row.get("search")?,
        })
    };
    Ok(StoredOrder {
        number: row.get("number").ok(),
        order: damage(order_rows::read(connection, row))?,
        derived: derived().ok(),
        lines: lines(connection, "SELECT * FROM order_lines WHERE order_id = ? ORDER BY line", &id)?,
        key: id,
    })
}

/// Lines, or none where one of them cannot be read.
fn lines(connection: &Connection, sql: &str, key: &str) -> Result<Option<Vec<StoredLine>>> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([key])?;
    let mut lines = Vec::new();
    while let Some(row) = rows.next()? {
        match line(row) {
            Ok(line) => lines.push(line),
            Err(_) => return Ok(None),
        }
    }
    Ok(Some(lines))
}

fn line(row: &Row<'_>) -> rusqlite::Result<StoredLine> {
    Ok(StoredLine {
        product_id: row.get("product_id")?,
        quantity: row.get("quantity")?,
        shipped: row.get("shipped")?,
        cancelled: row.get("cancelled")?,
        returned: row.get("returned")?,
        restocked: row.get("restocked")?,
    })
}

fn stock_record(row: &Row<'_>) -> Result<StoredStock> {
    Ok(StoredStock {
        key: key(row, "product_id"),
        sku: text(row, "sku"),
        sku_norm: text(row, "sku_norm"),
        on_hand: row.get("on_hand").ok(),
        reserved: row.get("reserved").ok(),
        seq: row.get("seq").ok(),
        // What is available is a column that the file works out.
        listed: true,
        damage: damage(stock::read(row))?.err(),
    })
}

fn movement(row: &Row<'_>) -> Result<StoredMovement> {
    let link = damage(stock::read_movement(row))?.map(|movement| Link {
        kind: movement.kind,
        on_hand_delta: movement.on_hand_delta,
        reserved_delta: movement.reserved_delta,
        on_hand_after: movement.on_hand_after,
        reserved_after: movement.reserved_after,
    });
    Ok(StoredMovement { product_id: key(row, "product_id"), seq: row.get("seq").unwrap_or_default(), link })
}

/// Everything that concerns the stock of a product, in a transaction of the caller.
pub(super) fn account(connection: &Connection, product: ProductId) -> Result<Account> {
    let id = product.to_string();
    let mut account = Account::empty();
    account.sku = connection
        .prepare_cached("SELECT sku FROM products WHERE id = ?")?
        .query_row([&id], |row| row.get(0))
        .optional()?;
    account.stock = connection
        .prepare_cached("SELECT * FROM inventory WHERE product_id = ?")?
        .query_row([&id], |row| Ok(stock_record(row)))
        .optional()?
        .transpose()?;
    let mut statement =
        connection.prepare_cached("SELECT * FROM stock_movements WHERE product_id = ? ORDER BY seq")?;
    let mut rows = statement.query([&id])?;
    while let Some(row) = rows.next()? {
        let movement = movement(row)?;
        account.chain.follow(movement.seq, movement.link.as_ref().map_err(String::as_str).copied());
    }
    let mut statement = connection.prepare_cached(
        "SELECT order_lines.*, orders.number AS number FROM order_lines LEFT JOIN orders ON orders.id = order_id \
         WHERE product_id = ?",
    )?;
    let mut rows = statement.query([&id])?;
    while let Some(row) = rows.next()? {
        let number =
            row.get("number").map_or_else(|_| key(row, "order_id"), |number: i64| number.to_string());
        match line(row) {
            Ok(line) => account.add_line(&line, &number),
            Err(_) => account.doubtful = Some(number),
        }
    }
    Ok(account)
}

/// Table, column and key of what must be unique.
fn place_of(of: Unique) -> Option<(&'static str, &'static str)> {
    match of {
        Unique::Email => Some(("users", "email_norm")),
        Unique::Sku => Some(("products", "sku_norm")),
        Unique::OrderNumber => Some(("orders", "number")),
        Unique::ExternalRef => Some(("orders", "external_ref")),
        Unique::StockRecord | Unique::Request | Unique::ImportBatch | Unique::Id => None,
    }
}

fn duplicates(connection: &Connection, table: &str, column: &str) -> Result<Duplicates> {
    let mut statement = connection.prepare(&format!(
        "SELECT {column} FROM {table} WHERE {column} IS NOT NULL GROUP BY {column} HAVING count(*) > 1 \
         ORDER BY {column} LIMIT {MOST_DUPLICATES}"
    ))?;
    let shared: Vec<rusqlite::types::Value> =
        statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let Some(first) = shared.first() else { return Ok(Duplicates::default()) };
    // Not from an index on the column, which may be the thing that is damaged.
    let mut statement =
        connection.prepare(&format!("SELECT id FROM {table} WHERE +{column} = ? ORDER BY id LIMIT 10"))?;
    let keys = statement.query_map([first], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let value = match first {
        rusqlite::types::Value::Integer(number) => number.to_string(),
        rusqlite::types::Value::Text(text) => text.clone(),
        other => format!("{other:?}"),
    };
    Ok(Duplicates {
        values: u64::try_from(shared.len()).unwrap_or(u64::MAX),
        first: Some(Duplicate { value, keys }),
    })
}

pub(super) fn numbering(connection: &Connection) -> Result<Numbering> {
    let counter = connection
        .query_row("SELECT value FROM counters WHERE name = 'order_number'", [], |row| row.get(0))
        .optional()?;
    let largest = connection.query_row("SELECT max(number) FROM orders", [], |row| row.get(0))?;
    Ok(Numbering { counter, largest })
}

/// Reads where a walk along the movements stands.
fn movement_place(place: &str) -> Result<(String, i64)> {
    place
        .rsplit_once(':')
        .and_then(|(product, seq)| Some((product.to_owned(), seq.parse().ok()?)))
        .ok_or_else(|| StoreError::Internal("a walk along the movements was handed another place".to_owned()))
}

#[async_trait]
impl Audit for SqliteStore {
    async fn stored_users(&self, after: Option<&str>, limit: usize) -> Result<Stretch<StoredUser>> {
        let after = after.unwrap_or_default().to_owned();
        self.read(move |connection| {
            let sql = "SELECT * FROM users WHERE id > ? ORDER BY id LIMIT ?";
            stretch(connection, sql, &[&after], limit, user, |user| user.key.clone())
        })
        .await
    }

    async fn stored_products(&self, after: Option<&str>, limit: usize) -> Result<Stretch<StoredProduct>> {
        let after = after.unwrap_or_default().to_owned();
        self.read(move |connection| {
            let sql = "SELECT * FROM products WHERE id > ? ORDER BY id LIMIT ?";
            stretch(connection, sql, &[&after], limit, product, |product| product.key.clone())
        })
        .await
    }

    async fn stored_orders(&self, after: Option<&str>, limit: usize) -> Result<Stretch<StoredOrder>> {
        let after = after.unwrap_or_default().to_owned();
        self.read(move |connection| {
            let sql = "SELECT * FROM orders WHERE id > ? ORDER BY id LIMIT ?";
            let read = |row: &Row<'_>| order(connection, row);
            stretch(connection, sql, &[&after], limit, read, |order| order.key.clone())
        })
        .await
    }

    async fn stored_stock(&self, after: Option<&str>, limit: usize) -> Result<Stretch<StoredStock>> {
        let after = after.unwrap_or_default().to_owned();
        self.read(move |connection| {
            let sql = "SELECT * FROM inventory WHERE product_id > ? ORDER BY product_id LIMIT ?";
            stretch(connection, sql, &[&after], limit, stock_record, |stock| stock.key.clone())
        })
        .await
    }

    async fn stored_movements(&self, after: Option<&str>, limit: usize) -> Result<Stretch<StoredMovement>> {
        let (product, seq) = after.map_or(Ok((String::new(), 0)), movement_place)?;
        self.read(move |connection| {
            let sql = "SELECT * FROM stock_movements WHERE (product_id, seq) > (?, ?) ORDER BY product_id, seq LIMIT ?";
            let place = |movement: &StoredMovement| format!("{}:{}", movement.product_id, movement.seq);
            stretch(connection, sql, &[&product, &seq], limit, movement, place)
        })
        .await
    }

    async fn account(&self, product: ProductId) -> Result<Account> {
        self.read(move |connection| account(connection, product)).await
    }

    async fn duplicates(&self, of: Unique) -> Result<Duplicates> {
        let Some((table, column)) = place_of(of) else { return Ok(Duplicates::default()) };
        self.read(move |connection| duplicates(connection, table, column)).await
    }

    async fn numbering(&self) -> Result<Numbering> {
        self.read(numbering).await
    }
}

/// The one row that `sql` finds under this key, as it is.
pub(super) fn find<T>(
    connection: &Connection,
    sql: &str,
    key: &str,
    read: impl FnOnce(&Row<'_>) -> Result<T>,
) -> Result<Option<T>> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![key])?;
    rows.next()?.map(read).transpose()
}

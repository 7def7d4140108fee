//! Whole shops in and out.

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, params};

use super::{SqliteStore, many_products, order_rows, stock, users};
use crate::domain::id::ProductId;
use crate::domain::inventory::Movement;
use crate::store::plan::StockWrite;
use crate::store::{Commit, Result, StoreError, Things, Transfer, Unique, crash};

/// What a mark's name in `counters` begins with.
const MARK: &str = "transfer:";

fn put(connection: &Connection, things: &Things) -> Result<()> {
    match things {
        Things::Users(all) => all.iter().try_for_each(|user| users::insert(connection, user))?,
        Things::Products(all) => {
            many_products::write(connection, all.iter().map(many_products::Write::Insert))?;
        }
        Things::Stock(all) => all.iter().try_for_each(|item| {
            stock::write(connection, &StockWrite { item: item.clone(), replaces: None, movement: None })
        })?,
        Things::Movements(all) => {
            all.iter().try_for_each(|movement| stock::insert_movement(connection, movement))?;
        }
        Things::Orders(all) => all.iter().try_for_each(|order| order_rows::insert(connection, order))?,
    }
    crash::point("transfer:written");
    Ok(())
}

fn mark(connection: &Connection) -> Result<Option<String>> {
    let found: Option<String> = connection
        .query_row("SELECT name FROM counters WHERE name GLOB 'transfer:*'", [], |row| row.get(0))
        .optional()?;
    Ok(found.and_then(|name| name.strip_prefix(MARK).map(str::to_owned)))
}

fn set_mark(connection: &Connection, wanted: Option<&str>) -> Result<()> {
    match wanted {
        None => connection.execute("DELETE FROM counters WHERE name GLOB 'transfer:*'", [])?,
        Some(_) if mark(connection)?.is_some() => return Err(StoreError::Duplicate(Unique::Id)),
        Some(wanted) => connection
            .execute("INSERT INTO counters (name, value) VALUES (?, 1)", [format!("{MARK}{wanted}")])?,
    };
    Ok(())
}

#[async_trait]
impl Transfer for SqliteStore {
    async fn movements_after(&self, after: Option<(ProductId, i64)>, limit: usize) -> Result<Vec<Movement>> {
        let (product, seq) = after.map_or((String::new(), 0), |(product, seq)| (product.to_string(), seq));
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT * FROM stock_movements WHERE (product_id, seq) > (?, ?) ORDER BY product_id, seq LIMIT ?",
            )?;
            let mut rows = statement.query(params![product, seq, limit])?;
            let mut movements = Vec::new();
            while let Some(row) = rows.next()? {
                movements.push(stock::read_movement(row)?);
            }
            Ok(movements)
        })
        .await
    }

    async fn last_movement(&self) -> Result<Option<Movement>> {
        self.read(|connection| {
            let sql = "SELECT * FROM stock_movements ORDER BY product_id DESC, seq DESC LIMIT 1";
            connection.query_row(sql, [], |row| Ok(stock::read_movement(row))).optional()?.transpose()
        })
        .await
    }

    async fn put_things(&self, things: Things) -> Result<()> {
        self.write(Commit::Keep, move |connection| put(connection, &things)).await
    }

    async fn set_order_number(&self, last: i64) -> Result<()> {
        self.write(Commit::Keep, move |connection| {
            connection.execute(
                "INSERT INTO counters (name, value) VALUES ('order_number', ?1) ON CONFLICT (name) DO UPDATE SET value = ?1",
                [last],
            )?;
            Ok(())
        })
        .await
    }

    async fn transfer_mark(&self) -> Result<Option<String>> {
        self.read(mark).await
    }

    async fn set_transfer_mark(&self, wanted: Option<&str>) -> Result<()> {
        let wanted = wanted.map(str::to_owned);
        self.write(Commit::Keep, move |connection| set_mark(connection, wanted.as_deref())).await
    }
}

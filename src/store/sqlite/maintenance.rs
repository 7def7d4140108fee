//! The file itself: what it is, whether it is sound, getting it ready, letting go of it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use rusqlite::Connection;

use super::{SqliteStore, blocking, check, prepare};
use crate::store::{Check, Commit, Counts, Maintenance, PoolUse, Result, StoreError, StoreInfo};

/// How long [`Maintenance::ping`] waits for an answer.
const PING_PATIENCE: Duration = Duration::from_secs(2);
/// How long [`Maintenance::close`] waits for what was begun.
const CLOSE_PATIENCE: Duration = Duration::from_secs(2);

fn count(connection: &Connection, sql: &str) -> Result<u64> {
    let count: i64 = connection.query_row(sql, [], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

fn counts(connection: &Connection) -> Result<Counts> {
    Ok(Counts {
        users: count(connection, "SELECT count(*) FROM users")?,
        products: count(connection, "SELECT count(*) FROM products")?,
        orders: count(connection, "SELECT count(*) FROM orders")?,
        inventory: count(connection, "SELECT count(*) FROM inventory")?,
        stock_movements: count(connection, "SELECT count(*) FROM stock_movements")?,
    })
}

#[async_trait]
impl Maintenance for SqliteStore {
    async fn info(&self) -> Result<StoreInfo> {
        let (schema, counts) = self
            .read(|connection| {
                let schema = prepare::schema(connection)?;
                Ok((schema, if schema == 0 { Counts::default() } else { counts(connection)? }))
            })
            .await?;
        let file = self.path.file_name().unwrap_or(self.path.as_os_str());
        Ok(StoreInfo {
            kind: "sqlite",
            location: format!("sqlite:{}", self.path.display()),
            database: file.to_string_lossy().into_owned(),
            engine_version: rusqlite::version().to_owned(),
            topology: "file".to_owned(),
            transactions: true,
            schema,
            schema_known: prepare::SCHEMA,
            counts,
        })
    }

    async fn init(&self) -> Result<()> {
        let path = Arc::clone(&self.path);
        blocking(move || prepare::open(&path, true).map(drop)).await
    }

    async fn check_structure(&self) -> Result<Vec<Check>> {
        self.read(check::structure).await
    }

    async fn ping(&self) -> Result<()> {
        let both = async {
            self.read(|connection| prepare::schema(connection).map(drop)).await?;
            // Begins to write and thinks better of it: that tells a read-only or full file from a good one.
            self.write(Commit::DryRun, |_| Ok(())).await
        };
        tokio::time::timeout(PING_PATIENCE, both).await.unwrap_or(Err(StoreError::Timeout))
    }

    async fn close(&self) {
        self.writer.pool.shut();
        self.readers.shut();
        let (writer, readers) = (self.writer.pool.ended(), self.readers.ended());
        let waited = tokio::task::spawn_blocking(move || {
            let until = Instant::now() + CLOSE_PATIENCE;
            writer(until);
            readers(until);
        });
        // Only a runtime that is going down refuses the wait; then there is nobody to wait for.
        let _ = waited.await;
    }

    fn pool(&self) -> PoolUse {
        let (writer, readers) = (self.writer.pool.in_use(), self.readers.in_use());
        PoolUse {
            in_use: writer.in_use + readers.in_use,
            open: writer.open + readers.open,
            most: writer.most + readers.most,
        }
    }
}

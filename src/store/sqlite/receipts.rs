//! Receipts of requests, in the transaction of their effect or by themselves.

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, params};

use super::SqliteStore;
use crate::domain::clock::Timestamp;
use crate::store::{Commit, Effect, KeptReceipt, Receipt, ReceiptStore, Result, StoreError, Unique, crash};

/// How many that are forgotten are removed with each that is kept: more than come in, so that they do not pile up, and few enough
/// not to be noticed.
const SWEPT: i64 = 20;

fn find(connection: &Connection, id: &str, at: Timestamp) -> Result<Option<KeptReceipt>> {
    let mut statement = connection
        .prepare_cached("SELECT fingerprint, answer FROM idempotency_keys WHERE id = ? AND expires_at > ?")?;
    let found = statement.query_row(params![id, at.as_millis()], |row| {
        Ok(KeptReceipt { fingerprint: row.get(0)?, answer: row.get(1)? })
    });
    Ok(found.optional()?)
}

/// Fails when the request was done before.
pub(super) fn expect_new(connection: &Connection, receipt: &Receipt) -> Result<()> {
    match find(connection, &receipt.id, receipt.at)? {
        Some(_) => Err(StoreError::Duplicate(Unique::Request)),
        None => Ok(()),
    }
}

/// Keeps the receipt of a request that came to this.
pub(super) fn keep(connection: &Connection, receipt: &Receipt, effect: Effect<'_>) -> Result<()> {
    connection
        .prepare_cached(
            "DELETE FROM idempotency_keys WHERE id IN \
             (SELECT id FROM idempotency_keys WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)",
        )?
        .execute(params![receipt.at.as_millis(), SWEPT])?;
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO idempotency_keys (id, fingerprint, answer, created_at, expires_at) \
             VALUES (?, ?, ?, ?, ?)",
        )?
        .execute(params![
            receipt.id,
            receipt.fingerprint,
            (receipt.answer)(effect),
            receipt.at.as_millis(),
            receipt.until.as_millis(),
        ])?;
    crash::point("receipt:written");
    Ok(())
}

#[async_trait]
impl ReceiptStore for SqliteStore {
    async fn find_receipt(&self, id: &str, at: Timestamp) -> Result<Option<KeptReceipt>> {
        let id = id.to_owned();
        self.read(move |connection| find(connection, &id, at)).await
    }

    async fn keep_receipt(&self, receipt: &Receipt) -> Result<()> {
        let receipt = receipt.clone();
        self.write(Commit::Keep, move |connection| {
            expect_new(connection, &receipt)?;
            keep(connection, &receipt, Effect::Done)
        })
        .await
    }
}

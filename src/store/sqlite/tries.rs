//! Guesses of passwords.

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, params};

use super::SqliteStore;
use super::decode::Fields;
use crate::domain::backoff::{Patience, Tries};
use crate::domain::clock::Timestamp;
use crate::store::{Commit, Result, TryStore};

/// How many that are forgotten are removed with each that is counted: more than come in, so that they do not pile up.
const SWEPT: i64 = 20;

fn find(connection: &Connection, key: &str) -> Result<Option<Tries>> {
    let mut statement = connection.prepare_cached("SELECT * FROM sign_in_tries WHERE key = ?")?;
    let found = statement.query_row([key], |row| {
        let fields = Fields::new(row, "sign_in_tries", "key");
        Ok((|| {
            Ok(Tries {
                count: fields.get("count")?,
                free_at: fields.at("free_at")?,
                forget_at: fields.at("forget_at")?,
            })
        })())
    });
    found.optional()?.transpose()
}

fn keep(connection: &Connection, key: &str, tries: Tries, now: Timestamp) -> Result<()> {
    connection
        .prepare_cached(
            "DELETE FROM sign_in_tries WHERE key IN \
             (SELECT key FROM sign_in_tries WHERE forget_at <= ? ORDER BY forget_at LIMIT ?)",
        )?
        .execute(params![now.as_millis(), SWEPT])?;
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO sign_in_tries (key, count, free_at, forget_at) VALUES (?, ?, ?, ?)",
        )?
        .execute(params![key, tries.count, tries.free_at.as_millis(), tries.forget_at.as_millis()])?;
    Ok(())
}

#[async_trait]
impl TryStore for SqliteStore {
    async fn take_try(&self, key: &str, patience: &Patience, at: Timestamp) -> Result<Option<Timestamp>> {
        let (key, patience) = (key.to_owned(), *patience);
        self.write(Commit::Keep, move |connection| match patience.one_more(find(connection, &key)?, at) {
            Ok(tries) => keep(connection, &key, tries, at).map(|()| None),
            Err(free_at) => Ok(Some(free_at)),
        })
        .await
    }

    async fn give_back_try(&self, key: &str, at: Timestamp) -> Result<()> {
        let key = key.to_owned();
        self.write(Commit::Keep, move |connection| {
            connection
                .prepare_cached(
                    "UPDATE sign_in_tries SET count = count - 1, free_at = ? WHERE key = ? AND count > 0",
                )?
                .execute(params![at.as_millis(), key])?;
            Ok(())
        })
        .await
    }

    async fn forget_tries(&self, key: &str) -> Result<()> {
        let key = key.to_owned();
        self.write(Commit::Keep, move |connection| {
            connection.prepare_cached("DELETE FROM sign_in_tries WHERE key = ?")?.execute([key])?;
            Ok(())
        })
        .await
    }
}

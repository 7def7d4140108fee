//! The embedded store: one SQLite file in WAL mode.
//!
//! One connection writes, on a thread of its own and always in a `BEGIN IMMEDIATE` transaction, so that what a step decides from
//! is what it changes. A few others read. The rules of the data stand in `schema/*.sql` a second time, as
//! constraints and triggers.

mod account;
mod audit;
mod auth;
mod check;
mod connection;
mod decode;
mod error;
mod holds;
mod imports;
mod inventory;
mod list;
mod log;
mod maintenance;
mod many_products;
mod order_rows;
mod orders;
mod pool;
mod prepare;
mod product_rows;
mod products;
mod receipts;
mod repair;
mod scratch;
mod stock;
mod transfer;
mod tries;
mod users;
mod writer;

pub(super) use scratch::Beside;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension};
use tokio::sync::oneshot;

use self::connection::Role;
use self::pool::Pool;
use self::writer::Writer;
use super::open::OpenOptions;
use super::{Commit, Effect, Result, StoreError};
use crate::domain::number::Version;

/// The most connections that read. More would only wait for the same two cores and pages.
const MOST_READERS: u32 = 4;

/// A store in one file. Several processes may use one file at once.
pub struct SqliteStore {
    path: Arc<PathBuf>,
    writer: Writer,
    readers: Pool,
}

impl SqliteStore {
    /// Opens the file at `path`. With `options.create` it is made where it is missing, with its directories, and an older schema is
    /// brought up to date; without, nothing is ever made.
    ///
    /// # Errors
    /// `Unavailable` where the file is missing, locked or may not be used, `BadUrl` where it is no store, `NewerSchema` where it
    /// is one of a newer program.
    pub async fn open(path: &Path, options: &OpenOptions) -> Result<Self> {
        let path = Arc::new(path.to_owned());
        let (place, create) = (Arc::clone(&path), options.create);
        let first = blocking(move || {
            let connection = prepare::open(&place, create)?;
            Role::Reader.assign(&connection)?;
            Ok(connection)
        })
        .await?;
        let most = options.pool.clamp(1, MOST_READERS) as usize;
        Ok(Self {
            writer: Writer::new(Pool::new(Arc::clone(&path), Role::Writer, 1, None)),
            readers: Pool::new(Arc::clone(&path), Role::Reader, most, Some(first)),
            path,
        })
    }

    /// Runs a step that may write, whole or not at all.
    async fn write<T: Send + 'static>(
        &self,
        commit: Commit,
        step: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.write_as(commit, |_| Effect::Done, step).await
    }

    /// The same, with words for what it came to: for the receipt of a request.
    async fn write_as<T: Send + 'static>(
        &self,
        commit: Commit,
        effect: impl Fn(&T) -> Effect<'_> + Send + 'static,
        step: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.writer
            .write(!commit.is_dry_run(), move |connection| {
                if let Some(receipt) = commit.receipt() {
                    receipts::expect_new(connection, receipt)?;
                }
                let done = step(connection)?;
                if let Some(receipt) = commit.receipt() {
                    receipts::keep(connection, receipt, effect(&done))?;
                }
                log::add(connection, commit.log())?;
                Ok(done)
            })
            .await
    }

    /// Runs a step that only reads, all of it from one moment.
    async fn read<T: Send + 'static>(
        &self,
        step: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        run(&self.readers, move |connection| {
            let transaction = connection.transaction()?;
            let found = step(&transaction)?;
            transaction.commit()?;
            Ok(found)
        })
        .await
    }
}

/// Has a job done by a pool and waits for what comes of it.
async fn run<T: Send + 'static>(
    pool: &Pool,
    job: impl FnOnce(&mut Connection) -> Result<T> + Send + 'static,
) -> Result<T> {
    let (reply, outcome) = oneshot::channel();
    pool.submit(Box::new(move |lane| {
        // Nobody listens any more where the caller has gone; the job is done all the same.
        let _ = reply.send(lane.connection().and_then(job));
    }))?;
    outcome.await.unwrap_or_else(|_| Err(StoreError::Internal("a step of the store broke off".to_owned())))
}

/// Runs what blocks away from the threads that serve.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(StoreError::Internal(format!("opening the store broke off: {error}"))))
}

/// The version a document must have for `version` to be its next.
fn version_before(version: Version) -> Result<Version> {
    Version::new(version.get() - 1)
        .map_err(|_| StoreError::Internal("version 1 was to replace another".to_owned()))
}

/// Fails with `Stale` unless `sql` finds this version under this id.
fn expect_version(connection: &Connection, sql: &'static str, id: &str, version: Version) -> Result<()> {
    let found: Option<i64> = connection.prepare_cached(sql)?.query_row([id], |row| row.get(0)).optional()?;
    if found == Some(version.get()) {
        return Ok(());
    }
    Err(StoreError::Stale { current: found.and_then(|found| Version::new(found).ok()) })
}

//! The MongoDB store.
//!
//! Each resource has a file with its operations here and one in [`rows`] with its document as it is kept. Three things hold them
//! together: [`shared`] (the client, and how an operation runs in a task of its own), [`transaction`] (the loop around a step that must
//! be atomic) and [`schema`] (indexes and validators).
//!
//! Nothing from outside ever becomes an operator or a field name of a query: filters are built as `{field: {$eq: value}}`, and the
//! expression that a text search compares with means nothing but the text itself.

mod account;
mod audit;
mod auth;
mod batch;
mod connect;
mod connections;
mod contact;
mod counters;
mod engine;
mod error;
mod filter;
mod holds;
mod imports;
mod inventory;
mod joined;
mod list;
mod log;
mod lookup;
mod maintenance;
mod orders;
mod orphans;
mod product_lists;
mod product_search;
mod products;

mod receipts;
mod repair;
mod rows;
mod schema;
mod scratch;
mod search_text;
mod shared;
mod single;
mod stock;
mod transaction;
mod transfer;
mod tries;
mod users;

pub(super) use scratch::Databases;

use std::future::Future;
use std::sync::Arc;

use super::open::OpenOptions;
use super::{Result, StoreError};
use shared::Shared;

/// A store on a MongoDB server, replica set or sharded cluster.
///
/// Opening it connects to nothing; the first operation does.
pub struct MongoStore {
    shared: Arc<Shared>,
}

impl MongoStore {
    /// A store at this URL. Its path names the database, `shop` without one. `shown` is the URL without its password, for texts.
    ///
    /// # Errors
    /// `BadUrl` where the URL cannot be read, `Unavailable` where the host list behind a `mongodb+srv` name cannot be looked up.
    pub async fn open(url: &str, shown: &str, options: &OpenOptions) -> Result<Self> {
        Ok(Self { shared: Arc::new(connect::connect(url, shown, options, None).await?) })
    }

    /// Runs one operation in a task of its own and waits for it, for as long as an operation may take.
    ///
    /// A caller that goes away must not drop a future of the driver half-way: that may leave the driver's pool inconsistent, and a step
    /// of two writes half done. The task goes on, and `close` waits for it.
    async fn run<T, F>(&self, work: impl FnOnce(Arc<Shared>) -> F) -> Result<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T>> + Send + 'static,
    {
        let mut task = self.shared.engine.spawn(work(Arc::clone(&self.shared)));
        let mut contact = self.shared.contact.clone();
        tokio::select! {
            biased;
            outcome = &mut task => outcome.unwrap_or_else(|join| {
                Err(StoreError::Internal(format!("an operation on MongoDB did not end: {join}")))
            }),
            why = contact.refused() => {
                // It holds no connection, for there is none, and must not be done after all once a server comes up.
                task.abort();
                Err(self.shared.unreachable(Some(why)))
            }
            () = tokio::time::sleep(self.shared.longest) => Err(StoreError::Timeout),
        }
    }
}

//! The audit log.

use async_trait::async_trait;
use futures_util::TryStreamExt;
use mongodb::ClientSession;
use mongodb::bson::{RawDocumentBuf, doc};

use super::MongoStore;
use super::rows::{self, LogRow};
use super::shared::Shared;
use super::transaction::Attempt;
use crate::domain::audit::AuditEntry;
use crate::store::{AuditLog, Commit, Result, StoreError};

impl Shared {
    /// Adds rows in the transaction of what they tell of.
    pub(super) async fn log_in(&self, session: &mut ClientSession, entries: &[AuditEntry]) -> Attempt<()> {
        if !entries.is_empty() {
            self.of::<LogRow>().insert_many(encode(entries)?).session(session).await?;
        }
        Ok(())
    }

    /// Whether a write of one document has to be a transaction. Without a receipt a server that has none does with the rows of the
    /// audit log after the effect.
    pub(super) async fn needs_transaction(&self, commit: &Commit) -> Result<bool> {
        if !commit.has_company() || commit.is_dry_run() {
            return Ok(false);
        }
        match self.need_transactions().await {
            Err(StoreError::NeedsReplicaSet) if commit.receipt().is_none() => Ok(false),
            known => known.map(|()| true),
        }
    }

    /// Adds rows by themselves: of something that writes nothing else, or, on a server without transactions, after it.
    pub(super) async fn log_plainly(&self, entries: &[AuditEntry]) -> Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        let done = self.of::<LogRow>().insert_many(encode(entries)?).await;
        done.map(drop).map_err(|error| self.explain(&error))
    }
}

fn encode(entries: &[AuditEntry]) -> Result<Vec<RawDocumentBuf>> {
    entries.iter().map(rows::encode::<LogRow>).collect()
}

#[async_trait]
impl AuditLog for MongoStore {
    async fn log(&self, entries: &[AuditEntry]) -> Result<()> {
        let entries = entries.to_vec();
        self.run(async move |store| {
            store.ready(&Commit::Keep).await?;
            store.log_plainly(&entries).await
        })
        .await
    }

    async fn read_log(&self, limit: usize) -> Result<Vec<AuditEntry>> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.run(async move |store| {
            let cursor = store.of::<LogRow>().find(doc! {}).sort(doc! { "_id": -1 }).limit(limit).await;
            let cursor = cursor.map_err(|error| store.explain(&error))?;
            let found: Vec<RawDocumentBuf> =
                cursor.try_collect().await.map_err(|error| store.explain(&error))?;
            found.iter().map(|raw| rows::decode::<LogRow>(raw)).collect()
        })
        .await
    }
}

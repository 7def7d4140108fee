//! Receipts of requests, in the transaction of their effect or by themselves.

use std::collections::BTreeSet;

use async_trait::async_trait;
use mongodb::ClientSession;
use mongodb::bson::{RawDocumentBuf, doc};

use super::MongoStore;
use super::error::{code, code_of};
use super::filter::time;
use super::rows::{self, ReceiptRow};
use super::shared::Shared;
use super::transaction::{Attempt, Fault};
use crate::domain::clock::Timestamp;
use crate::store::{Commit, Effect, KeptReceipt, Receipt, ReceiptStore, Result, StoreError, Unique, crash};

impl Shared {
    /// Which of these requests were done before, as the transaction sees it. Receipts of theirs that are forgotten, and only wait
    /// for the server to remove them, are removed.
    pub(super) async fn done_requests(
        &self,
        session: &mut ClientSession,
        receipts: &[&Receipt],
    ) -> Attempt<BTreeSet<String>> {
        if receipts.is_empty() {
            return Ok(BTreeSet::new());
        }
        let ids: Vec<&str> = receipts.iter().map(|receipt| receipt.id.as_str()).collect();
        let mut found = self.find_in::<ReceiptRow>(session, doc! { "_id": { "$in": ids } }).await?;
        let mut forgotten = Vec::new();
        for receipt in receipts {
            if found.get(&receipt.id).is_some_and(|row| row.forgotten(receipt.at)) {
                found.remove(&receipt.id);
                forgotten.push(receipt.id.as_str());
            }
        }
        if !forgotten.is_empty() {
            let names = doc! { "_id": { "$in": forgotten } };
            self.of::<ReceiptRow>().delete_many(names).session(session).await?;
        }
        Ok(found.into_keys().collect())
    }

    /// Fails when one of these requests was done before.
    pub(super) async fn expect_new_receipts(
        &self,
        session: &mut ClientSession,
        receipts: &[&Receipt],
    ) -> Attempt<()> {
        if self.done_requests(session, receipts).await?.is_empty() {
            return Ok(());
        }
        Err(StoreError::Duplicate(Unique::Request).into())
    }

    /// Keeps receipts that [`done_requests`](Self::done_requests) did not find.
    pub(super) async fn write_receipts(
        &self,
        session: &mut ClientSession,
        done: &[(&Receipt, Effect<'_>)],
    ) -> Attempt<()> {
        if done.is_empty() {
            return Ok(());
        }
        let rows: Result<Vec<RawDocumentBuf>> = done
            .iter()
            .map(|(receipt, effect)| rows::encode::<ReceiptRow>(&ReceiptRow::after(receipt, *effect)))
            .collect();
        match self.of::<ReceiptRow>().insert_many(rows?).session(session).await {
            // The same request, on another copy, between our look and now.
            Err(error) if code_of(&error) == Some(code::DUPLICATE_KEY) => Err(Fault::Again),
            done => {
                done?;
                crash::point("receipt:written");
                Ok(())
            }
        }
    }
}

#[async_trait]
impl ReceiptStore for MongoStore {
    async fn find_receipt(&self, id: &str, at: Timestamp) -> Result<Option<KeptReceipt>> {
        let filter = doc! { "_id": { "$eq": id }, "expires_at": { "$gt": time(at) } };
        let found = self.run(async move |store| store.find_one::<ReceiptRow>(filter).await).await?;
        Ok(found.map(ReceiptRow::kept))
    }

    async fn keep_receipt(&self, receipt: &Receipt) -> Result<()> {
        let receipt = receipt.clone();
        self.run(async move |store| {
            store.ready(&Commit::Keep).await?;
            let row = rows::encode::<ReceiptRow>(&ReceiptRow::after(&receipt, Effect::Done))?;
            let forgotten =
                doc! { "_id": { "$eq": &receipt.id }, "expires_at": { "$lte": time(receipt.at) } };
            // Only one that is forgotten is replaced; beside one that counts, the insert meets its name.
            match store.of::<ReceiptRow>().replace_one(forgotten, row).upsert(true).await {
                Err(error) if code_of(&error) == Some(code::DUPLICATE_KEY) => {
                    Err(StoreError::Duplicate(Unique::Request))
                }
                done => done.map(drop).map_err(|error| store.explain(&error)),
            }
        })
        .await
    }
}

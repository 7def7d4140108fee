//! Guesses of passwords.

use async_trait::async_trait;
use mongodb::bson::doc;

use super::MongoStore;
use super::error::{code, code_of};
use super::filter::{by_id, time};
use super::rows::{self, TriesRow};
use super::shared::Shared;
use crate::domain::backoff::{Patience, Tries};
use crate::domain::clock::Timestamp;
use crate::store::{Commit, Result, StoreError, TryStore};

/// How often to count a try again that another came before. Each time that one was counted, so it soon has to wait.
const ATTEMPTS: u32 = 200;

impl Shared {
    /// Writes what one more try makes of `before`, unless another did meanwhile.
    async fn count_try(&self, key: &str, before: Option<Tries>, after: Tries) -> Result<bool> {
        let row = rows::encode::<TriesRow>(&(key.to_owned(), after))?;
        let documents = self.of::<TriesRow>();
        let written = match before {
            Some(before) => {
                let unchanged = TriesRow::unchanged(key, before);
                documents.replace_one(unchanged, row).await.map(|done| done.matched_count == 1)
            }
            None => documents.insert_one(row).await.map(|_| true),
        };
        match written {
            Err(error) if code_of(&error) == Some(code::DUPLICATE_KEY) => Ok(false),
            written => written.map_err(|error| self.explain(&error)),
        }
    }
}

#[async_trait]
impl TryStore for MongoStore {
    async fn take_try(&self, key: &str, patience: &Patience, at: Timestamp) -> Result<Option<Timestamp>> {
        let (key, patience) = (key.to_owned(), *patience);
        self.run(async move |store| {
            store.ready(&Commit::Keep).await?;
            for _ in 0..ATTEMPTS {
                let before = store.find_one::<TriesRow>(by_id(&key)).await?.map(|(_, tries)| tries);
                match patience.one_more(before, at) {
                    Err(free_at) => return Ok(Some(free_at)),
                    Ok(after) if store.count_try(&key, before, after).await? => return Ok(None),
                    Ok(_) => {}
                }
            }
            Err(StoreError::Timeout)
        })
        .await
    }

    async fn give_back_try(&self, key: &str, at: Timestamp) -> Result<()> {
        let filter = doc! { "_id": { "$eq": key }, "count": { "$gt": 0_i64 } };
        let change = doc! { "$inc": { "count": -1_i64 }, "$set": { "free_at": time(at) } };
        self.run(async move |store| {
            let done = store.of::<TriesRow>().update_one(filter, change).await;
            done.map(drop).map_err(|error| store.explain(&error))
        })
        .await
    }

    async fn forget_tries(&self, key: &str) -> Result<()> {
        let filter = by_id(key);
        self.run(async move |store| {
            let done = store.of::<TriesRow>().delete_one(filter).await;
            done.map(drop).map_err(|error| store.explain(&error))
        })
        .await
    }
}

//! Whole shops in and out.

use async_trait::async_trait;
use futures_util::TryStreamExt;
use mongodb::bson::{Document, RawDocumentBuf, doc};

use super::MongoStore;
use super::rows::{self, MovementRow, OrderRow, ProductRow, Row, StockRow, UserRow, movement_key};
use super::shared::Shared;
use crate::domain::id::ProductId;
use crate::domain::inventory::Movement;
use crate::store::{Commit, Result, StoreError, Things, Transfer, Unique, crash};

impl Shared {
    async fn movements(&self, filter: Document, direction: i32, limit: i64) -> Result<Vec<Movement>> {
        let found = self.of::<MovementRow>().find(filter).sort(doc! { "_id": direction }).limit(limit).await;
        let cursor = found.map_err(|error| self.explain(&error))?;
        let found: Vec<RawDocumentBuf> = cursor.try_collect().await.map_err(|error| self.explain(&error))?;
        found.iter().map(|raw| rows::decode::<MovementRow>(raw)).collect()
    }

    /// In their order, and none behind one that was refused.
    async fn put<R: Row>(&self, things: &[R::Value]) -> Result<()> {
        let rows: Result<Vec<RawDocumentBuf>> = things.iter().map(rows::encode::<R>).collect();
        let done = self.of::<R>().insert_many(rows?).ordered(true).await;
        crash::point("transfer:written");
        done.map(drop).map_err(|error| self.explain(&error))
    }
}

#[async_trait]
impl Transfer for MongoStore {
    async fn movements_after(&self, after: Option<(ProductId, i64)>, limit: usize) -> Result<Vec<Movement>> {
        let filter = after.map_or_else(Document::new, |(product, seq)| {
            doc! { "_id": { "$gt": movement_key(product, seq) } }
        });
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.run(async move |store| store.movements(filter, 1, limit).await).await
    }

    async fn last_movement(&self) -> Result<Option<Movement>> {
        let last = self.run(async move |store| store.movements(Document::new(), -1, 1).await).await?;
        Ok(last.into_iter().next())
    }

    async fn put_things(&self, things: Things) -> Result<()> {
        if things.is_empty() {
            return Ok(());
        }
        self.run(async move |store| {
            store.ready(&Commit::Keep).await?;
            match &things {
                Things::Users(all) => store.put::<UserRow>(all).await,
                Things::Products(all) => store.put::<ProductRow>(all).await,
                Things::Stock(all) => store.put::<StockRow>(all).await,
                Things::Movements(all) => store.put::<MovementRow>(all).await,
                Things::Orders(all) => store.put::<OrderRow>(all).await,
            }
        })
        .await
    }

    async fn set_order_number(&self, last: i64) -> Result<()> {
        self.run(async move |store| {
            store.ready(&Commit::Keep).await?;
            store.set_order_counter(last).await
        })
        .await
    }

    async fn transfer_mark(&self) -> Result<Option<String>> {
        self.run(async move |store| store.transfer_mark().await).await
    }

    async fn set_transfer_mark(&self, mark: Option<&str>) -> Result<()> {
        let mark = mark.map(str::to_owned);
        self.run(async move |store| {
            store.ready(&Commit::Keep).await?;
            match mark {
                None => store.remove_transfer_mark().await,
                Some(_) if store.transfer_mark().await?.is_some() => Err(StoreError::Duplicate(Unique::Id)),
                Some(mark) => store.add_transfer_mark(&mark).await,
            }
        })
        .await
    }
}

//! Imports and their batches.

use async_trait::async_trait;
use futures_util::TryStreamExt;
use mongodb::ClientSession;
use mongodb::bson::{Document, RawDocumentBuf, deserialize_from_slice, doc};

use super::MongoStore;
use super::filter::{Filter, by_id};
use super::list::SortKey;
use super::rows::{self, BatchRow, BatchSummaryRow, ImportRow, ProductRow, Row, batch_key};
use super::shared::Shared;
use super::single::before;
use super::transaction::{Attempt, Step};
use crate::domain::id::ImportId;
use crate::domain::import::{Import, ImportFilter, ImportNoun, ImportSort, ImportState};
use crate::domain::number::Version;
use crate::domain::page::{Page, PageRequest};
use crate::store::plan::{Decision, StockWrite, decide_change};
use crate::store::{
    BatchWrite, Commit, ImportBatch, ImportStore, ImportWrite, Pace, Presence, Result, RowOutcome,
    StockChange, StoreError, Unique, crash,
};

/// The rows of a batch, written down, with the record of the batch.
struct WriteBatch {
    batch: BatchWrite,
    fresh: Vec<RawDocumentBuf>,
    changed: Vec<(String, Version, RawDocumentBuf)>,
    stock: Vec<StockWrite>,
}

impl WriteBatch {
    fn new(batch: BatchWrite) -> Result<Self> {
        let (mut fresh, mut changed, mut stock) = (Vec::new(), Vec::new(), Vec::new());
        for write in &batch.writes {
            match write {
                ImportWrite::InsertProduct(product, opening) => {
                    fresh.push(rows::encode::<ProductRow>(product)?);
                    let Some((op, context)) = opening else { continue };
                    let change = StockChange {
                        product_id: product.id,
                        op: Some(*op),
                        low_stock_at: None,
                        presence: Presence::Either,
                        if_version: None,
                        context: context.clone(),
                    };
                    // Its id is new, so nothing of it can have moved before.
                    if let Decision::Write(write) = decide_change(&change, Some(&product.sku), None, 0)? {
                        stock.push(write);
                    }
                }
                ImportWrite::ReplaceProduct(product) => {
                    let Some(version) = before(product.version) else {
                        return Err(StoreError::Stale { current: None });
                    };
                    changed.push((product.id.to_string(), version, rows::encode::<ProductRow>(product)?));
                }
            }
        }
        Ok(Self { batch, fresh, changed, stock })
    }

    fn key(&self) -> Document {
        by_id(batch_key(self.batch.import, self.batch.number))
    }
}

#[async_trait]
impl Step for WriteBatch {
    type Output = Vec<RowOutcome>;

    async fn run(&self, store: &Shared, session: &mut ClientSession) -> Attempt<Vec<RowOutcome>> {
        if !self.fresh.is_empty() {
            store.of::<ProductRow>().insert_many(&self.fresh).session(&mut *session).await?;
        }
        if !store.replace_versions::<ProductRow>(session, &self.changed).await? {
            return Err(StoreError::Stale { current: None }.into());
        }
        if !self.stock.is_empty() {
            store.write_stock(session, &self.stock).await?;
        }
        crash::point("import:rows");
        let outcomes = vec![RowOutcome::Written; self.batch.writes.len()];
        let (tally, undo) = (self.batch.record)(&outcomes);
        let record = (self.batch.import, ImportBatch { number: self.batch.number, tally, undo });
        store.of::<BatchRow>().insert_one(rows::encode::<BatchRow>(&record)?).session(session).await?;
        crash::point("import:recorded");
        Ok(outcomes)
    }

    async fn done_before(&self, store: &Shared) -> Result<Option<Vec<RowOutcome>>> {
        let done = store.any::<BatchRow>(self.key()).await?;
        Ok(done.then(|| vec![RowOutcome::Written; self.batch.writes.len()]))
    }
}

#[async_trait]
impl ImportStore for MongoStore {
    fn import_pace(&self) -> Pace {
        Pace { rows: 1000, in_flight: 4 }
    }

    async fn begin_import(&self, import: &Import) -> Result<()> {
        let import = import.clone();
        self.run(async move |store| {
            store.ready(&Commit::Keep).await?;
            // Told before the first row is read a second time.
            store.need_transactions().await?;
            let done = store.of::<ImportRow>().insert_one(rows::encode::<ImportRow>(&import)?).await;
            done.map(drop).map_err(|error| store.explain(&error))
        })
        .await
    }

    async fn end_import(&self, import: &Import, from: ImportState) -> Result<()> {
        let import = import.clone();
        self.run(async move |store| {
            let mut filter = by_id(import.id);
            filter.insert("state", doc! { "$eq": from.as_str() });
            let row = rows::encode::<ImportRow>(&import)?;
            let done = store.of::<ImportRow>().replace_one(filter, row).await;
            match done.map_err(|error| store.explain(&error))?.matched_count {
                1 => Ok(()),
                _ => Err(StoreError::Stale { current: None }),
            }
        })
        .await
    }

    async fn find_import(&self, id: ImportId) -> Result<Option<Import>> {
        self.run(async move |store| store.find_one::<ImportRow>(by_id(id)).await).await
    }

    async fn find_import_once(&self, once: &str) -> Result<Option<Import>> {
        let filter = doc! { "once": { "$eq": once }, "state": { "$ne": ImportState::Undone.as_str() } };
        self.run(async move |store| {
            let found = store.of::<ImportRow>().find_one(filter).sort(doc! { "_id": -1 }).await;
            let found = found.map_err(|error| store.explain(&error))?;
            found.map(|raw| rows::decode::<ImportRow>(&raw)).transpose()
        })
        .await
    }

    async fn list_imports(
        &self,
        filter: &ImportFilter,
        page: &PageRequest<ImportSort>,
    ) -> Result<Page<Import>> {
        let matching = Filter::default()
            .equals("noun", filter.noun.map(ImportNoun::as_str))
            .equals("state", filter.state.map(ImportState::as_str))
            .build();
        let key = match page.sort.field {
            ImportSort::Id => SortKey::Id,
        };
        let page = page.clone();
        self.run(async move |store| store.page::<ImportRow, _>(&[matching], "_id_", key, &page).await).await
    }

    async fn write_import(&self, batch: BatchWrite) -> Result<Vec<RowOutcome>> {
        self.run(async move |store| {
            store.ready(&Commit::Keep).await?;
            let step = WriteBatch::new(batch)?;
            match store.transact(&step, &Commit::Keep).await {
                // What was in the way may be this very batch, written by another process or an attempt that was not heard of.
                Err(StoreError::Duplicate(_) | StoreError::Stale { .. })
                    if store.any::<BatchRow>(step.key()).await? =>
                {
                    Err(StoreError::Duplicate(Unique::ImportBatch))
                }
                done => done,
            }
        })
        .await
    }

    async fn import_batches(&self, id: ImportId, from: u64, limit: usize) -> Result<Vec<ImportBatch>> {
        let range = doc! { "$gte": batch_key(id, from), "$lte": batch_key(id, u64::MAX) };
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.run(async move |store| {
            let found = store
                .of::<BatchRow>()
                .find(doc! { "_id": range })
                .sort(doc! { "_id": 1 })
                .projection(doc! { "number": 1, "tally": 1 })
                .limit(limit)
                .await;
            let cursor = found.map_err(|error| store.explain(&error))?;
            let found: Vec<RawDocumentBuf> =
                cursor.try_collect().await.map_err(|error| store.explain(&error))?;
            let read = |raw: &RawDocumentBuf| {
                let row: BatchSummaryRow =
                    deserialize_from_slice(raw.as_bytes()).map_err(|error| StoreError::Corrupt {
                        collection: BatchRow::COLLECTION,
                        key: rows::key_of(raw),
                        field: "document",
                        detail: error.to_string(),
                    })?;
                row.into_batch()
            };
            found.iter().map(read).collect()
        })
        .await
    }

    async fn find_import_batch(&self, id: ImportId, number: u64) -> Result<Option<ImportBatch>> {
        let filter = by_id(batch_key(id, number));
        let found = self.run(async move |store| store.find_one::<BatchRow>(filter).await).await?;
        Ok(found.map(|(_, batch)| batch))
    }
}

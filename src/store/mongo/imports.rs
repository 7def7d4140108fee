//! Imports and their batches.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use futures_util::TryStreamExt;
use mongodb::ClientSession;
use mongodb::bson::{Document, RawDocumentBuf, deserialize_from_slice, doc};

use super::MongoStore;
use super::batch::{Done, Group, Member, Work};
use super::filter::{Filter, by_id};
use super::list::{SortKey, Walk};
use super::rows::{self, BatchRow, BatchSummaryRow, ImportRow, ProductRow, Row, UserRow, batch_key};
use super::shared::Shared;
use super::single::before;
use super::transaction::{Attempt, Step};
use crate::domain::audit::AuditEntry;
use crate::domain::id::ImportId;
use crate::domain::import::{Import, ImportFilter, ImportNoun, ImportSort, ImportState};
use crate::domain::number::Version;
use crate::domain::page::{Page, PageRequest};
use crate::store::plan::{StockWrite, decide_opening};
use crate::store::{
    BatchWrite, Commit, ImportBatch, ImportStore, ImportWrite, Pace, Result, RowOutcome, StoreError, Unique,
    crash,
};

/// The rows of a batch, written down, with the record of the batch.
struct WriteBatch<'a> {
    batch: &'a BatchWrite,
    plain: &'a Plain,
    /// Changes of stock and orders, decided as those that arrive at the same time are.
    group: Group<'a>,
    /// Whose row each member of the group is.
    places: &'a [usize],
    /// What the last attempt that went to its commit came to.
    outcomes: Mutex<Vec<RowOutcome>>,
}

/// What is written as it is, guarded by its version or by what must be unique.
#[derive(Default)]
struct Plain {
    products: Vec<RawDocumentBuf>,
    changed_products: Vec<(String, Version, RawDocumentBuf)>,
    users: Vec<RawDocumentBuf>,
    changed_users: Vec<(String, Version, RawDocumentBuf)>,
    log: Vec<AuditEntry>,
    stock: Vec<StockWrite>,
}

/// Parts a batch into what is written as it is, and what is decided on the stock that is found; of the latter, also whose row it is.
fn part(batch: &BatchWrite) -> Result<(Plain, Vec<Member>, Vec<usize>)> {
    let (mut plain, mut members, mut places) = (Plain::default(), Vec::new(), Vec::new());
    for (place, write) in batch.writes.iter().enumerate() {
        let work = match write {
            ImportWrite::InsertProduct(product, opening) => {
                plain.products.push(rows::encode::<ProductRow>(product)?);
                plain
                    .stock
                    .extend(opening.as_ref().map(|opening| decide_opening(product, opening)).transpose()?);
                continue;
            }
            ImportWrite::ReplaceProduct(product) => {
                let row = rows::encode::<ProductRow>(product)?;
                plain.changed_products.push((product.id.to_string(), replaced(product.version)?, row));
                continue;
            }
            ImportWrite::InsertUser(user, entries) => {
                plain.users.push(rows::encode::<UserRow>(user)?);
                plain.log.extend(entries.iter().cloned());
                continue;
            }
            ImportWrite::ReplaceUser(user, entries) => {
                let row = rows::encode::<UserRow>(user)?;
                plain.changed_users.push((user.id.to_string(), replaced(user.version)?, row));
                plain.log.extend(entries.iter().cloned());
                continue;
            }
            ImportWrite::ChangeStock(change) => Work::Change((**change).clone()),
            ImportWrite::RecordOrder(recorded) => Work::Record((**recorded).clone()),
            ImportWrite::BringOrder(order, effects, context) => {
                Work::Bring((**order).clone(), effects.clone(), context.clone())
            }
        };
        members.push(Member::of(work));
        places.push(place);
    }
    Ok((plain, members, places))
}

/// The version that the next one replaces.
fn replaced(next: Version) -> Result<Version> {
    before(next).ok_or(StoreError::Stale { current: None })
}

impl WriteBatch<'_> {
    fn key(&self) -> Document {
        by_id(batch_key(self.batch.import, self.batch.number))
    }

    /// Puts what was decided of the group in the places of its rows. Something that has moved since the batch was decided fails all of it.
    fn outcomes(&self, decided: Vec<Result<Done>>) -> Result<Vec<RowOutcome>> {
        let mut outcomes = vec![RowOutcome::Written; self.batch.writes.len()];
        for (place, done) in self.places.iter().zip(decided) {
            match done {
                Ok(_) => {}
                Err(refusal @ (StoreError::Short(_) | StoreError::Refused { .. })) => {
                    outcomes[*place] = RowOutcome::Refused(refusal);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(outcomes)
    }
}

#[async_trait]
impl Step for WriteBatch<'_> {
    type Output = Vec<RowOutcome>;

    async fn run(&self, store: &Shared, session: &mut ClientSession) -> Attempt<Vec<RowOutcome>> {
        let plain = self.plain;
        if !plain.products.is_empty() {
            store.of::<ProductRow>().insert_many(&plain.products).session(&mut *session).await?;
        }
        if !plain.users.is_empty() {
            store.of::<UserRow>().insert_many(&plain.users).session(&mut *session).await?;
        }
        if !store.replace_versions::<ProductRow>(session, &plain.changed_products).await?
            || !store.replace_versions::<UserRow>(session, &plain.changed_users).await?
        {
            return Err(StoreError::Stale { current: None }.into());
        }
        store.log_in(session, &plain.log).await?;
        if !plain.stock.is_empty() {
            store.write_stock(session, &plain.stock).await?;
        }
        let decided =
            if self.places.is_empty() { Vec::new() } else { self.group.run(store, &mut *session).await? };
        let outcomes = self.outcomes(decided)?;
        crash::point("import:rows");
        let (tally, undo) = (self.batch.record)(&outcomes);
        let record = (self.batch.import, ImportBatch { number: self.batch.number, tally, undo });
        store.of::<BatchRow>().insert_one(rows::encode::<BatchRow>(&record)?).session(session).await?;
        crash::point("import:recorded");
        self.outcomes.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&outcomes);
        Ok(outcomes)
    }

    async fn done_before(&self, store: &Shared) -> Result<Option<Vec<RowOutcome>>> {
        let done = store.any::<BatchRow>(self.key()).await?;
        Ok(done.then(|| self.outcomes.lock().unwrap_or_else(PoisonError::into_inner).clone()))
    }
}

/// The highest number that an order of these keeps.
fn highest_kept(writes: &[ImportWrite]) -> Option<i64> {
    let kept = writes.iter().filter_map(|write| match write {
        ImportWrite::RecordOrder(recorded) if recorded.keeps_number => Some(recorded.order.number.get()),
        _ => None,
    });
    kept.max()
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
        let walk = Walk::by("list__id_noun", matching);
        self.run(async move |store| store.page::<ImportRow, _>(&walk, key, &page).await).await
    }

    async fn write_import(&self, batch: BatchWrite) -> Result<Vec<RowOutcome>> {
        self.run(async move |store| {
            store.ready(&Commit::Keep).await?;
            let (plain, members, places) = part(&batch)?;
            // Before the orders are written, so that nobody is given a number that one of them keeps.
            if let Some(highest) = highest_kept(&batch.writes) {
                store.raise_order_number(highest).await?;
            }
            let step = WriteBatch {
                batch: &batch,
                plain: &plain,
                group: Group::new(&members, false),
                places: &places,
                outcomes: Mutex::default(),
            };
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

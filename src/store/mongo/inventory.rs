//! Stock and its movements.

use async_trait::async_trait;
use futures_util::TryStreamExt;
use mongodb::ClientSession;
use mongodb::bson::{Document, RawDocumentBuf, doc};

use super::MongoStore;
use super::batch::Work;
use super::filter::{Filter, by_id};
use super::list::{SortKey, Walk};
use super::rows::{self, MovementRow, StockRow, movement_key};
use super::shared::Shared;
use super::transaction::{Attempt, Step};
use crate::domain::id::ProductId;
use crate::domain::inventory::{Movement, MovementContext, StockFilter, StockItem, StockSort};
use crate::domain::number::Version;
use crate::domain::page::{Page, PageRequest};
use crate::store::plan::{Decision, decide_change, decide_removal};
use crate::store::{AccountLimits, Commit, InventoryStore, Result, StockAccount, StockChange, StoreError};

#[async_trait]
impl Step for StockChange {
    type Output = StockItem;

    async fn run(&self, store: &Shared, session: &mut ClientSession) -> Attempt<StockItem> {
        let current = store.stock_in(session, self.product_id).await?;
        // What only a new record needs is only read for one.
        let (sku, last_seq) = if current.is_some() {
            (None, 0)
        } else {
            let sku = store.sku_in(session, self.product_id).await?;
            (sku, store.last_seq_in(session, self.product_id).await?)
        };
        match decide_change(self, sku.as_ref(), current, last_seq)? {
            Decision::Unchanged(item) => Ok(item),
            Decision::Write(write) => {
                store.write_stock(session, std::slice::from_ref(&write)).await?;
                Ok(write.item)
            }
        }
    }
}

/// A record's end.
struct Delete {
    product: ProductId,
    version: Version,
    context: MovementContext,
}

#[async_trait]
impl Step for Delete {
    type Output = ();

    async fn run(&self, store: &Shared, session: &mut ClientSession) -> Attempt<()> {
        let Some(item) = store.stock_in(session, self.product).await? else {
            return Err(StoreError::Stale { current: None }.into());
        };
        if item.version != self.version {
            return Err(StoreError::Stale { current: Some(item.version) }.into());
        }
        if let Some(movement) = decide_removal(&item, &self.context)? {
            store.write_movements(session, &[&movement]).await?;
        }
        store.remove_stock(session, &item).await
    }

    async fn done_before(&self, store: &Shared) -> Result<Option<()>> {
        Ok(if store.any::<StockRow>(by_id(self.product)).await? { None } else { Some(()) })
    }
}

/// What every schema can tell.
fn plain(filter: &StockFilter) -> Filter {
    let mut built = Filter::default();
    built.created(filter.created_after, filter.created_before);
    if let Some(query) = &filter.query {
        built.contains("sku_norm", query);
    }
    built
}

fn matching(filter: &StockFilter) -> Document {
    plain(filter).below("available", filter.below).equals("low", filter.low.then_some(true)).build()
}

/// The same before what is available was kept: worked out from the counts of every record.
fn matching_older(filter: &StockFilter) -> Document {
    let available = || doc! { "$subtract": ["$on_hand", "$reserved"] };
    let mut built = plain(filter);
    if let Some(below) = filter.below {
        built.expression(doc! { "$lt": [available(), below] });
    }
    if filter.low {
        built.expression(doc! { "$isNumber": "$low_stock_at" });
        built.expression(doc! { "$lte": [available(), "$low_stock_at"] });
    }
    built.build()
}

/// By which index a list is found: that of the filter that picks the fewest, else that of its order.
fn index_for(filter: &StockFilter, sort: StockSort) -> &'static str {
    let created = filter.created_after.is_some() || filter.created_before.is_some();
    match sort {
        _ if filter.low => "list_low__id",
        _ if filter.below.is_some() => "list_available__id",
        StockSort::Id if filter.query.is_some() => "list_sku_norm__id",
        StockSort::Id if created => "list_created_at__id",
        StockSort::Id => "_id_",
        StockSort::CreatedAt => "list_created_at__id",
        StockSort::UpdatedAt => "list_updated_at__id",
        StockSort::Sku => "list_sku_norm__id",
        StockSort::OnHand => "list_on_hand__id",
        StockSort::Reserved => "list_reserved__id",
    }
}

fn sort_key(field: StockSort) -> SortKey {
    match field {
        StockSort::Id => SortKey::Id,
        StockSort::CreatedAt => SortKey::Time("created_at"),
        StockSort::UpdatedAt => SortKey::Time("updated_at"),
        StockSort::Sku => SortKey::Field("sku_norm"),
        StockSort::OnHand => SortKey::Field("on_hand"),
        StockSort::Reserved => SortKey::Field("reserved"),
    }
}

#[async_trait]
impl InventoryStore for MongoStore {
    async fn find_stock(&self, product: ProductId) -> Result<Option<StockItem>> {
        self.run(async move |store| store.find_one::<StockRow>(by_id(product)).await).await
    }

    async fn find_stocks(&self, products: &[ProductId]) -> Result<Vec<StockItem>> {
        let ids: Vec<String> = products.iter().map(ToString::to_string).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        self.run(async move |store| {
            // One more than there can be, so that the server's first answer says that it is the last.
            let batch = u32::try_from(ids.len() + 1).unwrap_or(u32::MAX);
            let cursor = store.of::<StockRow>().find(doc! { "_id": { "$in": ids } }).batch_size(batch).await;
            let mut cursor = cursor.map_err(|error| store.explain(&error))?;
            let mut found = Vec::new();
            while let Some(raw) = cursor.try_next().await.map_err(|error| store.explain(&error))? {
                found.push(rows::decode::<StockRow>(&raw)?);
            }
            Ok(found)
        })
        .await
    }

    async fn list_stock(
        &self,
        filter: &StockFilter,
        page: &PageRequest<StockSort>,
    ) -> Result<Page<StockItem>> {
        let older = vec![matching_older(filter)];
        let walk = Walk { older, ..Walk::by(index_for(filter, page.sort.field), matching(filter)) };
        let page = page.clone();
        self.run(async move |store| store.page::<StockRow, _>(&walk, sort_key(page.sort.field), &page).await)
            .await
    }

    async fn stock_account(&self, product: ProductId, limits: AccountLimits) -> Result<StockAccount> {
        self.run(async move |store| store.stock_account(product, limits).await).await
    }

    async fn change_stock(&self, change: &StockChange, commit: Commit) -> Result<StockItem> {
        self.together(Work::Change(change.clone()), commit).await?.stock()
    }

    async fn delete_stock(
        &self,
        product: ProductId,
        version: Version,
        context: &MovementContext,
        commit: Commit,
    ) -> Result<()> {
        let step = Delete { product, version, context: context.clone() };
        self.run(async move |store| {
            store.ready(&commit).await?;
            store.transact(&step, &commit).await
        })
        .await
    }

    async fn list_movements(
        &self,
        product: ProductId,
        after_seq: Option<i64>,
        newest_first: bool,
        limit: usize,
    ) -> Result<Page<Movement>> {
        let key = |seq| movement_key(product, seq);
        let (first, last) = (key(0), key(i64::MAX));
        let (range, direction) = match (after_seq, newest_first) {
            (None, _) => (doc! { "$gte": first, "$lte": last }, if newest_first { -1 } else { 1 }),
            (Some(after), false) => (doc! { "$gt": key(after), "$lte": last }, 1),
            (Some(before), true) => (doc! { "$gte": first, "$lt": key(before) }, -1),
        };
        let rows = i64::try_from(limit).unwrap_or(i64::MAX - 1) + 1;
        self.run(async move |store| {
            let cursor = store
                .of::<MovementRow>()
                .find(doc! { "_id": range })
                .sort(doc! { "_id": direction })
                .limit(rows)
                .batch_size(u32::try_from(rows).unwrap_or(u32::MAX))
                .await
                .map_err(|error| store.explain(&error))?;
            let found: Vec<RawDocumentBuf> =
                cursor.try_collect().await.map_err(|error| store.explain(&error))?;
            let movements: Result<Vec<Movement>> =
                found.iter().map(|raw| rows::decode::<MovementRow>(raw)).collect();
            Ok(Page::from_one_more(movements?, limit))
        })
        .await
    }
}

//! Orders.

use async_trait::async_trait;
use mongodb::ClientSession;
use mongodb::bson::{Document, RawDocument, doc};

use super::MongoStore;
use super::filter::{Filter, by_id, by_version};
use super::list::SortKey;
use super::rows::{self, OrderRow, Row};
use super::shared::Shared;
use super::transaction::{Attempt, Step};
use crate::domain::clock::Timestamp;
use crate::domain::email::Email;
use crate::domain::id::OrderId;
use crate::domain::inventory::{MovementContext, StockEffect};
use crate::domain::key::OrderKey;
use crate::domain::number::{OrderNumber, Version};
use crate::domain::order::{EndedHold, Order, OrderFilter, OrderSort, OrderStatus, PaymentStatus};
use crate::domain::page::{Page, PageRequest};
use crate::store::{Commit, OrderStore, Result, StoreError};

/// Writes a document over the version before `next`, outside a transaction; a dry run only looks.
pub(super) async fn replace<R: Row>(
    store: &Shared,
    id: String,
    next: Version,
    value: &R::Value,
    commit: Commit,
) -> Result<()> {
    let documents = store.of::<R>();
    let matched = match (before(next), commit) {
        (None, _) => false,
        (Some(version), Commit::DryRun) => store.any::<R>(by_version(&id, version)).await?,
        (Some(version), Commit::Keep) => {
            let row = rows::encode::<R>(value)?;
            let done = documents.replace_one(by_version(&id, version), row).await;
            done.map_err(|error| store.explain(&error))?.matched_count == 1
        }
    };
    if matched { Ok(()) } else { Err(store.stale_now(R::COLLECTION, id).await?) }
}

/// The version that `next` is to replace; none for a first version, which replaces nothing.
pub(super) fn before(next: Version) -> Option<Version> {
    Version::new(next.get() - 1).ok()
}

/// `Stale` from what is there now, of which only `_id` and `version` need to have been read.
pub(super) fn stale(collection: &'static str, found: Option<&impl AsRef<RawDocument>>) -> Result<StoreError> {
    let current = found.map(AsRef::as_ref).map(|raw| {
        let version =
            raw.get_i64("version").or_else(|_| raw.get_i32("version").map(i64::from)).unwrap_or_default();
        Version::new(version).map_err(|invalid| StoreError::Corrupt {
            collection,
            key: rows::key_of(raw),
            field: "version",
            detail: invalid.detail,
        })
    });
    Ok(StoreError::Stale { current: current.transpose()? })
}

impl Shared {
    /// `Stale` from what is there now.
    pub(super) async fn stale_now(&self, collection: &'static str, id: String) -> Result<StoreError> {
        let found = self.documents(collection).find_one(by_id(id)).projection(doc! { "version": 1 }).await;
        stale(collection, found.map_err(|error| self.explain(&error))?.as_ref())
    }
}

/// An order's next version, with what it does to stock.
struct Write {
    order: Order,
    stock: Vec<StockEffect>,
    context: MovementContext,
}

#[async_trait]
impl Step for Write {
    type Output = ();

    async fn run(&self, store: &Shared, session: &mut ClientSession) -> Attempt<()> {
        let order = &self.order;
        let row = rows::encode::<OrderRow>(order)?;
        let filter = before(order.version).map(|version| by_version(order.id, version));
        let matched = match filter {
            Some(filter) => {
                let done = store.of::<OrderRow>().replace_one(filter, row).session(&mut *session).await?;
                done.matched_count == 1
            }
            None => false,
        };
        if !matched {
            return Err(store.stale_in(session, OrderRow::COLLECTION, by_id(order.id)).await?.into());
        }
        store.apply_effects(session, &self.stock, &self.context).await
    }

    async fn done_before(&self, store: &Shared) -> Result<Option<()>> {
        let found = store.find_one::<OrderRow>(by_id(self.order.id)).await?;
        Ok(found.filter(|found| *found == self.order).map(drop))
    }
}

/// An order's end, with what it gives back.
struct Delete {
    id: OrderId,
    version: Version,
    stock: Vec<StockEffect>,
    context: MovementContext,
}

#[async_trait]
impl Step for Delete {
    type Output = ();

    async fn run(&self, store: &Shared, session: &mut ClientSession) -> Attempt<()> {
        let filter = by_version(self.id, self.version);
        let done = store.of::<OrderRow>().delete_one(filter).session(&mut *session).await?;
        if done.deleted_count != 1 {
            return Err(store.stale_in(session, OrderRow::COLLECTION, by_id(self.id)).await?.into());
        }
        store.apply_effects(session, &self.stock, &self.context).await
    }

    async fn done_before(&self, store: &Shared) -> Result<Option<()>> {
        let found = store.find_one::<OrderRow>(by_id(self.id)).await?;
        Ok(if found.is_none() { Some(()) } else { None })
    }
}

fn matching(filter: &OrderFilter) -> Document {
    Filter::default()
        .equals("customer.user_id", filter.user_id.map(|id| id.to_string()))
        .equals("customer.email_norm", filter.email.as_ref().map(Email::norm))
        .equals("status", filter.status.map(OrderStatus::as_str))
        .equals("payment_status", filter.payment_status.map(PaymentStatus::as_str))
        .equals("lines.product_id", filter.product_id.map(|id| id.to_string()))
        .created(filter.created_after, filter.created_before)
        .contains("search", filter.query.as_ref())
        .build()
}

fn sort_key(field: OrderSort) -> SortKey {
    match field {
        OrderSort::Id => SortKey::Id,
        OrderSort::CreatedAt => SortKey::Time("created_at"),
        OrderSort::UpdatedAt => SortKey::Time("updated_at"),
        OrderSort::Number => SortKey::Unique("number"),
        OrderSort::Total => SortKey::Field("total"),
    }
}

#[async_trait]
impl OrderStore for MongoStore {
    async fn place_order(
        &self,
        order: &Order,
        context: &MovementContext,
        commit: Commit,
    ) -> Result<OrderNumber> {
        let (order, context) = (order.clone(), context.clone());
        self.run(async move |store| {
            store.ready(commit).await?;
            store.place(order, context, commit).await
        })
        .await
    }

    async fn find_order(&self, key: &OrderKey) -> Result<Option<Order>> {
        let filter = match key {
            OrderKey::Id(id) => by_id(id),
            OrderKey::Number(number) => doc! { "number": { "$eq": number.get() } },
        };
        self.run(async move |store| store.find_one::<OrderRow>(filter).await).await
    }

    async fn list_orders(&self, filter: &OrderFilter, page: &PageRequest<OrderSort>) -> Result<Page<Order>> {
        let (filter, page) = (matching(filter), page.clone());
        self.run(async move |store| store.page::<OrderRow, _>(filter, sort_key(page.sort.field), &page).await)
            .await
    }

    async fn ended_holds(
        &self,
        at: Timestamp,
        after: Option<EndedHold>,
        limit: usize,
    ) -> Result<Page<EndedHold>> {
        self.run(async move |store| store.ended_holds(at, after, limit).await).await
    }

    async fn step_order(
        &self,
        order: &Order,
        stock: &[StockEffect],
        context: &MovementContext,
        commit: Commit,
    ) -> Result<()> {
        let step = Write { order: order.clone(), stock: stock.to_vec(), context: context.clone() };
        self.run(async move |store| {
            store.ready(commit).await?;
            if step.stock.is_empty() {
                // One document: no transaction is needed.
                let order = &step.order;
                return replace::<OrderRow>(&store, order.id.to_string(), order.version, order, commit).await;
            }
            store.transact(&step, commit).await
        })
        .await
    }

    async fn delete_order(
        &self,
        id: OrderId,
        version: Version,
        stock: &[StockEffect],
        context: &MovementContext,
        commit: Commit,
    ) -> Result<()> {
        let step = Delete { id, version, stock: stock.to_vec(), context: context.clone() };
        self.run(async move |store| {
            store.ready(commit).await?;
            store.transact(&step, commit).await
        })
        .await
    }
}

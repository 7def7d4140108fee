//! Orders.

use async_trait::async_trait;
use mongodb::ClientSession;
use mongodb::bson::Document;

use super::MongoStore;
use super::batch::Work;
use super::filter::{Filter, by_id, by_version};
use super::list::{SortKey, Walk};
use super::lookup::Key;
use super::rows::{OrderRow, Row};
use super::shared::Shared;
use super::single::replace;
use super::transaction::{Attempt, Step};
use crate::domain::clock::Timestamp;
use crate::domain::email::Email;
use crate::domain::id::OrderId;
use crate::domain::inventory::{MovementContext, StockEffect};
use crate::domain::key::OrderKey;
use crate::domain::number::{OrderNumber, Version};
use crate::domain::order::{EndedHold, Order, OrderFilter, OrderSort, OrderStatus, PaymentStatus};
use crate::domain::page::{Page, PageRequest};
use crate::domain::text::Reference;
use crate::store::{Commit, OrderStore, Premises, Result};

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
    let mut built = Filter::default();
    built
        .equals("customer.user_id", filter.user_id.map(|id| id.to_string()))
        .equals("customer.email_norm", filter.email.as_ref().map(Email::norm))
        .equals("customer.reference", filter.customer_ref.as_ref().map(Reference::as_str))
        .equals("status", filter.status.map(OrderStatus::as_str))
        .equals("payment_status", filter.payment_status.map(PaymentStatus::as_str))
        .equals("lines.product_id", filter.product_id.map(|id| id.to_string()))
        .created(filter.created_after, filter.created_before);
    if let Some(query) = &filter.query {
        built.any("_id").contains("search", query);
    }
    built.build()
}

/// By which index a list is found: that of the filter that picks the fewest, else that of its order.
fn index_for(filter: &OrderFilter, sort: OrderSort) -> &'static str {
    match sort {
        _ if filter.user_id.is_some() => "list_customer.user_id__id",
        _ if filter.customer_ref.is_some() => "list_customer.reference__id",
        _ if filter.email.is_some() => "list_customer.email_norm__id",
        _ if filter.product_id.is_some() => "list_lines.product_id__id",
        // What is searched stands beside the keys of these only.
        _ if filter.query.is_some() => "list__id_status",
        _ if filter.status.is_some() => "list_status__id",
        OrderSort::Id => "list__id_status",
        OrderSort::CreatedAt => "list_created_at__id",
        OrderSort::UpdatedAt => "list_updated_at__id",
        OrderSort::Number => "list_number_status",
        OrderSort::Total => "list_total__id",
    }
}

fn key_of(key: &OrderKey) -> Key {
    match key {
        OrderKey::Id(id) => Key::id(id),
        OrderKey::Number(number) => Key::number("number", number.get()),
    }
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
        premises: &Premises,
        context: &MovementContext,
        commit: Commit,
    ) -> Result<OrderNumber> {
        let work = Work::Place {
            effects: order.reservations(),
            order: order.clone(),
            premises: premises.clone(),
            context: context.clone(),
        };
        self.together(work, commit).await?.number()
    }

    async fn find_order(&self, key: &OrderKey) -> Result<Option<Order>> {
        self.look_up(&self.shared.orders, key_of(key)).await
    }

    async fn find_orders(&self, keys: &[OrderKey], references: &[Reference]) -> Result<Vec<Order>> {
        let references = references.iter().map(|reference| Key::text("external_ref", reference.as_str()));
        let keys: Vec<Key> = keys.iter().map(key_of).chain(references).collect();
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        self.look_up_all(&self.shared.orders, keys).await
    }

    async fn list_orders(&self, filter: &OrderFilter, page: &PageRequest<OrderSort>) -> Result<Page<Order>> {
        let walk = Walk::by(index_for(filter, page.sort.field), matching(filter));
        let page = page.clone();
        self.run(async move |store| store.page::<OrderRow, _>(&walk, sort_key(page.sort.field), &page).await)
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
        let order = order.clone();
        if !stock.is_empty() || commit.receipt().is_some() {
            let work = Work::Bring(order, stock.to_vec(), context.clone());
            return self.together(work, commit).await.map(drop);
        }
        // One document: no transaction is needed.
        self.run(async move |store| {
            store.ready(&commit).await?;
            let (id, version) = (order.id.to_string(), order.version);
            replace::<OrderRow>(&store, id, version, &order, commit.is_dry_run()).await
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
            store.ready(&commit).await?;
            store.transact(&step, &commit).await
        })
        .await
    }
}

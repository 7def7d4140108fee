//! Orders.

use async_trait::async_trait;
use mongodb::ClientSession;
use mongodb::bson::doc;

use super::MongoStore;
use super::batch::Work;
use super::filter::{Filter, by_id, by_version};
use super::joined::Condition;
use super::list::{SortKey, Walk};
use super::lookup::Key;
use super::rows::{OrderRow, Row};
use super::shared::Shared;
use super::single::replace;
use super::transaction::{Attempt, Step};
use crate::domain::clock::Timestamp;
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

/// A list in the order of `_id`. Beside its keys stands everything that a list may ask but for [`parts`].
const BY_ID: &str = "list__id_status";
const BY_PRODUCT: &str = "list_lines.product_id__id";

/// What few orders of many meet, and by which index each is found. Behind its keys stands everything else that a list may ask.
fn parts(filter: &OrderFilter) -> Vec<Condition> {
    let part = |index, field: &str, value: Option<String>| {
        value.map(|value| Condition { index, filter: doc! { field: { "$eq": value } } })
    };
    let text = |reference: &Reference| reference.as_str().to_owned();
    let parts = [
        part("list_customer.user_id__id", "customer.user_id", filter.user_id.map(|id| id.to_string())),
        part("list_customer.reference__id", "customer.reference", filter.customer_ref.as_ref().map(text)),
        part(
            "list_customer.email_norm__id",
            "customer.email_norm",
            filter.email.as_ref().map(|email| email.norm().to_owned()),
        ),
        part(BY_PRODUCT, "lines.product_id", filter.product_id.map(|id| id.to_string())),
    ];
    parts.into_iter().flatten().collect()
}

/// What else a list asks, but for its search.
fn matching(filter: &OrderFilter) -> Filter {
    let mut built = Filter::default();
    built
        .equals("status", filter.status.map(OrderStatus::as_str))
        .equals("payment_status", filter.payment_status.map(PaymentStatus::as_str))
        .created(filter.created_after, filter.created_before);
    built
}

/// By which index a list is found that asks for nothing that few meet.
fn index_for(filter: &OrderFilter, sort: OrderSort) -> &'static str {
    match sort {
        // What is searched stands beside the keys of this one only.
        _ if filter.query.is_some() => BY_ID,
        _ if filter.status.is_some() => "list_status__id",
        OrderSort::Id => BY_ID,
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

impl Shared {
    async fn list_orders(&self, filter: &OrderFilter, page: &PageRequest<OrderSort>) -> Result<Page<Order>> {
        let (mut parts, mut built) = (parts(filter), matching(filter));
        // The fewest meet what comes first: a customer has fewer orders than a product.
        let first = if parts.is_empty() { None } else { Some(parts.remove(0)) };
        if let Some(query) = &filter.query {
            if first.as_ref().is_some_and(|first| first.index == BY_PRODUCT) {
                // The server does not look for parts of a text among keys of an index over an array.
                let mut search = Filter::default();
                parts.push(Condition { index: BY_ID, filter: search.contains("search", query).build() });
            } else {
                built.any("_id").contains("search", query);
            }
        }
        let (key, mut filters) = (sort_key(page.sort.field), built.build());
        let index = first.as_ref().map_or_else(|| index_for(filter, page.sort.field), |first| first.index);
        filters.extend(first.into_iter().flat_map(|first| first.filter));
        let walk = Walk::by(index, filters);
        if parts.is_empty() {
            self.page::<OrderRow, _>(&walk, key, page).await
        } else {
            self.joined::<OrderRow, _>(&walk, &parts, key, page).await
        }
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
        let (filter, page) = (filter.clone(), page.clone());
        self.run(async move |store| store.list_orders(&filter, &page).await).await
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

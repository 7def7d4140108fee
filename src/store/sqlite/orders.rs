//! Orders, each change in one transaction with its stock.

use std::collections::BTreeSet;

use async_trait::async_trait;
use rusqlite::{Connection, params};

use super::list::List;
use super::{SqliteStore, holds, order_rows, stock};
use crate::domain::clock::Timestamp;
use crate::domain::id::{OrderId, ProductId};
use crate::domain::inventory::{MovementContext, StockEffect};
use crate::domain::key::OrderKey;
use crate::domain::number::{OrderNumber, Version};
use crate::domain::order::{EndedHold, Order, OrderFilter, OrderSort};
use crate::domain::page::{Page, PageRequest};
use crate::domain::product::ProductStatus;
use crate::domain::text::Reference;
use crate::store::{
    Commit, Effect, KnownCustomer, OrderStore, Premises, RecordedOrder, Result, StoreError, Unique,
};

/// Fails with `Stale` unless the order is there in this version.
fn expect_version(connection: &Connection, id: OrderId, version: Version) -> Result<()> {
    super::expect_version(connection, "SELECT version FROM orders WHERE id = ?", &id.to_string(), version)
}

/// Fails when another order has the reference.
fn expect_new(connection: &Connection, reference: Option<&Reference>) -> Result<()> {
    let Some(reference) = reference else {
        return Ok(());
    };
    let mut statement = connection.prepare_cached("SELECT 1 FROM orders WHERE external_ref = ?")?;
    if statement.exists([reference.as_str()])? {
        return Err(StoreError::Duplicate(Unique::ExternalRef));
    }
    Ok(())
}

/// Fails naming every product that is gone or not active.
fn expect_on_sale(connection: &Connection, effects: &[StockEffect]) -> Result<()> {
    let mut statement = connection.prepare_cached("SELECT 1 FROM products WHERE id = ? AND status = ?")?;
    let mut missing: Vec<ProductId> = Vec::new();
    for effect in effects {
        let id = effect.product_id;
        if !statement.exists(params![id.to_string(), ProductStatus::Active.as_str()])? {
            missing.push(id);
        }
    }
    if missing.is_empty() { Ok(()) } else { Err(StoreError::NotOnSale(missing)) }
}

/// Fails with `Stale` unless all of this still holds.
fn expect_premises(connection: &Connection, premises: &Premises) -> Result<()> {
    for (id, version) in &premises.products {
        let sql = "SELECT version FROM products WHERE id = ?";
        super::expect_version(connection, sql, &id.to_string(), *version)?;
    }
    match &premises.customer {
        Some(KnownCustomer::User(id, version)) => {
            let sql = "SELECT version FROM users WHERE id = ?";
            super::expect_version(connection, sql, &id.to_string(), *version)
        }
        Some(KnownCustomer::Guest(email)) => {
            let mut statement = connection.prepare_cached("SELECT 1 FROM users WHERE email_norm = ?")?;
            let registered = statement.exists([email.norm()])?;
            if registered { Err(StoreError::Stale { current: None }) } else { Ok(()) }
        }
        None => Ok(()),
    }
}

fn next_number(connection: &Connection) -> Result<OrderNumber> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO counters (name, value) VALUES ('order_number', ?) \
         ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value",
    )?;
    let number = statement.query_row([OrderNumber::FIRST], |row| row.get(0))?;
    OrderNumber::new(number).map_err(|error| StoreError::Corrupt {
        collection: "counters",
        key: "order_number".to_owned(),
        field: "value",
        detail: error.to_string(),
    })
}

fn place(
    connection: &Connection,
    order: &Order,
    premises: &Premises,
    context: &MovementContext,
) -> Result<OrderNumber> {
    let effects = order.reservations();
    expect_new(connection, order.external_ref.as_ref())?;
    expect_premises(connection, premises)?;
    expect_on_sale(connection, &effects)?;
    stock::apply(connection, &effects, context)?;
    let number = next_number(connection)?;
    order_rows::insert(connection, &Order { number, ..order.clone() })?;
    Ok(number)
}

/// Adds an order that was placed elsewhere.
pub(super) fn record(connection: &Connection, recorded: &RecordedOrder) -> Result<()> {
    let RecordedOrder { order, keeps_number, stock, cover, context } = recorded;
    expect_new(connection, order.external_ref.as_ref())?;
    if *keeps_number {
        expect_free(connection, order.number)?;
    }
    stock::apply_covered(connection, stock, context, *cover)?;
    let number =
        if *keeps_number { keep_number(connection, order.number)? } else { next_number(connection)? };
    order_rows::insert(connection, &Order { number, ..order.clone() })
}

/// Writes an order over the version before, with what that does to stock.
pub(super) fn bring(
    connection: &Connection,
    order: &Order,
    effects: &[StockEffect],
    context: &MovementContext,
) -> Result<()> {
    expect_version(connection, order.id, super::version_before(order.version)?)?;
    stock::apply(connection, effects, context)?;
    order_rows::replace(connection, order)
}

/// Fails when another order has the number.
fn expect_free(connection: &Connection, number: OrderNumber) -> Result<()> {
    let mut statement = connection.prepare_cached("SELECT 1 FROM orders WHERE number = ?")?;
    if statement.exists([number.get()])? {
        return Err(StoreError::Duplicate(Unique::OrderNumber));
    }
    Ok(())
}

/// Sees to it that later orders are given higher numbers.
fn keep_number(connection: &Connection, number: OrderNumber) -> Result<OrderNumber> {
    connection
        .prepare_cached(
            "INSERT INTO counters (name, value) VALUES ('order_number', ?) \
             ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)",
        )?
        .execute([number.get()])?;
    Ok(number)
}

#[async_trait]
impl OrderStore for SqliteStore {
    async fn place_order(
        &self,
        order: &Order,
        premises: &Premises,
        context: &MovementContext,
        commit: Commit,
    ) -> Result<OrderNumber> {
        let (order, premises, context) = (order.clone(), premises.clone(), context.clone());
        self.write_as(
            commit,
            |number| Effect::Placed(*number),
            move |connection| place(connection, &order, &premises, &context),
        )
        .await
    }

    async fn find_order(&self, key: &OrderKey) -> Result<Option<Order>> {
        let key = key.clone();
        self.read(move |connection| order_rows::find(connection, &key)).await
    }

    async fn find_orders(&self, keys: &[OrderKey], references: &[Reference]) -> Result<Vec<Order>> {
        let (keys, references) = (keys.to_vec(), references.to_vec());
        self.read(move |connection| {
            let (mut seen, mut orders) = (BTreeSet::new(), Vec::new());
            let by_key = keys.iter().map(|key| order_rows::find(connection, key));
            let by_reference = references.iter().map(|name| order_rows::find_by_reference(connection, name));
            for found in by_key.chain(by_reference) {
                orders.extend(found?.filter(|order| seen.insert(order.id)));
            }
            Ok(orders)
        })
        .await
    }

    async fn list_orders(&self, filter: &OrderFilter, page: &PageRequest<OrderSort>) -> Result<Page<Order>> {
        let mut list = List::new();
        list.only("user_id = ?", filter.user_id.map(|id| id.to_string()));
        list.only("email_norm = ?", filter.email.as_ref().map(|email| email.norm().to_owned()));
        list.only("customer_ref = ?", filter.customer_ref.as_ref().map(|name| name.as_str().to_owned()));
        list.only("status = ?", filter.status.map(|status| status.as_str().to_owned()));
        list.only("payment_status = ?", filter.payment_status.map(|status| status.as_str().to_owned()));
        list.only(
            "id IN (SELECT order_id FROM order_lines WHERE product_id = ?)",
            filter.product_id.map(|id| id.to_string()),
        );
        list.search("instr(search, ?) > 0", filter.query.as_ref());
        list.created(filter.created_after, filter.created_before);
        let column = match page.sort.field {
            OrderSort::Id => "id",
            OrderSort::CreatedAt => "created_at",
            OrderSort::UpdatedAt => "updated_at",
            OrderSort::Number => "number",
            OrderSort::Total => "total",
        };
        let page = page.clone();
        self.read(move |connection| {
            list.page(connection, "orders", (column, "id"), &page, |row| order_rows::read(connection, row))
        })
        .await
    }

    async fn ended_holds(
        &self,
        at: Timestamp,
        after: Option<EndedHold>,
        limit: usize,
    ) -> Result<Page<EndedHold>> {
        self.read(move |connection| holds::ended(connection, at, after, limit)).await
    }

    async fn step_order(
        &self,
        order: &Order,
        stock: &[StockEffect],
        context: &MovementContext,
        commit: Commit,
    ) -> Result<()> {
        let (order, effects, context) = (order.clone(), stock.to_vec(), context.clone());
        self.write(commit, move |connection| bring(connection, &order, &effects, &context)).await
    }

    async fn delete_order(
        &self,
        id: OrderId,
        version: Version,
        stock: &[StockEffect],
        context: &MovementContext,
        commit: Commit,
    ) -> Result<()> {
        let (effects, context) = (stock.to_vec(), context.clone());
        self.write(commit, move |connection| {
            expect_version(connection, id, version)?;
            stock::apply(connection, &effects, &context)?;
            connection.execute("DELETE FROM orders WHERE id = ?", [id.to_string()])?;
            Ok(())
        })
        .await
    }
}

//! Orders as rows: the order, its lines and its history in three tables.

use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::decode::Fields;
use crate::domain::actor::Actor;
use crate::domain::email::Email;
use crate::domain::id::UserId;
use crate::domain::key::OrderKey;
use crate::domain::money::{Currency, Money};
use crate::domain::number::Quantity;
use crate::domain::order::{Customer, Flags, HistoryEntry, Line, LineProgress, Order, OrderStatus};
use crate::domain::text::{Address, Name, Note, Reason, Reference};
use crate::store::{Result, StoreError, crash};

/// An order with its lines and history, from its row in `orders`.
pub(super) fn read(connection: &Connection, row: &Row<'_>) -> Result<Order> {
    let fields = Fields::new(row, "orders", "id");
    let id: String = fields.get("id")?;
    let currency = fields.parse("currency")?;
    let order = Order {
        id: fields.parse("id")?,
        number: fields.checked("number", crate::domain::number::OrderNumber::new)?,
        version: fields.version()?,
        created_at: fields.at("created_at")?,
        updated_at: fields.at("updated_at")?,
        external_ref: fields.maybe("external_ref")?,
        customer: Customer {
            user_id: fields.maybe::<UserId>("user_id")?,
            email: fields.maybe("email")?,
            reference: fields.maybe("customer_ref")?,
            name: fields.maybe("customer_name")?,
            address: fields.maybe("customer_address")?,
        },
        currency,
        lines: lines(connection, &id, currency)?,
        refunded: fields.checked("refunded", |minor| Money::from_minor(minor, currency))?,
        flags: Flags {
            confirmed: fields.get("confirmed")?,
            paid: fields.get("paid")?,
            delivered: fields.get("delivered")?,
            expired: fields.get("expired")?,
        },
        history: history(connection, &id)?,
        hold_until: fields.maybe_at("hold_until")?,
        note: fields.maybe("note")?,
        tracking: fields.maybe("tracking")?,
    };
    if order.lines.is_empty() {
        return Err(fields.corrupt("lines", "there are none"));
    }
    Ok(order)
}

fn lines(connection: &Connection, order: &str, currency: Currency) -> Result<Vec<Line>> {
    let mut statement =
        connection.prepare_cached("SELECT * FROM order_lines WHERE order_id = ? ORDER BY line")?;
    let mut rows = statement.query([order])?;
    let mut lines = Vec::new();
    while let Some(row) = rows.next()? {
        let fields = Fields::new(row, "order_lines", "order_id");
        let quantity = fields.checked("quantity", Quantity::at_least_one)?;
        let (cancelled, returned, restocked) =
            (fields.get("cancelled")?, fields.get("returned")?, fields.get("restocked")?);
        lines.push(Line {
            product_id: fields.parse("product_id")?,
            sku: fields.parse("sku")?,
            name: fields.parse("name")?,
            unit_price: fields.checked("unit_price", |minor| Money::from_minor(minor, currency))?,
            quantity,
            progress: fields.checked("shipped", |shipped| {
                LineProgress::new(quantity, shipped, cancelled, returned, restocked)
            })?,
        });
    }
    Ok(lines)
}

fn history(connection: &Connection, order: &str) -> Result<Vec<HistoryEntry>> {
    let mut statement =
        connection.prepare_cached("SELECT * FROM order_history WHERE order_id = ? ORDER BY step")?;
    let mut rows = statement.query([order])?;
    let mut history = Vec::new();
    while let Some(row) = rows.next()? {
        let fields = Fields::new(row, "order_history", "order_id");
        history.push(HistoryEntry {
            at: fields.at("at")?,
            actor: Actor::from_stored(fields.get("actor")?),
            command: fields.parse("command")?,
            from: fields.maybe::<OrderStatus>("from_status")?,
            to: fields.parse("to_status")?,
            reason: fields.maybe("reason")?,
        });
    }
    Ok(history)
}

/// One order by id or number.
pub(super) fn find(connection: &Connection, key: &OrderKey) -> Result<Option<Order>> {
    let found = match key {
        OrderKey::Id(id) => connection
            .prepare_cached("SELECT * FROM orders WHERE id = ?")?
            .query_row([id.to_string()], |row| Ok(read(connection, row)))
            .optional()?,
        OrderKey::Number(number) => connection
            .prepare_cached("SELECT * FROM orders WHERE number = ?")?
            .query_row([number.get()], |row| Ok(read(connection, row)))
            .optional()?,
    };
    found.transpose()
}

/// One order by the name that another system gave it.
pub(super) fn find_by_reference(connection: &Connection, reference: &Reference) -> Result<Option<Order>> {
    connection
        .prepare_cached("SELECT * FROM orders WHERE external_ref = ?")?
        .query_row([reference.as_str()], |row| Ok(read(connection, row)))
        .optional()?
        .transpose()
}

const INSERT: &str = "INSERT INTO orders (id, number, version, created_at, updated_at, external_ref, user_id, email, email_norm, \
    customer_ref, customer_name, customer_address, currency, total, refunded, confirmed, paid, delivered, expired, status, payment_status, \
    hold_until, note, tracking, search) VALUES (:id, :number, :version, :created_at, :updated_at, :external_ref, :user_id, \
    :email, :email_norm, :customer_ref, :customer_name, :customer_address, :currency, :total, :refunded, :confirmed, :paid, :delivered, \
    :expired, :status, :payment_status, :hold_until, :note, :tracking, :search)";
const REPLACE: &str = "UPDATE orders SET number = :number, version = :version, created_at = :created_at, \
    updated_at = :updated_at, external_ref = :external_ref, user_id = :user_id, email = :email, email_norm = :email_norm, \
    customer_ref = :customer_ref, customer_name = :customer_name, customer_address = :customer_address, currency = :currency, total = :total, \
    refunded = :refunded, confirmed = :confirmed, paid = :paid, delivered = :delivered, expired = :expired, status = :status, \
    payment_status = :payment_status, hold_until = :hold_until, note = :note, tracking = :tracking, search = :search \
    WHERE id = :id AND version = :version - 1";

/// Adds an order with its lines and history.
pub(super) fn insert(connection: &Connection, order: &Order) -> Result<()> {
    write(connection, INSERT, order)
}

/// Writes an order over its version before, which must be there.
pub(super) fn replace(connection: &Connection, order: &Order) -> Result<()> {
    write(connection, REPLACE, order)
}

fn write(connection: &Connection, sql: &str, order: &Order) -> Result<()> {
    let total = order.total().ok_or_else(|| {
        StoreError::Internal(format!("the total of order {} is past the largest amount", order.id))
    })?;
    let changed = connection.prepare_cached(sql)?.execute(named_params! {
        ":id": order.id.to_string(),
        ":number": order.number.get(),
        ":version": order.version.get(),
        ":created_at": order.created_at.as_millis(),
        ":updated_at": order.updated_at.as_millis(),
        ":external_ref": order.external_ref.as_ref().map(Reference::as_str),
        ":user_id": order.customer.user_id.map(|id| id.to_string()),
        ":email": order.customer.email.as_ref().map(Email::as_str),
        ":email_norm": order.customer.email.as_ref().map(Email::norm),
        ":customer_ref": order.customer.reference.as_ref().map(Reference::as_str),
        ":customer_name": order.customer.name.as_ref().map(Name::as_str),
        ":customer_address": order.customer.address.as_ref().map(Address::as_str),
        ":currency": order.currency.code(),
        ":total": total.minor(),
        ":refunded": order.refunded.minor(),
        ":confirmed": order.flags.confirmed,
        ":paid": order.flags.paid,
        ":delivered": order.flags.delivered,
        ":expired": order.flags.expired,
        ":status": order.status().as_str(),
        ":payment_status": order.payment_status().as_str(),
        ":hold_until": order.hold_until.map(crate::domain::clock::Timestamp::as_millis),
        ":note": order.note.as_ref().map(Note::as_str),
        ":tracking": order.tracking.as_ref().map(Reference::as_str),
        ":search": order.search_text(),
    })?;
    if changed != 1 {
        return Err(StoreError::Internal(format!("order {} changed inside a transaction", order.id)));
    }
    crash::point("order:written");
    write_lines(connection, order)?;
    crash::point("lines:written");
    write_history(connection, order)
}

fn write_lines(connection: &Connection, order: &Order) -> Result<()> {
    let id = order.id.to_string();
    let mut statement = connection.prepare_cached(
        "INSERT INTO order_lines (order_id, line, product_id, sku, name, unit_price, quantity, shipped, cancelled, returned, \
         restocked) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (order_id, line) DO UPDATE SET \
         product_id = excluded.product_id, sku = excluded.sku, name = excluded.name, unit_price = excluded.unit_price, \
         quantity = excluded.quantity, shipped = excluded.shipped, cancelled = excluded.cancelled, \
         returned = excluded.returned, restocked = excluded.restocked",
    )?;
    for (number, line) in (1_i64..).zip(&order.lines) {
        statement.execute(params![
            id,
            number,
            line.product_id.to_string(),
            line.sku.as_str(),
            line.name.as_str(),
            line.unit_price.minor(),
            line.quantity.get(),
            line.progress.shipped(),
            line.progress.cancelled(),
            line.progress.returned(),
            line.progress.restocked(),
        ])?;
    }
    cut(connection, "DELETE FROM order_lines WHERE order_id = ? AND line > ?", &id, order.lines.len())
}

fn write_history(connection: &Connection, order: &Order) -> Result<()> {
    let id = order.id.to_string();
    let mut statement = connection.prepare_cached(
        "INSERT INTO order_history (order_id, step, at, actor, command, from_status, to_status, reason) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (order_id, step) DO UPDATE SET at = excluded.at, \
         actor = excluded.actor, command = excluded.command, from_status = excluded.from_status, \
         to_status = excluded.to_status, reason = excluded.reason",
    )?;
    for (step, entry) in (1_i64..).zip(&order.history) {
        statement.execute(params![
            id,
            step,
            entry.at.as_millis(),
            entry.actor.as_str(),
            entry.command.as_str(),
            entry.from.map(OrderStatus::as_str),
            entry.to.as_str(),
            entry.reason.as_ref().map(Reason::as_str),
        ])?;
    }
    cut(connection, "DELETE FROM order_history WHERE order_id = ? AND step > ?", &id, order.history.len())
}

/// Removes the rows behind the last one of an order.
fn cut(connection: &Connection, sql: &str, order: &str, last: usize) -> Result<()> {
    let last = i64::try_from(last).unwrap_or(i64::MAX);
    connection.prepare_cached(sql)?.execute(params![order, last])?;
    Ok(())
}

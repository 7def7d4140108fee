//! Orders as they are kept: whole, with what is derived from them beside it for filters and for people who look.

use mongodb::bson::DateTime;
use serde::{Deserialize, Serialize};

use super::{Origin, Row};
use crate::domain::actor::Actor;
use crate::domain::money::{Currency, Money};
use crate::domain::number::{OrderNumber, Quantity};
use crate::domain::order::{Customer, Flags, HistoryEntry, Line, LineProgress, Order};
use crate::store::mongo::filter::time;
use crate::store::{Derived, Result};

/// A document of `orders`. Amounts are in minor units.
#[derive(Serialize, Deserialize)]
pub(in crate::store::mongo) struct OrderRow {
    #[serde(rename = "_id")]
    id: String,
    number: i64,
    version: i64,
    created_at: DateTime,
    updated_at: DateTime,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    external_ref: Option<String>,
    customer: CustomerRow,
    currency: String,
    lines: Vec<LineRow>,
    total: i64,
    refunded: i64,
    status: String,
    payment_status: String,
    flags: FlagsRow,
    history: Vec<HistoryRow>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hold_until: Option<DateTime>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tracking: Option<String>,
    /// What a search looks through.
    search: String,
}

#[derive(Serialize, Deserialize)]
struct CustomerRow {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    email_norm: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    address: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct LineRow {
    product_id: String,
    sku: String,
    name: String,
    unit_price: i64,
    quantity: i64,
    shipped: i64,
    cancelled: i64,
    returned: i64,
    restocked: i64,
    total: i64,
}

#[derive(Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "four independent facts, each stored under its own name")]
struct FlagsRow {
    confirmed: bool,
    paid: bool,
    delivered: bool,
    expired: bool,
}

#[derive(Serialize, Deserialize)]
struct HistoryRow {
    at: DateTime,
    actor: String,
    command: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    to: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl Row for OrderRow {
    const COLLECTION: &'static str = "orders";
    type Value = Order;

    fn into_value(self) -> Result<Order> {
        let (order, status) = self.into_order()?;
        // What is derived and what is kept disagree: somebody changed one of them by hand.
        if order.status().as_str() != status {
            let key = order.id.to_string();
            let detail = format!("{status:?} where the lines amount to {:?}", order.status().as_str());
            return Err(Origin { collection: Self::COLLECTION, key: &key }.corrupt("status", detail));
        }
        Ok(order)
    }

    fn of(order: &Order) -> Self {
        Self {
            id: order.id.to_string(),
            number: order.number.get(),
            version: order.version.get(),
            created_at: time(order.created_at),
            updated_at: time(order.updated_at),
            external_ref: order.external_ref.as_ref().map(ToString::to_string),
            customer: CustomerRow {
                user_id: order.customer.user_id.map(|id| id.to_string()),
                email: order.customer.email.as_ref().map(|email| email.as_str().to_owned()),
                email_norm: order.customer.email.as_ref().map(|email| email.norm().to_owned()),
                reference: order.customer.reference.as_ref().map(ToString::to_string),
                name: order.customer.name.as_ref().map(ToString::to_string),
                address: order.customer.address.as_ref().map(ToString::to_string),
            },
            currency: order.currency.to_string(),
            lines: order.lines.iter().map(LineRow::of).collect(),
            total: order.total().map_or(Money::MAX_MINOR, Money::minor),
            refunded: order.refunded.minor(),
            status: order.status().to_string(),
            payment_status: order.payment_status().to_string(),
            flags: FlagsRow {
                confirmed: order.flags.confirmed,
                paid: order.flags.paid,
                delivered: order.flags.delivered,
                expired: order.flags.expired,
            },
            history: order.history.iter().map(HistoryRow::of).collect(),
            hold_until: order.hold_until.map(time),
            note: order.note.as_ref().map(ToString::to_string),
            tracking: order.tracking.as_ref().map(ToString::to_string),
            search: order.search_text(),
        }
    }
}

impl OrderRow {
    /// The order whatever is kept beside it, and the status word that is.
    pub(super) fn into_order(self) -> Result<(Order, String)> {
        let at = Origin { collection: Self::COLLECTION, key: &self.id };
        let currency: Currency = at.parse("currency", &self.currency)?;
        let customer = Customer {
            user_id: at.parse_some("customer.user_id", self.customer.user_id.as_deref())?,
            email: at.parse_some("customer.email", self.customer.email.as_deref())?,
            reference: at.parse_some("customer.reference", self.customer.reference.as_deref())?,
            name: at.parse_some("customer.name", self.customer.name.as_deref())?,
            address: at.parse_some("customer.address", self.customer.address.as_deref())?,
        };
        let lines: Result<Vec<_>> = self.lines.iter().map(|line| line.value(at, currency)).collect();
        let history: Result<Vec<_>> = self.history.into_iter().map(|entry| entry.value(at)).collect();
        let order = Order {
            id: at.parse("_id", &self.id)?,
            number: at.sound("number", OrderNumber::new(self.number))?,
            version: at.version(self.version)?,
            created_at: at.time("created_at", self.created_at)?,
            updated_at: at.time("updated_at", self.updated_at)?,
            external_ref: at.parse_some("external_ref", self.external_ref.as_deref())?,
            customer,
            currency,
            lines: lines?,
            refunded: at.sound("refunded", Money::from_minor(self.refunded, currency))?,
            flags: Flags {
                confirmed: self.flags.confirmed,
                paid: self.flags.paid,
                delivered: self.flags.delivered,
                expired: self.flags.expired,
            },
            history: history?,
            hold_until: self.hold_until.map(|until| at.time("hold_until", until)).transpose()?,
            note: at.parse_some("note", self.note.as_deref())?,
            tracking: at.parse_some("tracking", self.tracking.as_deref())?,
        };
        Ok((order, self.status))
    }

    /// What is kept beside the order although it follows from it.
    pub(super) fn derived(&self) -> Derived {
        Derived {
            status: self.status.clone(),
            payment_status: self.payment_status.clone(),
            total: self.total,
            line_totals: Some(self.lines.iter().map(|line| line.total).collect()),
            email_norm: self.customer.email_norm.clone(),
            search: self.search.clone(),
        }
    }
}
impl LineRow {
    fn value(&self, at: Origin<'_>, currency: Currency) -> Result<Line> {
        let quantity = at.sound("lines.quantity", Quantity::new(self.quantity))?;
        let progress =
            LineProgress::new(quantity, self.shipped, self.cancelled, self.returned, self.restocked);
        Ok(Line {
            product_id: at.parse("lines.product_id", &self.product_id)?,
            sku: at.parse("lines.sku", &self.sku)?,
            name: at.parse("lines.name", &self.name)?,
            unit_price: at.sound("lines.unit_price", Money::from_minor(self.unit_price, currency))?,
            quantity,
            progress: at.sound("lines", progress)?,
        })
    }

    fn of(line: &Line) -> Self {
        Self {
            product_id: line.product_id.to_string(),
            sku: line.sku.as_str().to_owned(),
            name: line.name.to_string(),
            unit_price: line.unit_price.minor(),
            quantity: line.quantity.get(),
            shipped: line.progress.shipped(),
            cancelled: line.progress.cancelled(),
            returned: line.progress.returned(),
            restocked: line.progress.restocked(),
            total: line.total().map_or(Money::MAX_MINOR, Money::minor),
        }
    }
}

impl HistoryRow {
    fn value(self, at: Origin<'_>) -> Result<HistoryEntry> {
        Ok(HistoryEntry {
            at: at.time("history.at", self.at)?,
            command: at.parse("history.command", &self.command)?,
            from: at.parse_some("history.from", self.from.as_deref())?,
            to: at.parse("history.to", &self.to)?,
            reason: at.parse_some("history.reason", self.reason.as_deref())?,
            actor: Actor::from_stored(self.actor),
        })
    }

    fn of(entry: &HistoryEntry) -> Self {
        Self {
            at: time(entry.at),
            actor: entry.actor.as_str().to_owned(),
            command: entry.command.to_string(),
            from: entry.from.map(|status| status.to_string()),
            to: entry.to.to_string(),
            reason: entry.reason.as_ref().map(ToString::to_string),
        }
    }
}

//! An order as shown.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::money::Money;
use crate::domain::order::{Customer, HistoryEntry, Line, Order};

/// Who ordered, as they were at that moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = OrderCustomer)]
pub struct CustomerView {
    /// The registered user, if it was one.
    pub user_id: Option<String>,
    /// Where to write to.
    #[schema(example = "ada@example.com")]
    pub email: Option<String>,
    /// Another system's name for the customer.
    #[schema(example = "C-4711")]
    pub reference: Option<String>,
    /// What to call them.
    pub name: Option<String>,
    /// Where it goes.
    pub address: Option<String>,
}

/// A line of an order. Name, SKU and price are those of the moment it was placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = OrderLine)]
pub struct LineView {
    /// Of which product.
    pub product_id: String,
    /// Its SKU then.
    #[schema(example = "MUG-BLUE")]
    pub sku: String,
    /// Its name then.
    #[schema(example = "Blue mug")]
    pub name: String,
    /// Its price then, for one piece.
    #[schema(example = "12.50")]
    pub unit_price: String,
    /// Ordered.
    #[schema(example = 2)]
    pub quantity: i64,
    /// Sent out.
    #[schema(example = 0)]
    pub shipped: i64,
    /// Given up before being sent.
    #[schema(example = 0)]
    pub cancelled: i64,
    /// Sent back.
    #[schema(example = 0)]
    pub returned: i64,
    /// Of those, put on the shelf again.
    #[schema(example = 0)]
    pub restocked: i64,
    /// Price times quantity.
    #[schema(example = "25.00")]
    pub total: String,
}

/// One step in the life of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = OrderEvent)]
pub struct HistoryView {
    /// RFC 3339, UTC, milliseconds.
    #[schema(format = DateTime)]
    pub at: String,
    /// Who: a user's id, `cli:<login>`, `sweep` or `system`.
    #[schema(example = "cli:ada")]
    pub actor: String,
    /// What they did: `place`, `confirm`, `pay`, `ship`, `deliver`, `cancel`, `expire`, `return` or `refund`.
    #[schema(example = "place")]
    pub command: String,
    /// The status before; none for the first step.
    pub from: Option<String>,
    /// The status after.
    #[schema(example = "pending")]
    pub to: String,
    /// Why, if they said.
    pub reason: Option<String>,
}

/// An order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Order)]
pub struct OrderView {
    /// Names it for ever.
    #[schema(example = "ord_01h455vb4pex5vsknk084sn02q")]
    pub id: String,
    /// What people call it by.
    #[schema(example = 1042)]
    pub number: i64,
    /// Another system's name for it.
    pub external_ref: Option<String>,
    /// Where it stands.
    #[schema(example = "pending")]
    pub status: String,
    /// `unpaid`, `paid`, `partially_refunded` or `refunded`.
    #[schema(example = "unpaid")]
    pub payment_status: String,
    /// Who ordered.
    pub customer: CustomerView,
    /// ISO 4217, of every amount in it.
    #[schema(example = "EUR")]
    pub currency: String,
    /// The sum of the lines.
    #[schema(example = "25.00")]
    pub total: String,
    /// What has been paid back.
    #[schema(example = "0.00")]
    pub refunded: String,
    /// What was ordered.
    pub lines: Vec<LineView>,
    /// Unpaid and pending after this moment, it expires.
    pub hold_until: Option<String>,
    /// A remark.
    pub note: Option<String>,
    /// The parcel service's name for what was shipped last.
    pub tracking: Option<String>,
    /// Its life, oldest step first.
    pub history: Vec<HistoryView>,
    /// Counts the writes, from 1.
    #[schema(example = 1)]
    pub version: i64,
    /// RFC 3339, UTC, milliseconds.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// RFC 3339, UTC, milliseconds.
    #[schema(format = DateTime)]
    pub updated_at: String,
}

impl From<&Customer> for CustomerView {
    fn from(customer: &Customer) -> Self {
        Self {
            user_id: customer.user_id.map(|id| id.to_string()),
            email: customer.email.as_ref().map(ToString::to_string),
            reference: customer.reference.as_ref().map(ToString::to_string),
            name: customer.name.as_ref().map(ToString::to_string),
            address: customer.address.as_ref().map(ToString::to_string),
        }
    }
}

impl From<&Line> for LineView {
    fn from(line: &Line) -> Self {
        Self {
            product_id: line.product_id.to_string(),
            sku: line.sku.to_string(),
            name: line.name.to_string(),
            unit_price: line.unit_price.to_string(),
            quantity: line.quantity.get(),
            shipped: line.progress.shipped(),
            cancelled: line.progress.cancelled(),
            returned: line.progress.returned(),
            restocked: line.progress.restocked(),
            total: amount(line.total()),
        }
    }
}

impl From<&HistoryEntry> for HistoryView {
    fn from(entry: &HistoryEntry) -> Self {
        Self {
            at: entry.at.to_string(),
            actor: entry.actor.to_string(),
            command: entry.command.as_str().to_owned(),
            from: entry.from.map(|status| status.to_string()),
            to: entry.to.as_str().to_owned(),
            reason: entry.reason.as_ref().map(ToString::to_string),
        }
    }
}

impl From<&Order> for OrderView {
    fn from(order: &Order) -> Self {
        Self {
            id: order.id.to_string(),
            number: order.number.get(),
            external_ref: order.external_ref.as_ref().map(ToString::to_string),
            status: order.status().as_str().to_owned(),
            payment_status: order.payment_status().as_str().to_owned(),
            customer: (&order.customer).into(),
            currency: order.currency.code().to_owned(),
            total: amount(order.total()),
            refunded: order.refunded.to_string(),
            lines: order.lines.iter().map(LineView::from).collect(),
            hold_until: order.hold_until.map(|at| at.to_string()),
            note: order.note.as_ref().map(ToString::to_string),
            tracking: order.tracking.as_ref().map(ToString::to_string),
            history: order.history.iter().map(HistoryView::from).collect(),
            version: order.version.get(),
            created_at: order.created_at.to_string(),
            updated_at: order.updated_at.to_string(),
        }
    }
}

/// Placing refuses sums that cannot be written, so there is always one.
fn amount(money: Option<Money>) -> String {
    money.map(|money| money.to_string()).unwrap_or_default()
}

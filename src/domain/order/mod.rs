//! Orders: what was promised to whom, and what has become of it.
//!
//! The line counters and a few flags are the truth; the status word is a pure function of them
//! ([`Order::status`]). What may happen next is decided in [`Order::step`] and nowhere else.

mod command;
mod customer;
mod edges;
mod hold;
mod line;
mod record;
mod refusal;
mod status;
mod step;

pub use command::{Command, CommandWord, ItemQuantity};
pub use customer::Customer;
pub use edges::is_edge;
pub use hold::{EndedHold, Hold};
pub use line::{Line, LineProgress};
pub use refusal::StepRefusal;
pub use status::{OrderStatus, PaymentStatus};
pub use step::Outcome;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use super::actor::Actor;
use super::clock::Timestamp;
use super::email::Email;
use super::id::{OrderId, ProductId, UserId};
use super::invalid::Invalid;
use super::inventory::{StockEffect, StockOp};
use super::money::{Currency, Money};
use super::number::{OrderNumber, Quantity, Version};
use super::text::{Name, Note, Reason, Reference, SearchText};
use super::words::words;

/// What is true of an order beside its lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "four independent facts, each stored under its own name")]
pub struct Flags {
    /// Somebody confirmed it, or it was paid.
    pub confirmed: bool,
    /// The whole amount was paid.
    pub paid: bool,
    /// What was shipped has arrived.
    pub delivered: bool,
    /// It was ended by its hold running out, not by a person.
    pub expired: bool,
}

/// One step in the life of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEntry {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// What they did.
    pub command: CommandWord,
    /// The status before; none for the first step.
    pub from: Option<OrderStatus>,
    /// The status after.
    pub to: OrderStatus,
    /// Why, if they said.
    pub reason: Option<Reason>,
}

/// An order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Names it for ever.
    pub id: OrderId,
    /// What people call it by.
    pub number: OrderNumber,
    /// Counts its writes.
    pub version: Version,
    /// When it was placed.
    pub created_at: Timestamp,
    /// When it was last written.
    pub updated_at: Timestamp,
    /// Another system's name for it; unique if present.
    pub external_ref: Option<Reference>,
    /// Who ordered.
    pub customer: Customer,
    /// Of every amount in it.
    pub currency: Currency,
    /// At least one, at most [`MAX_LINES`](Self::MAX_LINES).
    pub lines: Vec<Line>,
    /// What has been paid back.
    pub refunded: Money,
    /// What is true beside the lines.
    pub flags: Flags,
    /// Its life, oldest step first.
    pub history: Vec<HistoryEntry>,
    /// Unpaid and pending after this moment, it expires.
    pub hold_until: Option<Timestamp>,
    /// A remark.
    pub note: Option<Note>,
    /// The parcel service's name for what was shipped last.
    pub tracking: Option<Reference>,
}

impl Order {
    /// The most lines an order may have.
    pub const MAX_LINES: usize = 500;

    /// The sum of the lines as ordered.
    ///
    /// `None` past the largest amount, which placing refuses.
    pub fn total(&self) -> Option<Money> {
        self.lines.iter().try_fold(Money::zero(self.currency), |sum, line| sum.checked_add(line.total()?))
    }

    /// Refuses lines that add up to more than can be counted or written down.
    ///
    /// # Errors
    /// `invalid_quantity` for more than [`Quantity::MAX`] pieces of one product; `total_too_large`.
    pub fn within_bounds(&self) -> Result<(), Invalid> {
        let mut pieces: BTreeMap<ProductId, i64> = BTreeMap::new();
        for line in &self.lines {
            let sum = pieces.entry(line.product_id).or_default();
            *sum = sum.saturating_add(line.quantity.get());
            if *sum > Quantity::MAX {
                let detail = format!("more than {} pieces of {:?}", Quantity::MAX, line.sku.as_str());
                return Err(Invalid::new("invalid_quantity", detail));
            }
        }
        if self.total().is_none() {
            return Err(Invalid::new("total_too_large", "the order is worth more than can be written"));
        }
        Ok(())
    }

    /// The status that the lines and flags amount to.
    pub fn status(&self) -> OrderStatus {
        status::derive(&self.lines, self.flags)
    }

    /// What has been paid, and paid back.
    pub fn payment_status(&self) -> PaymentStatus {
        status::derive_payment(self.flags, self.refunded, self.total())
    }

    /// What an order takes from stock for all that is neither sent nor given up; of a new one that is everything. One reservation a
    /// product, however many lines name it.
    pub fn reservations(&self) -> Vec<StockEffect> {
        step::effects(self.lines.iter().map(|line| (line, line.open())), StockOp::Reserve)
    }

    /// What deleting the order gives back; refused once anything has been shipped.
    ///
    /// # Errors
    /// `order_shipped`: goods have left, so the order is part of the books.
    pub fn release_for_delete(&self) -> Result<Vec<StockEffect>, Invalid> {
        if self.lines.iter().any(|line| line.progress.shipped() > 0) {
            return Err(Invalid::new(
                "order_shipped",
                format!("order {} has shipped goods and stays in the books", self.number),
            ));
        }
        Ok(self.releases())
    }

    /// What gives back everything that is still reserved for it.
    pub fn releases(&self) -> Vec<StockEffect> {
        step::effects(self.lines.iter().map(|line| (line, line.open())), StockOp::Release)
    }
}

/// An item of a new order, before its product is looked up: `SKU:QTY` or `SKU` for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemSpec {
    /// Which product, as written.
    pub product: String,
    /// How many, as written.
    pub quantity: i64,
}

impl FromStr for ItemSpec {
    type Err = Invalid;

    /// The last colon separates, so a SKU may hold colons when a quantity follows.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let (product, quantity) = match text.rsplit_once(':') {
            Some((product, quantity)) => (product, quantity.parse::<Quantity>()?.get()),
            None => (text, 1),
        };
        if product.trim().is_empty() {
            return Err(Invalid::new("invalid_item", format!("{text:?} is not an item such as MUG-BLUE:2")));
        }
        Ok(Self { product: product.to_owned(), quantity })
    }
}

impl fmt::Display for ItemSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.product, self.quantity)
    }
}

/// Which orders to list; everything given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrderFilter {
    /// Of this registered user.
    pub user_id: Option<UserId>,
    /// To this address, whatever its case.
    pub email: Option<Email>,
    /// Of the customer another system knows by this name, letter by letter.
    pub customer_ref: Option<Reference>,
    /// In this status.
    pub status: Option<OrderStatus>,
    /// In this state of payment.
    pub payment_status: Option<PaymentStatus>,
    /// Holding a line of this product.
    pub product_id: Option<ProductId>,
    /// With this text in number, reference, address, customer name or a line's SKU.
    pub query: Option<SearchText>,
    /// Placed at or after.
    pub created_after: Option<Timestamp>,
    /// Placed before.
    pub created_before: Option<Timestamp>,
}

impl Order {
    /// The text that a search looks through, one part a line, folded. Both stores keep it beside the order.
    pub fn search_text(&self) -> String {
        let number = self.number.to_string();
        let mut parts = vec![number.as_str()];
        parts.extend(self.customer.email.as_ref().map(Email::as_str));
        parts.extend(self.customer.reference.as_ref().map(Reference::as_str));
        parts.extend(self.external_ref.as_ref().map(Reference::as_str));
        parts.extend(self.customer.name.as_ref().map(Name::as_str));
        parts.extend(self.lines.iter().map(|line| line.sku.as_str()));
        super::text::fold(&parts.join("\n"))
    }
}

words! {
    /// What orders can be sorted by. Ties are broken by id.
    OrderSort, "invalid_sort", "field to sort orders by" {
        /// Order of placing.
        Id = "id",
        /// Time of placing.
        CreatedAt = "created_at",
        /// Time of the last write.
        UpdatedAt = "updated_at",
        /// Order number.
        Number = "number",
        /// Sum of the lines in minor units.
        Total = "total",
    }
}

#[cfg(test)]
mod tests;

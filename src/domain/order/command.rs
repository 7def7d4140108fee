//! What can be done with an order.

use crate::domain::invalid::Invalid;
use crate::domain::money::Money;
use crate::domain::number::Quantity;
use crate::domain::sku::Sku;
use crate::domain::text::Reference;
use crate::domain::words::words;

words! {
    /// What was done, as a history keeps it.
    CommandWord, "invalid_command", "order command" {
        /// Placed.
        Place = "place",
        /// Confirmed by a person.
        Confirm = "confirm",
        /// Paid in full.
        Pay = "pay",
        /// Given up, or what was left of it.
        Cancel = "cancel",
        /// Given up because its hold ran out.
        Expire = "expire",
        /// Sent, all or some of it.
        Ship = "ship",
        /// Arrived.
        Deliver = "deliver",
        /// Sent back, all or some of it.
        Return = "return",
        /// Paid back, all or some of it.
        Refund = "refund",
    }
}

/// So many pieces of one SKU, over all lines that name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemQuantity {
    /// Which SKU.
    pub sku: Sku,
    /// How many; at least 1.
    pub quantity: Quantity,
}

/// What to do with an order. `items: None` means everything that is left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Confirm it.
    Confirm,
    /// Note that it was paid in full.
    Pay,
    /// Give up what has not been sent.
    Cancel {
        /// Which pieces.
        items: Option<Vec<ItemQuantity>>,
    },
    /// End it because its hold ran out.
    Expire,
    /// Send it.
    Ship {
        /// Which pieces.
        items: Option<Vec<ItemQuantity>>,
        /// The parcel service's name for it.
        tracking: Option<Reference>,
    },
    /// Note that it arrived.
    Deliver,
    /// Take goods back.
    Return {
        /// Which pieces.
        items: Option<Vec<ItemQuantity>>,
        /// Whether they go back on the shelf.
        restock: bool,
    },
    /// Note that money was paid back.
    Refund {
        /// How much; everything not yet paid back without.
        amount: Option<Money>,
    },
}

impl Command {
    /// The word for the history.
    pub fn word(&self) -> CommandWord {
        match self {
            Self::Confirm => CommandWord::Confirm,
            Self::Pay => CommandWord::Pay,
            Self::Cancel { .. } => CommandWord::Cancel,
            Self::Expire => CommandWord::Expire,
            Self::Ship { .. } => CommandWord::Ship,
            Self::Deliver => CommandWord::Deliver,
            Self::Return { .. } => CommandWord::Return,
            Self::Refund { .. } => CommandWord::Refund,
        }
    }

    /// The words that a status update understands.
    pub const STATUS_WORDS: &'static [&'static str] =
        &["pending", "confirmed", "paid", "shipped", "delivered", "cancelled", "returned", "refunded"];

    /// Reads the word of a status update (`order update --status`, `PUT /orders/<id>`): the state that
    /// somebody wants the whole order in. `None` for `pending`, in which an order is already or can never be again.
    ///
    /// # Errors
    /// `invalid_status` for any other word, listing those that are understood.
    pub fn from_status_word(word: &str) -> Result<Option<Self>, Invalid> {
        Ok(Some(match word {
            "pending" => return Ok(None),
            "confirmed" => Self::Confirm,
            "paid" => Self::Pay,
            "shipped" => Self::Ship { items: None, tracking: None },
            "delivered" => Self::Deliver,
            "cancelled" | "canceled" => Self::Cancel { items: None },
            "returned" => Self::Return { items: None, restock: false },
            "refunded" => Self::Refund { amount: None },
            _ => {
                return Err(Invalid::new(
                    "invalid_status",
                    format!(
                        "{word:?} is not a status an order can be set to; it is one of: {}",
                        Self::STATUS_WORDS.join(", ")
                    ),
                ));
            }
        }))
    }
}

//! What the writers do, and what they hear.

use serde_json::Value;

/// Something that changes a shop.
#[derive(Debug, Clone)]
pub(super) enum Deed {
    /// So many of each of these SKUs.
    Place(Vec<(String, i64)>),
    /// All that is left of an order.
    Cancel(String),
    Ship(String),
    /// Everything that was sent; whether it goes back on the shelf.
    Return(String, bool),
    /// With a reason.
    Adjust(String, i64),
    Receive(String, i64),
    /// Counted, if so many were there before.
    Set {
        sku: String,
        to: i64,
        expected: i64,
    },
}

impl Deed {
    /// All that can be done.
    pub(super) const WORDS: [&str; 7] = ["place", "cancel", "ship", "return", "adjust", "receive", "set"];

    /// What it is called in the report.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Place(_) => "place",
            Self::Cancel(_) => "cancel",
            Self::Ship(_) => "ship",
            Self::Return(..) => "return",
            Self::Adjust(..) => "adjust",
            Self::Receive(..) => "receive",
            Self::Set { .. } => "set",
        }
    }

    /// The order that it is done to.
    pub(super) fn order(&self) -> Option<&str> {
        match self {
            Self::Cancel(id) | Self::Ship(id) | Self::Return(id, _) => Some(id),
            _ => None,
        }
    }

    /// By how much it changes what is on hand of a product, where that does not hang on an order.
    pub(super) fn delta(&self) -> Option<(&str, i64)> {
        match self {
            Self::Adjust(sku, delta) => Some((sku, *delta)),
            Self::Receive(sku, count) => Some((sku, *count)),
            Self::Set { sku, to, expected } => Some((sku, to - expected)),
            _ => None,
        }
    }
}

/// What was heard.
#[derive(Debug)]
pub(super) enum Heard {
    Done(Value),
    /// With this code.
    Refused(String),
    /// Whether it was done is not known, for this reason.
    Unknown(String),
}

impl Heard {
    /// Of an error with this code.
    pub(super) fn error(code: &str) -> Self {
        match code {
            "store_timeout" | "store_unavailable" | "timeout" | "overloaded" | "request_in_progress" => {
                Self::Unknown(code.to_owned())
            }
            _ => Self::Refused(code.to_owned()),
        }
    }
}

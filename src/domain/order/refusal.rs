//! Why a command must not happen.

use std::fmt;

use super::{CommandWord, OrderStatus};
use crate::domain::clock::Timestamp;
use crate::domain::money::Money;
use crate::domain::sku::Sku;

/// Why a command must not happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepRefusal {
    /// The order's status does not allow it.
    IllegalTransition {
        /// What was asked.
        command: CommandWord,
        /// Where the order stands.
        status: OrderStatus,
        /// What would be allowed.
        allowed: Vec<CommandWord>,
    },
    /// No line of the order names this SKU.
    NotOnOrder(Sku),
    /// More pieces were named than the order has left for this.
    TooMany {
        /// What was asked.
        command: CommandWord,
        /// Of which SKU.
        sku: Sku,
        /// How many were named.
        asked: i64,
        /// How many are left.
        left: i64,
    },
    /// More money was named than is left to pay back.
    RefundTooLarge {
        /// What was asked.
        asked: Money,
        /// What is left.
        left: Money,
    },
    /// The hold has not ended.
    NotExpired {
        /// When it will.
        until: Timestamp,
    },
}

impl StepRefusal {
    /// The stable code of this refusal.
    pub fn code(&self) -> &'static str {
        match self {
            Self::IllegalTransition { .. } => "illegal_transition",
            Self::NotOnOrder(_) => "not_on_order",
            Self::TooMany { .. } => "too_many_items",
            Self::RefundTooLarge { .. } => "refund_too_large",
            Self::NotExpired { .. } => "not_expired",
        }
    }
}

impl fmt::Display for StepRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::IllegalTransition { command, status, allowed } => {
                let moves: Vec<&str> = allowed.iter().map(|word| word.as_str()).collect();
                let moves = if moves.is_empty() { "nothing".to_owned() } else { moves.join(", ") };
                write!(f, "cannot {command} an order that is {status}; allowed now: {moves}")
            }
            Self::NotOnOrder(sku) => write!(f, "SKU {:?} is not on this order", sku.as_str()),
            Self::TooMany { command, sku, asked, left } => {
                write!(f, "cannot {command} {asked} of SKU {:?}, {left} left", sku.as_str())
            }
            Self::RefundTooLarge { asked, left } => {
                write!(f, "cannot refund {asked} {}, {left} left", asked.currency())
            }
            Self::NotExpired { until } => write!(f, "the hold has not ended: it runs until {until}"),
        }
    }
}

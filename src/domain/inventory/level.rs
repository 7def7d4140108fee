//! Counts, and the operations on them.

use std::fmt;

use super::MovementKind;
use crate::domain::invalid::Invalid;
use crate::domain::number::Quantity;

/// How much is there (`on_hand`) and how much of that is promised to open orders (`reserved`).
///
/// Always `0 ≤ reserved ≤ on_hand ≤ 2^53 − 1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StockLevel {
    on_hand: i64,
    reserved: i64,
}

impl StockLevel {
    /// Nothing there, nothing promised.
    pub const EMPTY: Self = Self { on_hand: 0, reserved: 0 };

    /// A level as a store kept it.
    ///
    /// # Errors
    /// `invalid_stock` where the counts break the rule above: the stored document is damaged.
    pub fn new(on_hand: i64, reserved: i64) -> Result<Self, Invalid> {
        if 0 <= reserved && reserved <= on_hand && on_hand <= Quantity::MAX {
            Ok(Self { on_hand, reserved })
        } else {
            Err(Invalid::new("invalid_stock", format!("on hand {on_hand} with reserved {reserved}")))
        }
    }

    /// What is physically there.
    pub fn on_hand(self) -> i64 {
        self.on_hand
    }

    /// What is promised to open orders.
    pub fn reserved(self) -> i64 {
        self.reserved
    }

    /// What can still be promised.
    pub fn available(self) -> i64 {
        self.on_hand - self.reserved
    }

    /// The level after an operation, or why it must not happen. Changes nothing itself.
    ///
    /// # Errors
    /// The guard that failed, see [`StockRefusal`].
    pub fn apply(self, op: StockOp) -> Result<Self, StockRefusal> {
        let Self { on_hand, reserved } = self;
        let (on_hand, reserved) = match op {
            StockOp::Reserve(q) => {
                if self.available() < q.get() {
                    return Err(StockRefusal::Short { asked: q.get(), available: self.available() });
                }
                (on_hand, reserved + q.get())
            }
            StockOp::Release(q) => {
                if reserved < q.get() {
                    return Err(StockRefusal::NotReserved { asked: q.get(), reserved });
                }
                (on_hand, reserved - q.get())
            }
            StockOp::Ship(q) => {
                if reserved < q.get() {
                    return Err(StockRefusal::NotReserved { asked: q.get(), reserved });
                }
                (on_hand - q.get(), reserved - q.get())
            }
            StockOp::Return(q) | StockOp::Receive(q) => (on_hand.saturating_add(q.get()), reserved),
            StockOp::Adjust(delta) => {
                let after = on_hand.saturating_add(delta);
                if after < reserved {
                    return Err(StockRefusal::BelowReserved { wanted: after, reserved });
                }
                (after, reserved)
            }
            StockOp::Count { to, expected } => {
                if let Some(expected) = expected.map(Quantity::get).filter(|&e| e != on_hand) {
                    return Err(StockRefusal::Unexpected { expected, on_hand });
                }
                if to.get() < reserved {
                    return Err(StockRefusal::BelowReserved { wanted: to.get(), reserved });
                }
                (to.get(), reserved)
            }
        };
        if on_hand > Quantity::MAX {
            return Err(StockRefusal::TooMuch);
        }
        Ok(Self { on_hand, reserved })
    }
}

/// Something that happens to the stock of one product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StockOp {
    /// Promise to an order. Guard: that much is available.
    Reserve(Quantity),
    /// Take a promise back. Guard: that much is reserved.
    Release(Quantity),
    /// Send out what was promised. Guard: that much is reserved.
    Ship(Quantity),
    /// Put returned goods back.
    Return(Quantity),
    /// Take in a delivery.
    Receive(Quantity),
    /// Correct by a difference. Guard: what is promised stays covered.
    Adjust(i64),
    /// Set to what was counted. Guards: the count before is what the counter believed, if they said;
    /// what is promised stays covered.
    Count {
        /// What was counted.
        to: Quantity,
        /// What the counter believed was on hand (compare-and-set).
        expected: Option<Quantity>,
    },
}

impl StockOp {
    /// The kind of movement this leaves behind.
    pub fn kind(self) -> MovementKind {
        match self {
            Self::Reserve(_) => MovementKind::Reserve,
            Self::Release(_) => MovementKind::Release,
            Self::Ship(_) => MovementKind::Ship,
            Self::Return(_) => MovementKind::Return,
            Self::Receive(_) => MovementKind::Receive,
            Self::Adjust(_) => MovementKind::Adjust,
            Self::Count { .. } => MovementKind::Count,
        }
    }
}

/// Why a stock operation must not happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StockRefusal {
    /// Less is available than was asked for.
    Short {
        /// Asked for.
        asked: i64,
        /// There.
        available: i64,
    },
    /// Less is reserved than should be released or shipped.
    NotReserved {
        /// Asked for.
        asked: i64,
        /// Reserved.
        reserved: i64,
    },
    /// The count would no longer cover what is promised.
    BelowReserved {
        /// The count asked for.
        wanted: i64,
        /// Promised.
        reserved: i64,
    },
    /// Compare-and-set: something else is on hand.
    Unexpected {
        /// What the caller believed.
        expected: i64,
        /// What is there.
        on_hand: i64,
    },
    /// More than 2^53 − 1.
    TooMuch,
}

impl StockRefusal {
    /// The stable code of this refusal.
    pub fn code(self) -> &'static str {
        match self {
            Self::Short { .. } => "insufficient_stock",
            Self::NotReserved { .. } => "not_reserved",
            Self::BelowReserved { .. } => "below_reserved",
            Self::Unexpected { .. } => "stock_changed",
            Self::TooMuch => "stock_too_large",
        }
    }
}

impl fmt::Display for StockRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Short { asked, available } => write!(f, "asked for {asked}, available {available}"),
            Self::NotReserved { asked, reserved } => write!(f, "asked for {asked}, reserved {reserved}"),
            Self::BelowReserved { wanted, reserved } => {
                write!(f, "{wanted} on hand would not cover the {reserved} reserved for open orders")
            }
            Self::Unexpected { expected, on_hand } => {
                write!(f, "expected {expected} on hand, found {on_hand}")
            }
            Self::TooMuch => write!(f, "more than {} on hand", Quantity::MAX),
        }
    }
}

//! Stock: what may happen to it, and the record of what did.
//!
//! [`StockLevel::apply`] is the one place where a stock operation is decided. Both stores call it inside
//! the transaction that writes the result, so no caller ever decides from counts that may have moved.

use std::fmt;

use super::actor::Actor;
use super::clock::Timestamp;
use super::id::{OrderId, ProductId};
use super::invalid::Invalid;
use super::number::{Quantity, Version};
use super::sku::Sku;
use super::text::{Reason, Reference, SearchText};
use super::words::words;

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

/// The stock of one product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockItem {
    /// Of which product; unique.
    pub product_id: ProductId,
    /// Its SKU, kept equal to the product's.
    pub sku: Sku,
    /// Counts the writes.
    pub version: Version,
    /// When stock was first kept.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The counts.
    pub level: StockLevel,
    /// Warn at or below this much available.
    pub low_stock_at: Option<Quantity>,
    /// `seq` of the last movement; 0 when there is none.
    pub seq: i64,
}

impl StockItem {
    /// A record of no stock, ready for its first operation. `last_seq` is the last movement's number where the
    /// product had a record before.
    pub fn empty(product_id: ProductId, sku: Sku, at: Timestamp, last_seq: i64) -> Self {
        Self {
            product_id,
            sku,
            version: Version::FIRST,
            created_at: at,
            updated_at: at,
            level: StockLevel::EMPTY,
            low_stock_at: None,
            seq: last_seq,
        }
    }

    /// This record after an operation, and the movement that tells of it. The version is left to the caller: one write may
    /// hold several operations.
    ///
    /// # Errors
    /// The guard that failed.
    pub fn apply(&self, op: StockOp, context: &MovementContext) -> Result<(Self, Movement), StockRefusal> {
        let level = self.level.apply(op)?;
        let seq = self.seq + 1;
        let movement = Movement {
            product_id: self.product_id,
            seq,
            kind: op.kind(),
            on_hand_delta: level.on_hand() - self.level.on_hand(),
            reserved_delta: level.reserved() - self.level.reserved(),
            on_hand_after: level.on_hand(),
            reserved_after: level.reserved(),
            order_id: context.order_id,
            reason: context.reason.clone(),
            reference: context.reference.clone(),
            actor: context.actor.clone(),
            at: context.at,
        };
        Ok((Self { level, seq, updated_at: context.at, ..self.clone() }, movement))
    }
}

words! {
    /// What kind of change a movement records.
    MovementKind, "invalid_kind", "kind of movement" {
        /// A delivery came in.
        Receive = "receive",
        /// Promised to an order.
        Reserve = "reserve",
        /// A promise taken back.
        Release = "release",
        /// Sent out.
        Ship = "ship",
        /// Came back and was put on the shelf.
        Return = "return",
        /// Corrected by a difference.
        Adjust = "adjust",
        /// Set to what was counted.
        Count = "count",
    }
}

/// Who changed stock, when and why: what every movement of one step shares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovementContext {
    /// Who.
    pub actor: Actor,
    /// When.
    pub at: Timestamp,
    /// For which order.
    pub order_id: Option<OrderId>,
    /// Why.
    pub reason: Option<Reason>,
    /// Another system's name for it.
    pub reference: Option<Reference>,
}

/// One change of one product's stock. Written once, never changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// Of which product.
    pub product_id: ProductId,
    /// 1, 2, 3 … per product, without a gap.
    pub seq: i64,
    /// What kind.
    pub kind: MovementKind,
    /// Change of what is there.
    pub on_hand_delta: i64,
    /// Change of what is promised.
    pub reserved_delta: i64,
    /// What is there afterwards.
    pub on_hand_after: i64,
    /// What is promised afterwards.
    pub reserved_after: i64,
    /// For which order.
    pub order_id: Option<OrderId>,
    /// Why.
    pub reason: Option<Reason>,
    /// Another system's name for it.
    pub reference: Option<Reference>,
    /// Who.
    pub actor: Actor,
    /// When.
    pub at: Timestamp,
}

/// An operation on the stock of a named product, as an order's step needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockEffect {
    /// Of which product.
    pub product_id: ProductId,
    /// Its SKU, for error texts.
    pub sku: Sku,
    /// What happens.
    pub op: StockOp,
}

/// A product of which an order wants more than is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortage {
    /// Of which product.
    pub product_id: ProductId,
    /// Its SKU.
    pub sku: Sku,
    /// Asked for, over all lines.
    pub asked: i64,
    /// There.
    pub available: i64,
}

/// Which stock records to list; everything given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StockFilter {
    /// Less available than this.
    pub below: Option<i64>,
    /// Available at or below the record's own `low_stock_at`.
    pub low: bool,
    /// With this text in the SKU.
    pub query: Option<SearchText>,
    /// Created at or after.
    pub created_after: Option<Timestamp>,
    /// Created before.
    pub created_before: Option<Timestamp>,
}

words! {
    /// What stock records can be sorted by. Ties are broken by product id.
    StockSort, "invalid_sort", "field to sort inventory by" {
        /// Product id.
        Id = "id",
        /// Time of the first record.
        CreatedAt = "created_at",
        /// Time of the last change.
        UpdatedAt = "updated_at",
        /// Normalised SKU.
        Sku = "sku",
        /// What is there.
        OnHand = "on_hand",
        /// What is promised.
        Reserved = "reserved",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn q(count: i64) -> Quantity {
        Quantity::new(count).unwrap()
    }

    fn level(on_hand: i64, reserved: i64) -> StockLevel {
        StockLevel::new(on_hand, reserved).unwrap()
    }

    #[test]
    fn each_operation_changes_what_the_table_says() {
        let before = level(10, 4);
        for (op, after) in [
            (StockOp::Reserve(q(6)), level(10, 10)),
            (StockOp::Release(q(4)), level(10, 0)),
            (StockOp::Ship(q(4)), level(6, 0)),
            (StockOp::Return(q(1)), level(11, 4)),
            (StockOp::Receive(q(5)), level(15, 4)),
            (StockOp::Adjust(-6), level(4, 4)),
            (StockOp::Adjust(2), level(12, 4)),
            (StockOp::Count { to: q(4), expected: Some(q(10)) }, level(4, 4)),
        ] {
            assert_eq!(before.apply(op), Ok(after), "{op:?}");
        }
    }

    #[test]
    fn each_guard_refuses_with_its_reason() {
        let before = level(10, 4);
        for (op, refusal) in [
            (StockOp::Reserve(q(7)), StockRefusal::Short { asked: 7, available: 6 }),
            (StockOp::Release(q(5)), StockRefusal::NotReserved { asked: 5, reserved: 4 }),
            (StockOp::Ship(q(5)), StockRefusal::NotReserved { asked: 5, reserved: 4 }),
            (StockOp::Adjust(-7), StockRefusal::BelowReserved { wanted: 3, reserved: 4 }),
            (StockOp::Adjust(i64::MIN), StockRefusal::BelowReserved { wanted: i64::MIN + 10, reserved: 4 }),
            (
                StockOp::Count { to: q(3), expected: None },
                StockRefusal::BelowReserved { wanted: 3, reserved: 4 },
            ),
            (
                StockOp::Count { to: q(9), expected: Some(q(11)) },
                StockRefusal::Unexpected { expected: 11, on_hand: 10 },
            ),
            (StockOp::Receive(q(Quantity::MAX)), StockRefusal::TooMuch),
            (StockOp::Adjust(i64::MAX), StockRefusal::TooMuch),
        ] {
            assert_eq!(before.apply(op), Err(refusal), "{op:?}");
        }
    }

    fn any_op() -> impl Strategy<Value = StockOp> {
        let count = 0_i64..20;
        prop_oneof![
            count.clone().prop_map(|n| StockOp::Reserve(q(n))),
            count.clone().prop_map(|n| StockOp::Release(q(n))),
            count.clone().prop_map(|n| StockOp::Ship(q(n))),
            count.clone().prop_map(|n| StockOp::Return(q(n))),
            count.clone().prop_map(|n| StockOp::Receive(q(n))),
            (-20_i64..20).prop_map(StockOp::Adjust),
            (count.clone(), proptest::option::of(count))
                .prop_map(|(to, e)| StockOp::Count { to: q(to), expected: e.map(q) }),
        ]
    }

    proptest! {
        #[test]
        fn whatever_happens_the_counts_stay_sound_and_equal_the_movements(ops in prop::collection::vec(any_op(), 0..60)) {
            let at = Timestamp::from_millis(0).unwrap();
            let id = ProductId::from_uuid(uuid::Uuid::nil());
            let context = MovementContext { actor: Actor::system(), at, order_id: None, reason: None, reference: None };
            let mut item = StockItem::empty(id, "A".parse().unwrap(), at, 0);
            let (mut on_hand, mut reserved) = (0, 0);
            for op in ops {
                let Ok((next, movement)) = item.apply(op, &context) else { continue };
                on_hand += movement.on_hand_delta;
                reserved += movement.reserved_delta;
                prop_assert_eq!(movement.seq, item.seq + 1);
                prop_assert!(StockLevel::new(next.level.on_hand(), next.level.reserved()).is_ok());
                prop_assert_eq!((next.level.on_hand(), next.level.reserved()), (on_hand, reserved));
                prop_assert_eq!((movement.on_hand_after, movement.reserved_after), (on_hand, reserved));
                item = next;
            }
        }
    }
}

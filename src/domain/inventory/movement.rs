//! The record of what happened.

use crate::domain::actor::Actor;
use crate::domain::clock::Timestamp;
use crate::domain::id::{OrderId, ProductId};
use crate::domain::text::{Reason, Reference};
use crate::domain::words::words;

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

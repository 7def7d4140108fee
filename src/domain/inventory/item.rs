//! The stock of one product.

use super::{Movement, MovementContext, StockLevel, StockOp, StockRefusal};
use crate::domain::clock::Timestamp;
use crate::domain::id::ProductId;
use crate::domain::number::{Quantity, Version};
use crate::domain::sku::Sku;

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

    /// Whether so little is available that somebody wants to know.
    pub fn is_low(&self) -> bool {
        self.low_stock_at.is_some_and(|threshold| self.level.available() <= threshold.get())
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

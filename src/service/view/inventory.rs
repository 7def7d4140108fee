//! Stock and movements as shown.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::inventory::{Movement, StockItem};

/// The stock of one product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Stock)]
pub struct StockView {
    /// Of which product.
    #[schema(example = "prd_01h455vb4pex5vsknk084sn02q")]
    pub product_id: String,
    /// Its SKU.
    #[schema(example = "MUG-BLUE")]
    pub sku: String,
    /// What is physically there.
    #[schema(example = 10)]
    pub on_hand: i64,
    /// What is promised to open orders.
    #[schema(example = 4)]
    pub reserved: i64,
    /// What can still be promised: `on_hand − reserved`.
    #[schema(example = 6)]
    pub available: i64,
    /// Warn at or below this much available.
    pub low_stock_at: Option<i64>,
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

impl From<&StockItem> for StockView {
    fn from(item: &StockItem) -> Self {
        Self {
            product_id: item.product_id.to_string(),
            sku: item.sku.to_string(),
            on_hand: item.level.on_hand(),
            reserved: item.level.reserved(),
            available: item.level.available(),
            low_stock_at: item.low_stock_at.map(crate::domain::number::Quantity::get),
            version: item.version.get(),
            created_at: item.created_at.to_string(),
            updated_at: item.updated_at.to_string(),
        }
    }
}

/// One change of one product's stock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Movement)]
pub struct MovementView {
    /// 1, 2, 3 … per product, without a gap.
    #[schema(example = 1)]
    pub seq: i64,
    /// RFC 3339, UTC, milliseconds.
    #[schema(format = DateTime)]
    pub at: String,
    /// `receive`, `reserve`, `release`, `ship`, `return`, `adjust` or `count`.
    #[schema(example = "receive")]
    pub kind: String,
    /// Change of what is there.
    #[schema(example = 10)]
    pub on_hand_delta: i64,
    /// Change of what is promised.
    #[schema(example = 0)]
    pub reserved_delta: i64,
    /// What is there afterwards.
    #[schema(example = 10)]
    pub on_hand_after: i64,
    /// What is promised afterwards.
    #[schema(example = 0)]
    pub reserved_after: i64,
    /// For which order.
    pub order_id: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Another system's name for it.
    pub reference: Option<String>,
    /// Who: a user's id, `cli:<login>`, `sweep` or `system`.
    #[schema(example = "cli:ada")]
    pub actor: String,
    /// Of which product.
    pub product_id: String,
}

impl From<&Movement> for MovementView {
    fn from(movement: &Movement) -> Self {
        Self {
            seq: movement.seq,
            at: movement.at.to_string(),
            kind: movement.kind.as_str().to_owned(),
            on_hand_delta: movement.on_hand_delta,
            reserved_delta: movement.reserved_delta,
            on_hand_after: movement.on_hand_after,
            reserved_after: movement.reserved_after,
            order_id: movement.order_id.map(|id| id.to_string()),
            reason: movement.reason.as_ref().map(ToString::to_string),
            reference: movement.reference.as_ref().map(ToString::to_string),
            actor: movement.actor.to_string(),
            product_id: movement.product_id.to_string(),
        }
    }
}

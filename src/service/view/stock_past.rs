//! Stock as it was, as shown.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::clock::Timestamp;
use crate::domain::inventory::Movement;
use crate::domain::product::Product;

/// The stock of one product as it was at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PastStock)]
pub struct PastStockView {
    /// Of which product.
    #[schema(example = "prd_01h455vb4pex5vsknk084sn02q")]
    pub product_id: String,
    /// Its SKU now.
    #[schema(example = "MUG-BLUE")]
    pub sku: String,
    /// The moment that was asked for: RFC 3339, UTC, milliseconds.
    #[schema(format = DateTime)]
    pub at: String,
    /// What was physically there.
    #[schema(example = 10)]
    pub on_hand: i64,
    /// What was promised to open orders.
    #[schema(example = 4)]
    pub reserved: i64,
    /// What could still be promised: `on_hand − reserved`.
    #[schema(example = 6)]
    pub available: i64,
    /// Number of the last movement until then; 0 before the first.
    #[schema(example = 17)]
    pub seq: i64,
    /// When that was.
    pub moved_at: Option<String>,
}

impl PastStockView {
    /// From the last movement at or before the moment.
    pub(in crate::service) fn new(product: &Product, at: Timestamp, last: Option<&Movement>) -> Self {
        let (on_hand, reserved) = last.map_or((0, 0), |last| (last.on_hand_after, last.reserved_after));
        Self {
            product_id: product.id.to_string(),
            sku: product.sku.to_string(),
            at: at.to_string(),
            on_hand,
            reserved,
            available: on_hand - reserved,
            seq: last.map_or(0, |last| last.seq),
            moved_at: last.map(|last| last.at.to_string()),
        }
    }
}

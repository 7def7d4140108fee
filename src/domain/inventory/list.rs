//! Which stock to list, and in which order.

use crate::domain::clock::Timestamp;
use crate::domain::text::SearchText;
use crate::domain::words::words;

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

words! {
    /// What movements can be sorted by.
    MovementSort, "invalid_sort", "field to sort movements by" {
        /// Their number.
        Seq = "seq",
    }
}

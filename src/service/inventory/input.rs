//! What is written of stock, and reading it.

use crate::domain::inventory::{StockFilter, StockItem, StockSort};
use crate::domain::page::{Position, SortValue};
use crate::service::error::Result;
use crate::service::fields::Fields;
use crate::service::page::PageInput;
use crate::service::patch::Patch;

/// What is said along with a change of stock, as written.
#[derive(Debug, Clone, Default)]
pub struct StockNote {
    /// Why.
    pub reason: Option<String>,
    /// Another system's name for it: a delivery note.
    pub reference: Option<String>,
    /// The new threshold to warn at.
    pub low_stock_at: Patch<i64>,
}

/// Which stock to list, as written.
#[derive(Debug, Clone, Default)]
pub struct StockQuery {
    /// Less available than this.
    pub below: Option<i64>,
    /// Nothing available.
    pub out_of_stock: bool,
    /// At or below the record's own threshold.
    pub low: bool,
    /// With this text in the SKU.
    pub query: Option<String>,
    /// Kept since this moment or later.
    pub created_after: Option<String>,
    /// Kept since before this moment.
    pub created_before: Option<String>,
    /// Which part.
    pub page: PageInput,
}

/// Which stock to list.
pub(super) fn filter(query: &StockQuery) -> Result<StockFilter> {
    let mut fields = Fields::new();
    let text = fields.optional("/q", query.query.as_deref());
    let after = fields.optional("/created_after", query.created_after.as_deref());
    let before = fields.optional("/created_before", query.created_before.as_deref());
    let (Some(text), Some(created_after), Some(created_before)) = (text, after, before) else {
        return Err(fields.into_error());
    };
    let below = match (query.below, query.out_of_stock) {
        (below, true) => Some(below.unwrap_or(1).min(1)),
        (below, false) => below,
    };
    Ok(StockFilter { below, low: query.low, query: text, created_after, created_before })
}

/// Where a row stands in a list sorted like this.
pub(super) fn position(item: &StockItem, sort: StockSort) -> Position {
    let value = match sort {
        StockSort::Id => SortValue::Text(item.product_id.to_string()),
        StockSort::CreatedAt => SortValue::Int(item.created_at.as_millis()),
        StockSort::UpdatedAt => SortValue::Int(item.updated_at.as_millis()),
        StockSort::Sku => SortValue::Text(item.sku.norm().to_owned()),
        StockSort::OnHand => SortValue::Int(item.level.on_hand()),
        StockSort::Reserved => SortValue::Int(item.level.reserved()),
    };
    Position { value, id: item.product_id.to_string() }
}

//! What is written of stock, and reading it.

use crate::domain::invalid::Invalid;
use crate::domain::inventory::{StockFilter, StockItem, StockOp, StockSort};
use crate::domain::number::Quantity;
use crate::domain::page::{Position, SortValue};
use crate::domain::text::{Reason, Reference};
use crate::service::error::{Problem, Result};
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

/// The same, parsed.
pub(super) struct Note {
    pub(super) reason: Option<Reason>,
    pub(super) reference: Option<Reference>,
    pub(super) low_stock_at: Patch<Quantity>,
}

impl StockNote {
    /// `None` where a problem was noted.
    pub(super) fn parse(&self, fields: &mut Fields) -> Option<Note> {
        let reason = fields.optional("/reason", self.reason.as_deref());
        let reference = fields.optional("/reference", self.reference.as_deref());
        let low_stock_at = match self.low_stock_at {
            Patch::Keep => Some(Patch::Keep),
            Patch::Clear => Some(Patch::Clear),
            Patch::Set(count) => fields.check("/low_stock_at", Quantity::new(count)).map(Patch::Set),
        };
        Some(Note { reason: reason?, reference: reference?, low_stock_at: low_stock_at? })
    }
}

/// What is wrong with a count, whatever is in stock.
pub fn count_problems(quantity: i64, expected: Option<i64>, note: &StockNote) -> Vec<Problem> {
    let mut fields = Fields::new();
    count(&mut fields, quantity, expected, note);
    fields.into_problems()
}

/// What is wrong with a correction, whatever is in stock.
pub fn correction_problems(delta: i64, note: &StockNote) -> Vec<Problem> {
    let mut fields = Fields::new();
    correction(&mut fields, delta, note);
    fields.into_problems()
}

/// What was counted, and what was before if that is said. `None` where a problem was noted.
pub(super) fn count(
    fields: &mut Fields,
    quantity: i64,
    expected: Option<i64>,
    note: &StockNote,
) -> Option<(StockOp, Note)> {
    let to = fields.check("/quantity", Quantity::new(quantity));
    let expected = match expected {
        None => Some(None),
        Some(expected) => fields.check("/expected", Quantity::new(expected)).map(Some),
    };
    let note = note.parse(fields);
    Some((StockOp::Count { to: to?, expected: expected? }, note?))
}

/// A difference with its reason, which is needed. `None` where a problem was noted.
pub(super) fn correction(fields: &mut Fields, delta: i64, note: &StockNote) -> Option<(StockOp, Note)> {
    let sound = delta != 0 && delta.unsigned_abs() <= Quantity::MAX.unsigned_abs();
    if !sound {
        let detail = format!("{delta} is not a difference from 1 to {} or its negative", Quantity::MAX);
        fields.problem("/delta", Invalid::new("invalid_delta", detail));
    }
    let named = note.reason.is_some();
    if !named {
        fields.problem("/reason", Invalid::new("reason_missing", "a correction of stock needs a reason"));
    }
    note.parse(fields).filter(|_| sound && named).map(|note| (StockOp::Adjust(delta), note))
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

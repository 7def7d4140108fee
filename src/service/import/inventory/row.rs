//! What a record says of stock.

use crate::domain::invalid::Invalid;
use crate::domain::key::ProductKey;
use crate::domain::number::{Quantity, whole_number};
use crate::domain::text::Reason;
use crate::files::Record;
use crate::service::error::Problem;
use crate::service::fields::Fields;
use crate::service::import::cells::{parsed, patch, pointer, some};
use crate::service::patch::Patch;

/// What a record says of a product's stock.
pub(in crate::service::import) struct StockRow {
    pub(super) key: ProductKey,
    /// The key in the form in which it is unique.
    pub(super) norm: String,
    pub(super) said: Said,
    pub(super) low_stock_at: Patch<Quantity>,
    pub(super) reason: Option<Reason>,
}

/// What a row says of what is on hand.
#[derive(Debug, Clone, Copy)]
pub(super) enum Said {
    /// Nothing.
    Nothing,
    /// So much is there, where so much was before.
    Count(Quantity, Option<Quantity>),
    /// So much more or less, where so much was before.
    Delta(i64, Option<Quantity>),
    /// So much is expected to be there, and stays.
    Expected(Quantity),
}

/// Reads a record.
pub(super) fn read(record: &Record) -> Result<StockRow, Vec<Problem>> {
    let mut fields = Fields::new();
    let (mut sku, mut id, mut low_stock_at, mut reason) = (None, None, Patch::Keep, None);
    let (mut on_hand, mut delta, mut expected) = (None, None, None);
    for cell in &record.cells {
        match &*cell.field {
            "sku" => sku = parsed(&mut fields, cell),
            "product_id" => id = parsed(&mut fields, cell),
            "on_hand" => on_hand = parsed::<Quantity>(&mut fields, cell),
            "expected" => expected = parsed::<Quantity>(&mut fields, cell),
            "delta" => {
                let text = some(&mut fields, cell);
                delta = text.and_then(|text| fields.check("/delta", difference(text)));
            }
            "low_stock_at" => low_stock_at = patch(&mut fields, cell),
            "reason" => reason = parsed(&mut fields, cell),
            // These follow from orders, and from what is written.
            "reserved" | "available" | "version" | "created_at" | "updated_at" => {}
            _ => fields.problem(pointer(cell), Invalid::new("unknown_member", "stock has no such field")),
        }
    }
    let said = match (on_hand, delta, expected) {
        (Some(_), Some(_), _) => {
            let detail = "a row says either what is on hand or by how much it differs, not both";
            fields.problem("/delta", Invalid::new("conflicting_members", detail));
            Said::Nothing
        }
        (Some(to), None, expected) => Said::Count(to, expected),
        (None, Some(delta), expected) => Said::Delta(delta, expected),
        (None, None, Some(expected)) => Said::Expected(expected),
        (None, None, None) => Said::Nothing,
    };
    if fields.is_sound() && matches!(said, Said::Nothing) && low_stock_at.is_keep() {
        let detail = "a row of stock needs on_hand, delta, expected or low_stock_at";
        fields.problem("/on_hand", Invalid::new("missing_member", detail));
    }
    // The SKU is what people read; the id is for files without one.
    let key = sku.map(ProductKey::Sku).or(id.map(ProductKey::Id));
    if key.is_none() && fields.is_sound() {
        fields.problem("/sku", Invalid::new("missing_member", "\"sku\" is missing"));
    }
    match key {
        Some(key) if fields.is_sound() => {
            let norm = match &key {
                ProductKey::Sku(sku) => sku.norm().to_owned(),
                ProductKey::Id(id) => id.to_string(),
            };
            Ok(StockRow { key, norm, said, low_stock_at, reason })
        }
        _ => Err(fields.into_problems()),
    }
}

/// `5`, `+5` or `-5`.
fn difference(text: &str) -> Result<i64, Invalid> {
    let delta = whole_number(text, "invalid_delta")?;
    if delta.unsigned_abs() > Quantity::MAX.unsigned_abs() {
        let detail = format!("{delta} is not a difference of at most {}", Quantity::MAX);
        return Err(Invalid::new("invalid_delta", detail));
    }
    Ok(delta)
}

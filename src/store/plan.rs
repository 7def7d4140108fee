//! Decisions that both back ends make inside their transactions, from what they read there.

use std::collections::BTreeMap;

use super::{Presence, Result, StockChange, StoreError, Unique};
use crate::domain::id::ProductId;
use crate::domain::inventory::{
    Movement, MovementContext, Shortage, StockEffect, StockItem, StockOp, StockRefusal,
};
use crate::domain::number::Version;
use crate::domain::product::Product;
use crate::domain::sku::Sku;

/// A stock record as a transaction found it, or an empty one where there was none.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// The record.
    pub(super) item: StockItem,
    /// Whether it is stored already.
    pub(super) stored: bool,
}

/// A stock record to write.
#[derive(Debug, Clone)]
pub(super) struct StockWrite {
    /// The record afterwards.
    pub(super) item: StockItem,
    /// The version it replaces; `None` inserts it.
    pub(super) replaces: Option<Version>,
    /// What tells of it; none when only the threshold changed.
    pub(super) movement: Option<Movement>,
}

/// What a [`StockChange`] comes to.
#[derive(Debug, Clone)]
pub(super) enum Decision {
    /// Nothing is to be written.
    Unchanged(StockItem),
    /// This is.
    Write(StockWrite),
}

/// Decides a change of stock.
///
/// `sku` is the product's, `None` when the product is gone; `last_seq` that of its last movement (only used where there is no
/// record).
pub(super) fn decide_change(
    change: &StockChange,
    sku: Option<&Sku>,
    current: Option<StockItem>,
    last_seq: i64,
) -> Result<Decision> {
    let (found, stored) = match (current, sku, change.presence) {
        (Some(_), _, Presence::Absent) => return Err(StoreError::Duplicate(Unique::StockRecord)),
        (None, _, Presence::Present) | (None, None, _) => return Err(StoreError::Stale { current: None }),
        (Some(item), _, _) => (item, true),
        (None, Some(sku), _) => {
            (StockItem::empty(change.product_id, sku.clone(), change.context.at, last_seq), false)
        }
    };
    if let Some(expected) = change.if_version {
        let current = stored.then_some(found.version);
        if current != Some(expected) {
            return Err(StoreError::Stale { current });
        }
    }
    // Saying what is true already is no event: an import that runs twice writes nothing the second time. Its guards count
    // all the same.
    let op = match change.op {
        Some(op @ StockOp::Count { to, .. }) if stored && to.get() == found.level.on_hand() => {
            found.level.apply(op).map_err(|refusal| refused(&found.sku, refusal))?;
            None
        }
        op => op,
    };
    let threshold = change.low_stock_at.filter(|&threshold| threshold != found.low_stock_at);
    if stored && op.is_none() && threshold.is_none() {
        return Ok(Decision::Unchanged(found));
    }
    let (mut item, movement) = match op {
        Some(op) => {
            let (item, movement) =
                found.apply(op, &change.context).map_err(|refusal| refused(&found.sku, refusal))?;
            (item, Some(movement))
        }
        None => (StockItem { updated_at: change.context.at, ..found.clone() }, None),
    };
    item.low_stock_at = threshold.unwrap_or(item.low_stock_at);
    let replaces = stored.then_some(found.version);
    item.version = replaces.map_or(Version::FIRST, Version::next);
    Ok(Decision::Write(StockWrite { item, replaces, movement }))
}

/// Decides the first stock of a new product. Its id is new, so nothing of it can have moved before.
pub(super) fn decide_opening(
    product: &Product,
    (op, context): &(StockOp, MovementContext),
) -> Result<StockWrite> {
    let empty = StockItem::empty(product.id, product.sku.clone(), context.at, 0);
    let done = empty.apply(*op, context).map_err(|refusal| refused(&product.sku, refusal))?;
    Ok(written(&Found { item: empty, stored: false }, done))
}

/// Decides the stock effects of an order's step, all or none, one after the other.
///
/// `found` holds a record for every product of `effects`. A shortage does not stop the look at the rest: the refusal
/// names every product that is short.
pub(super) fn decide_effects(
    effects: &[StockEffect],
    found: &BTreeMap<ProductId, Found>,
    context: &MovementContext,
) -> Result<Vec<StockWrite>> {
    decide_covered(effects, found, context, false)
}

/// The same. With `cover`, what is missing for a reservation is first put on hand, by an `adjust` movement that says why.
pub(super) fn decide_covered(
    effects: &[StockEffect],
    found: &BTreeMap<ProductId, Found>,
    context: &MovementContext,
    cover: bool,
) -> Result<Vec<StockWrite>> {
    let mut writes: Vec<StockWrite> = Vec::with_capacity(effects.len());
    let mut short = Vec::new();
    for effect in effects {
        let Some(found) = found.get(&effect.product_id) else {
            return Err(StoreError::Internal(format!("no stock was read for product {}", effect.product_id)));
        };
        // What an earlier effect has left, where one touched the product.
        let left = writes.iter().rev().find(|write| write.item.product_id == effect.product_id);
        let mut now =
            left.map_or_else(|| found.clone(), |write| Found { item: write.item.clone(), stored: true });
        if cover
            && let StockOp::Reserve(asked) = effect.op
            && now.item.level.available() < asked.get()
        {
            let missing = StockOp::Adjust(asked.get() - now.item.level.available());
            let because = MovementContext { reason: COVER.parse().ok(), ..context.clone() };
            let covered =
                now.item.apply(missing, &because).map_err(|refusal| refused(&effect.sku, refusal))?;
            let write = written(&now, covered);
            now = Found { item: write.item.clone(), stored: true };
            writes.push(write);
        }
        match now.item.apply(effect.op, context) {
            Ok(done) => writes.push(written(&now, done)),
            Err(StockRefusal::Short { asked, available }) => short.push(Shortage {
                product_id: effect.product_id,
                sku: effect.sku.clone(),
                asked,
                available,
            }),
            Err(refusal) => return Err(refused(&effect.sku, refusal)),
        }
    }
    if short.is_empty() { Ok(writes) } else { Err(StoreError::Short(short)) }
}

/// Why stock is put on hand that nobody has seen.
const COVER: &str = "missing for an order that was imported with --stock force";

/// What a decided operation writes over what was found.
fn written(found: &Found, (after, movement): (StockItem, Movement)) -> StockWrite {
    let replaces = found.stored.then_some(found.item.version);
    let version = replaces.map_or(Version::FIRST, Version::next);
    StockWrite { item: StockItem { version, ..after }, replaces, movement: Some(movement) }
}

/// Decides the removal of a stock record: the movement that writes it down to 0, if anything is on hand.
pub(super) fn decide_removal(item: &StockItem, context: &MovementContext) -> Result<Option<Movement>> {
    if item.level.reserved() > 0 {
        let pieces = item.level.reserved();
        return Err(StoreError::Referenced(format!("open orders that reserve {pieces} of it")));
    }
    if item.level.on_hand() == 0 {
        return Ok(None);
    }
    let write_off = StockOp::Adjust(-item.level.on_hand());
    let (_, movement) = item.apply(write_off, context).map_err(|refusal| refused(&item.sku, refusal))?;
    Ok(Some(movement))
}

fn refused(sku: &Sku, refusal: StockRefusal) -> StoreError {
    StoreError::Refused { sku: sku.clone(), refusal }
}

//! What earlier rows of a file would leave of stock, while nothing is written.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::domain::id::ProductId;
use crate::domain::inventory::{Shortage, StockEffect, StockItem, StockOp};

/// What is available of products, as far as rows have asked for them. A number for each product of the file.
#[derive(Default)]
pub(super) struct Rehearsal(Mutex<Option<HashMap<ProductId, i64>>>);

impl Rehearsal {
    fn state(&self) -> MutexGuard<'_, Option<HashMap<ProductId, i64>>> {
        // Nothing that could panic runs under the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins anew, or ends.
    pub(super) fn begin(&self, rehearses: bool) {
        *self.state() = rehearses.then(HashMap::new);
    }

    /// Whether a pass is under way that writes nothing.
    pub(super) fn is_on(&self) -> bool {
        self.state().is_some()
    }

    /// Of which of these products it is not known yet what is available.
    pub(super) fn unknown(&self, effects: &[StockEffect]) -> Vec<ProductId> {
        let state = self.state();
        let Some(available) = state.as_ref() else { return Vec::new() };
        effects.iter().map(|effect| effect.product_id).filter(|id| !available.contains_key(id)).collect()
    }

    /// Takes in what the store holds of products.
    pub(super) fn learn(&self, asked: &[ProductId], found: &[StockItem]) {
        let mut state = self.state();
        let Some(available) = state.as_mut() else { return };
        for id in asked {
            available.entry(*id).or_insert(0);
        }
        for item in found {
            available.insert(item.product_id, item.level.available());
        }
    }

    /// Does what a row does, all or none; every product that is short is named. With `cover` none ever is.
    pub(super) fn apply(&self, effects: &[StockEffect], cover: bool) -> Result<(), Vec<Shortage>> {
        let mut state = self.state();
        let Some(available) = state.as_mut() else { return Ok(()) };
        let mut after: HashMap<ProductId, i64> = HashMap::new();
        let mut short = Vec::new();
        for effect in effects {
            let id = effect.product_id;
            let left = after.get(&id).or(available.get(&id)).copied().unwrap_or_default();
            let left = match effect.op {
                StockOp::Reserve(asked) if left < asked.get() => {
                    if !cover {
                        let sku = effect.sku.clone();
                        short.push(Shortage { product_id: id, sku, asked: asked.get(), available: left });
                    }
                    0
                }
                StockOp::Reserve(asked) => left - asked.get(),
                StockOp::Release(back) | StockOp::Return(back) | StockOp::Receive(back) => left + back.get(),
                // What is sent was reserved; the others are no steps of an order.
                StockOp::Ship(_) | StockOp::Adjust(_) | StockOp::Count { .. } => left,
            };
            after.insert(id, left);
        }
        if !short.is_empty() {
            return Err(short);
        }
        available.extend(after);
        Ok(())
    }
}

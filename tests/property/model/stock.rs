//! Stock: every change is a movement.

use super::{Code, Model, Movement, Product, Stock, expect};
use crate::property::command::{Guess, Low, MOST, StockDo};

impl Model {
    /// Moves stock of a product, whose record is made where it is missing.
    pub(super) fn moved(
        &mut self,
        product: usize,
        kind: &'static str,
        delta: (i64, i64),
        order: Option<usize>,
    ) -> Result<(), Code> {
        let now = self.now;
        let Some(product) = self.products[product].as_mut() else { return Err("product_not_found") };
        let before = product.stock.as_ref().map_or((0, 0), |stock| (stock.on_hand, stock.reserved));
        let after = (before.0.saturating_add(delta.0), before.1 + delta.1);
        if after.0 < after.1 {
            return Err(if kind == "reserve" { "insufficient_stock" } else { "below_reserved" });
        }
        if after.0 > MOST {
            return Err("stock_too_large");
        }
        product.movements.push(Movement { kind, delta, after, order, at: now });
        let stock = record(product, now);
        (stock.on_hand, stock.reserved) = after;
        (stock.seq, stock.updated) = (stock.seq + 1, now);
        stock.version += 1;
        Ok(())
    }

    pub(super) fn change_stock(&mut self, sku: &str, change: &StockDo, version: Guess) -> Result<(), Code> {
        let (index, product) = self.product(sku)?;
        match (&product.stock, change, version) {
            (Some(_), StockDo::Create(_), _) => return Err("stock_exists"),
            (Some(stock), _, _) => expect(version, stock.version)?,
            (None, _, Guess::Is(_)) => return Err("stock_not_found"),
            (None, _, _) => {}
        }
        let stored = product.stock.clone();
        let on_hand = stored.as_ref().map_or(0, |stock| stock.on_hand);
        let low = match change {
            StockDo::Create(to) => {
                self.moved(index, "count", (*to, 0), None)?;
                Low::Keep
            }
            StockDo::Set { expected: Guess::Is(expected), .. } if *expected != on_hand => {
                return Err("stock_changed");
            }
            StockDo::Set { to, low, .. } => {
                // What is so already is no event.
                if stored.is_none() || *to != on_hand {
                    self.moved(index, "count", (to - on_hand, 0), None)?;
                }
                *low
            }
            StockDo::Adjust(delta) => {
                self.moved(index, "adjust", (*delta, 0), None)?;
                Low::Keep
            }
            StockDo::Receive { quantity, low } => {
                self.moved(index, "receive", (*quantity, 0), None)?;
                *low
            }
        };
        self.warn_at(index, low, stored.as_ref());
        Ok(())
    }

    /// Changes the threshold in the same write as the counts.
    fn warn_at(&mut self, product: usize, low: Low, before: Option<&Stock>) {
        let now = self.now;
        let Some(stock) = self.products[product].as_mut().and_then(|product| product.stock.as_mut()) else {
            return;
        };
        let wanted = match low {
            Low::Keep => stock.low,
            Low::Clear => None,
            Low::Set(count) => Some(count),
        };
        if wanted != stock.low {
            stock.low = wanted;
            stock.version = before.map_or(1, |before| before.version + 1);
            stock.updated = now;
        }
    }

    pub(super) fn delete_stock(&mut self, sku: &str, version: Guess) -> Result<(), Code> {
        let (index, product) = self.product(sku)?;
        let stock = product.stock.as_ref().ok_or("stock_not_found")?;
        expect(version, stock.version)?;
        if stock.reserved > 0 {
            return Err("still_referenced");
        }
        let on_hand = stock.on_hand;
        if on_hand > 0 {
            self.moved(index, "adjust", (-on_hand, 0), None)?;
        }
        self.products[index].as_mut().ok_or("product_not_found")?.stock = None;
        Ok(())
    }
}

/// Refuses what is no change of stock.
pub(super) fn sensible(change: &StockDo) -> Result<(), Code> {
    match change {
        StockDo::Receive { quantity: 0, .. } => Err("invalid_quantity"),
        StockDo::Adjust(0) => Err("invalid_delta"),
        _ => Ok(()),
    }
}

/// The stock record of a product; a new one, which no write has counted yet, continues the numbers of the old.
fn record(product: &mut Product, now: i64) -> &mut Stock {
    let seq = product.movements.len() - 1;
    let sku = &product.sku;
    product.stock.get_or_insert_with(|| Stock {
        sku: sku.clone(),
        on_hand: 0,
        reserved: 0,
        low: None,
        version: 0,
        seq,
        created: now,
        updated: now,
    })
}

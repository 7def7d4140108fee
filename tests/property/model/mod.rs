//! A shop as plain lists and numbers, written from the rules of the data model and not from the code that keeps them.

mod catalogue;
mod orders;
mod steps;
mod stock;

use std::collections::BTreeMap;

use super::command::{Doing, Guess, Pick, StockDo, What};

/// How long an answer is kept, in milliseconds.
const KEPT: i64 = 86_400_000;

/// Why something is refused.
pub(super) type Code = &'static str;

/// How a request ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    /// It is done.
    Done,
    /// It is answered as it was before.
    Replayed,
    /// It is refused, with this code.
    Refused(Code),
}

/// The stock record of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stock {
    pub(super) sku: String,
    pub(super) on_hand: i64,
    pub(super) reserved: i64,
    pub(super) low: Option<i64>,
    pub(super) version: i64,
    pub(super) seq: usize,
    pub(super) created: i64,
    pub(super) updated: i64,
}

/// A movement; the n-th of a product has number n.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Movement {
    pub(super) kind: &'static str,
    pub(super) delta: (i64, i64),
    pub(super) after: (i64, i64),
    pub(super) order: Option<usize>,
    pub(super) at: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Product {
    pub(super) sku: String,
    pub(super) name: String,
    /// Minor units and currency.
    pub(super) price: (i64, String),
    pub(super) status: String,
    pub(super) version: i64,
    pub(super) created: i64,
    pub(super) updated: i64,
    pub(super) stock: Option<Stock>,
    pub(super) movements: Vec<Movement>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) product: usize,
    pub(super) sku: String,
    pub(super) name: String,
    pub(super) price: i64,
    pub(super) quantity: i64,
    pub(super) shipped: i64,
    pub(super) cancelled: i64,
    pub(super) returned: i64,
    pub(super) restocked: i64,
}

/// A step of a history: what was done, the status before and after.
pub(super) type Entry = (String, Option<String>, String);

#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "four independent facts, as the order has them")]
pub(super) struct Order {
    pub(super) lines: Vec<Line>,
    pub(super) currency: String,
    pub(super) confirmed: bool,
    pub(super) paid: bool,
    pub(super) delivered: bool,
    pub(super) expired: bool,
    pub(super) refunded: i64,
    pub(super) hold: Option<i64>,
    pub(super) reference: Option<String>,
    pub(super) note: Option<String>,
    pub(super) history: Vec<Entry>,
    pub(super) version: i64,
    pub(super) created: i64,
    pub(super) updated: i64,
}

/// What is kept of a request with a key.
#[derive(Debug, Clone)]
struct Receipt {
    said: String,
    until: i64,
}

/// A shop.
#[derive(Debug, Clone, Default)]
pub(super) struct Model {
    pub(super) now: i64,
    /// Every product there ever was; none where it was deleted.
    pub(super) products: Vec<Option<Product>>,
    /// Every order there ever was; none where it was deleted.
    pub(super) orders: Vec<Option<Order>>,
    /// The SKUs on the lines of every order there ever was.
    named: Vec<Vec<String>>,
    receipts: BTreeMap<u8, Receipt>,
    /// Requests that had a key.
    pub(super) keyed: Vec<Doing>,
}

impl Model {
    /// The same with everything that it leaves open decided, so that it can be asked for twice.
    pub(super) fn resolved(&self, doing: &Doing) -> Doing {
        let mut doing = doing.clone();
        if let What::Step { order, .. } | What::DeleteOrder { order } = &mut doing.what
            && let Pick::Back(back) = *order
        {
            *order = Pick::At(self.orders.len().checked_sub(1).map(|last| last - back % self.orders.len()));
        }
        if let What::Stock { sku, change: StockDo::Set { expected, .. } } = &mut doing.what {
            let stock = self.product(sku).ok().and_then(|(_, product)| product.stock.as_ref());
            *expected = decided(*expected, stock.map_or(0, |stock| stock.on_hand), 0);
        }
        let version = match &doing.what {
            What::Create { .. } | What::Place { .. } => None,
            What::Change { sku, .. } | What::DeleteProduct { sku } => {
                Some(self.product(sku).ok().map(|(_, product)| product.version))
            }
            What::Stock { sku, .. } | What::DeleteStock { sku } => {
                Some(self.product(sku).ok().and_then(|(_, product)| Some(product.stock.as_ref()?.version)))
            }
            What::Step { order, .. } | What::DeleteOrder { order } => {
                Some(self.order(*order).ok().map(|(_, order)| order.version))
            }
        };
        doing.version = version.map_or(Guess::Any, |found| decided(doing.version, found.unwrap_or(1), 1));
        doing
    }

    /// What becomes of a request, and the shop after it.
    pub(super) fn ask(&mut self, doing: &Doing) -> Expected {
        // What means nothing is refused before the key is looked at.
        let sensible = match &doing.what {
            What::Stock { change, .. } => stock::sensible(change),
            What::Step { step, .. } => steps::sensible(step),
            _ => Ok(()),
        };
        if let Err(code) = sensible {
            return Expected::Refused(code);
        }
        let key = doing.key.filter(|_| !doing.dry_run);
        let said = format!("{:?}", doing.what);
        let kept = key.and_then(|key| self.receipts.get(&key)).filter(|receipt| receipt.until > self.now);
        match kept {
            Some(receipt) if receipt.said == said => return Expected::Replayed,
            Some(_) => return Expected::Refused("idempotency_key_reused"),
            None => {}
        }
        if key.is_some() {
            self.keyed.push(doing.clone());
        }
        let mut next = self.clone();
        match next.apply(doing) {
            Err(code) => return Expected::Refused(code),
            Ok(()) if doing.dry_run => {}
            Ok(()) => *self = next,
        }
        if let Some(key) = key {
            self.receipts.insert(key, Receipt { said, until: self.now + KEPT });
        }
        Expected::Done
    }

    fn apply(&mut self, doing: &Doing) -> Result<(), Code> {
        let version = doing.version;
        match &doing.what {
            What::Create { sku, price, currency, status, stock } => {
                self.create(sku, (*price, currency), status, *stock)
            }
            What::Change { sku, change } => self.change(sku, change, version),
            What::DeleteProduct { sku } => self.delete_product(sku, version),
            What::Stock { sku, change } => self.change_stock(sku, change, version),
            What::DeleteStock { sku } => self.delete_stock(sku, version),
            What::Place { lines, reference, hold } => self.place(lines, *reference, *hold),
            What::Step { order, step } => self.step(*order, step, version),
            What::DeleteOrder { order } => self.delete_order(*order, version),
        }
    }

    /// The product that has this SKU, whatever its case.
    pub(super) fn product(&self, sku: &str) -> Result<(usize, &Product), Code> {
        let mut there =
            self.products.iter().enumerate().filter_map(|(index, product)| Some((index, product.as_ref()?)));
        there.find(|(_, product)| product.sku.eq_ignore_ascii_case(sku)).ok_or("product_not_found")
    }

    fn order(&self, pick: Pick) -> Result<(usize, &Order), Code> {
        let Pick::At(Some(index)) = pick else { return Err("order_not_found") };
        self.orders[index].as_ref().map(|order| (index, order)).ok_or("order_not_found")
    }

    /// The SKU of a line of an order, which never changes.
    pub(super) fn line_sku(&self, order: Pick, line: Option<usize>) -> &str {
        match (order, line) {
            (Pick::At(Some(order)), Some(line)) => {
                let named = &self.named[order];
                &named[line.min(named.len() - 1)]
            }
            _ => "NOT-ON-IT",
        }
    }
}

fn decided(guess: Guess, right: i64, least: i64) -> Guess {
    match guess {
        Guess::Right => Guess::Is(right),
        Guess::Wrong if right > least => Guess::Is(right - 1),
        Guess::Wrong => Guess::Is(right + 1),
        Guess::Any | Guess::Is(_) => guess,
    }
}

/// Refuses another version than the one that is there.
fn expect(guess: Guess, version: i64) -> Result<(), Code> {
    if matches!(guess, Guess::Is(expected) if expected != version) { Err("stale_version") } else { Ok(()) }
}

/// Minor units of so many whole ones.
fn minor(amount: i64, currency: &str) -> i64 {
    if currency == "JPY" { amount } else { amount * 100 }
}

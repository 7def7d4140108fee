//! The steps in the life of an order, as the table of the data model has them.

use super::orders::pieces;
use super::{Code, Line, Model, Order, expect, minor};
use crate::property::command::{Guess, Pick, Piece, Step};

/// The states that a word can bring an order into.
const WORDS: [&str; 8] =
    ["pending", "confirmed", "paid", "shipped", "delivered", "cancelled", "returned", "refunded"];

/// What happens to the goods.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Goods {
    Ship,
    Cancel,
    Return { restock: bool },
}

impl Model {
    pub(super) fn step(&mut self, pick: Pick, step: &Step, version: Guess) -> Result<(), Code> {
        let (index, before) = self.order(pick)?;
        expect(version, before.version)?;
        let mut after = before.clone();
        let before = before.clone();
        let taken = match step {
            Step::Note(note) => {
                after.note = Some((*note).to_owned());
                None
            }
            Step::Word { word, note } => {
                let taken = self.word(pick, &mut after, word)?;
                after.note = note.map(str::to_owned).or(after.note);
                taken
            }
            step => self.one(pick, &mut after, step)?,
        };
        if after == before {
            return Ok(());
        }
        if let Some((kind, taken)) = taken {
            for (product, count) in pieces(&with(&before.lines, &taken), |line| line.quantity) {
                let delta = match kind {
                    "ship" => (-count, -count),
                    "release" => (0, -count),
                    _ => (count, 0),
                };
                self.moved(product, kind, delta, Some(index))?;
            }
        }
        (after.version, after.updated) = (before.version + 1, self.now);
        self.orders[index] = Some(after);
        Ok(())
    }

    fn word(&self, pick: Pick, order: &mut Order, word: &str) -> Taken {
        let step = match word {
            "pending" if order.status() == "pending" => return Ok(None),
            "pending" => return Err("illegal_transition"),
            "confirmed" => return confirm(order),
            "paid" => Step::Pay,
            "shipped" => Step::Ship(None),
            "delivered" => Step::Deliver,
            "cancelled" => Step::Cancel(None),
            "returned" => Step::Return { items: None, restock: false },
            "refunded" => Step::Refund(None),
            _ => return Err("invalid_status"),
        };
        self.one(pick, order, &step)
    }

    fn one(&self, pick: Pick, order: &mut Order, step: &Step) -> Taken {
        let status = order.status();
        let ended = matches!(status, "cancelled" | "expired");
        match step {
            Step::Note(_) | Step::Word { .. } => Ok(None),
            Step::Pay if order.paid => Ok(None),
            Step::Pay => {
                allowed(!ended)?;
                (order.paid, order.confirmed) = (true, true);
                order.note_step("pay", status);
                Ok(None)
            }
            Step::Deliver if status == "delivered" => Ok(None),
            Step::Deliver => {
                allowed(status == "shipped")?;
                order.delivered = true;
                order.note_step("deliver", status);
                Ok(None)
            }
            Step::Refund(amount) => refund(order, *amount, status),
            Step::Expire if status == "expired" => Ok(None),
            Step::Expire => {
                allowed(status == "pending" && order.hold.is_some())?;
                if order.hold.is_some_and(|until| until > self.now) {
                    return Err("not_expired");
                }
                order.expired = true;
                let taken: Vec<i64> = order.lines.iter().map(Line::open).collect();
                give(order, &taken, Goods::Cancel);
                order.note_step("expire", status);
                Ok(Some(("release", taken)))
            }
            Step::Ship(items) => self.goods(pick, order, items.as_deref(), Goods::Ship),
            Step::Cancel(items) => self.goods(pick, order, items.as_deref(), Goods::Cancel),
            Step::Return { items, restock } => {
                self.goods(pick, order, items.as_deref(), Goods::Return { restock: *restock })
            }
        }
    }

    fn goods(&self, pick: Pick, order: &mut Order, items: Option<&[Piece]>, goods: Goods) -> Taken {
        let status = order.status();
        let last = order.history.iter().rev().find(|entry| !matches!(&*entry.0, "pay" | "refund"));
        let there_already = match goods {
            Goods::Ship => status == "shipped",
            Goods::Cancel => order.sum(Line::open) == 0 && last.is_some_and(|entry| entry.0 == "cancel"),
            Goods::Return { .. } => status == "returned",
        };
        if items.is_none() && there_already {
            return Ok(None);
        }
        let left = |line: &Line| match goods {
            Goods::Ship | Goods::Cancel => line.open(),
            Goods::Return { .. } => line.shipped - line.returned,
        };
        allowed(order.lines.iter().any(|line| left(line) > 0))?;
        let mut taken: Vec<i64> = order.lines.iter().map(|_| 0).collect();
        match items {
            None => taken = order.lines.iter().map(left).collect(),
            Some(items) => {
                for piece in items {
                    let sku = self.line_sku(pick, piece.line);
                    take(order, sku, piece.quantity, left, &mut taken)?;
                }
            }
        }
        give(order, &taken, goods);
        let (word, kind) = match goods {
            Goods::Ship => ("ship", Some("ship")),
            Goods::Cancel => ("cancel", Some("release")),
            Goods::Return { restock } => ("return", restock.then_some("return")),
        };
        order.note_step(word, status);
        Ok(kind.map(|kind| (kind, taken)))
    }
}

/// Refuses what is no step of any order.
pub(super) fn sensible(step: &Step) -> Result<(), Code> {
    match step {
        Step::Word { word, .. } if !WORDS.contains(word) => Err("invalid_status"),
        Step::Ship(Some(items)) | Step::Cancel(Some(items)) | Step::Return { items: Some(items), .. } => {
            if items.is_empty() {
                return Err("no_items");
            }
            if items.iter().any(|piece| piece.quantity == 0) { Err("invalid_quantity") } else { Ok(()) }
        }
        _ => Ok(()),
    }
}

/// The kind of movement and how many pieces of each line, where stock moves.
type Taken = Result<Option<(&'static str, Vec<i64>)>, Code>;

fn allowed(is: bool) -> Result<(), Code> {
    if is { Ok(()) } else { Err("illegal_transition") }
}

fn confirm(order: &mut Order) -> Taken {
    match order.status() {
        "confirmed" => Ok(None),
        "pending" => {
            order.confirmed = true;
            order.note_step("confirm", "pending");
            Ok(None)
        }
        _ => Err("illegal_transition"),
    }
}

fn refund(order: &mut Order, amount: Option<i64>, status: &str) -> Taken {
    if amount == Some(0) {
        return Err("invalid_amount");
    }
    let left = order.total() - order.refunded;
    if amount.is_none() && order.payment() == "refunded" {
        return Ok(None);
    }
    allowed(order.paid && left > 0)?;
    let asked = amount.map_or(left, |amount| minor(amount, &order.currency));
    if asked > left {
        return Err("refund_too_large");
    }
    order.refunded += asked;
    order.note_step("refund", status);
    Ok(None)
}

/// Counts pieces of each line.
fn give(order: &mut Order, taken: &[i64], goods: Goods) {
    for (line, taken) in order.lines.iter_mut().zip(taken) {
        match goods {
            Goods::Ship => line.shipped += taken,
            Goods::Cancel => line.cancelled += taken,
            Goods::Return { restock } => {
                line.returned += taken;
                line.restocked += if restock { *taken } else { 0 };
            }
        }
    }
}

/// The lines with these quantities.
fn with(lines: &[Line], quantities: &[i64]) -> Vec<Line> {
    let line = |(line, &quantity): (&Line, &i64)| Line { quantity, ..line.clone() };
    lines.iter().zip(quantities).map(line).collect()
}

/// Takes pieces of a SKU, from the first line of it first.
fn take(
    order: &Order,
    sku: &str,
    quantity: i64,
    left: impl Fn(&Line) -> i64,
    taken: &mut [i64],
) -> Result<(), Code> {
    let mut wanted = quantity;
    let lines: Vec<usize> = (0..order.lines.len()).filter(|&n| order.lines[n].sku == sku).collect();
    if lines.is_empty() {
        return Err("not_on_order");
    }
    for n in lines {
        let now = wanted.min(left(&order.lines[n]) - taken[n]);
        taken[n] += now;
        wanted -= now;
    }
    if wanted > 0 { Err("too_many_items") } else { Ok(()) }
}

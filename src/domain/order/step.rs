//! What may happen to an order next, and what that does to stock.

use crate::domain::actor::Actor;
use crate::domain::clock::Timestamp;
use crate::domain::inventory::{StockEffect, StockOp};
use crate::domain::money::Money;
use crate::domain::number::Quantity;
use crate::domain::order::{
    Command, CommandWord, Flags, HistoryEntry, ItemQuantity, Line, Order, OrderStatus, StepRefusal,
};
use crate::domain::text::Reason;

/// What a command came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The order is already there: a success that writes nothing.
    Unchanged,
    /// The order afterwards, one version on, and what happens to stock.
    Changed {
        /// The order afterwards.
        order: Box<Order>,
        /// One operation a product.
        stock: Vec<StockEffect>,
    },
}

/// One stock operation a product, in product order, from pieces of lines.
pub(super) fn effects<'a>(
    pieces: impl Iterator<Item = (&'a Line, i64)>,
    op: fn(Quantity) -> StockOp,
) -> Vec<StockEffect> {
    let mut sums: Vec<(&Line, i64)> = Vec::new();
    for (line, count) in pieces.filter(|&(_, count)| count > 0) {
        match sums.iter_mut().find(|(seen, _)| seen.product_id == line.product_id) {
            Some((_, sum)) => *sum = sum.saturating_add(count),
            None => sums.push((line, count)),
        }
    }
    // Every transaction touches products in one order, so that two of them wait for each other instead of deadlocking.
    sums.sort_by_key(|(line, _)| line.product_id);
    sums.into_iter()
        .map(|(line, count)| StockEffect {
            product_id: line.product_id,
            sku: line.sku.clone(),
            // Placing refuses a sum past the bound.
            op: op(Quantity::new(count).unwrap_or(Quantity::new(Quantity::MAX).unwrap_or_default())),
        })
        .collect()
}

impl Order {
    /// Decides a command: the order afterwards with its stock effects, nothing to do, or why not.
    ///
    /// # Errors
    /// See [`StepRefusal`]. The order itself is never touched.
    pub fn step(
        &self,
        command: &Command,
        at: Timestamp,
        actor: &Actor,
        reason: Option<Reason>,
    ) -> Result<Outcome, StepRefusal> {
        let word = command.word();
        if self.is_repeat(command) {
            return Ok(Outcome::Unchanged);
        }
        if !self.allowed().contains(&word) {
            return Err(StepRefusal::IllegalTransition {
                command: word,
                status: self.status(),
                allowed: self.allowed(),
            });
        }
        let mut next = self.clone();
        let mut stock = Vec::new();
        match command {
            Command::Confirm => next.flags.confirmed = true,
            Command::Pay => next.flags = Flags { paid: true, confirmed: true, ..next.flags },
            Command::Deliver => next.flags.delivered = true,
            Command::Expire => {
                // An order without a hold may not expire at all, which `allowed` has said already.
                if let Some(until) = self.hold_until.filter(|&until| until > at) {
                    return Err(StepRefusal::NotExpired { until });
                }
                next.flags.expired = true;
                stock = next.take(
                    word,
                    None,
                    Line::open,
                    |line, n| line.progress.cancelled += n,
                    StockOp::Release,
                )?;
            }
            Command::Cancel { items } => {
                let items = items.as_deref();
                stock = next.take(
                    word,
                    items,
                    Line::open,
                    |line, n| line.progress.cancelled += n,
                    StockOp::Release,
                )?;
            }
            Command::Ship { items, tracking } => {
                let items = items.as_deref();
                stock =
                    next.take(word, items, Line::open, |line, n| line.progress.shipped += n, StockOp::Ship)?;
                if tracking.is_some() {
                    next.tracking.clone_from(tracking);
                }
            }
            Command::Return { items, restock } => {
                let count: fn(&mut Line, i64) = if *restock {
                    |line, n| {
                        line.progress.returned += n;
                        line.progress.restocked += n;
                    }
                } else {
                    |line, n| line.progress.returned += n
                };
                stock = next.take(word, items.as_deref(), Line::returnable, count, StockOp::Return)?;
                if !restock {
                    stock.clear();
                }
            }
            Command::Refund { amount } => next.refund(*amount)?,
        }
        next.version = self.version.next();
        next.updated_at = at;
        next.history.push(HistoryEntry {
            at,
            actor: actor.clone(),
            command: word,
            from: Some(self.status()),
            to: next.status(),
            reason,
        });
        Ok(Outcome::Changed { order: Box::new(next), stock })
    }

    /// What may be done with the order as it stands.
    pub fn allowed(&self) -> Vec<CommandWord> {
        use CommandWord::{Cancel, Confirm, Deliver, Expire, Pay, Refund, Return, Ship};
        let status = self.status();
        let open = self.lines.iter().any(|line| line.open() > 0);
        let returnable = self.lines.iter().any(|line| line.returnable() > 0);
        let ended = matches!(status, OrderStatus::Cancelled | OrderStatus::Expired);
        let mut allowed = Vec::new();
        if status == OrderStatus::Pending {
            allowed.push(Confirm);
        }
        // Goods are often sent on invoice: payment may come at any time before the order is given up.
        if !self.flags.paid && !ended {
            allowed.push(Pay);
        }
        // What is still reserved can always be sent or given up, also after a part has come back; otherwise it
        // would stay reserved for ever.
        if open {
            allowed.extend([Cancel, Ship]);
        }
        if status == OrderStatus::Pending && !self.flags.paid && self.hold_until.is_some() {
            allowed.push(Expire);
        }
        if status == OrderStatus::Shipped {
            allowed.push(Deliver);
        }
        if returnable {
            allowed.push(Return);
        }
        if self.flags.paid && self.total() != Some(self.refunded) {
            allowed.push(Refund);
        }
        allowed
    }

    /// Whether the order already is where a command without items would bring it, so that saying it again changes nothing.
    fn is_repeat(&self, command: &Command) -> bool {
        let status = self.status();
        let open = self.lines.iter().any(|line| line.open() > 0);
        let last = self.history.iter().rev().map(|entry| entry.command).find(|word| {
            // Money moves beside the goods: it does not make the last word about the goods another one.
            !matches!(word, CommandWord::Pay | CommandWord::Refund)
        });
        match command {
            Command::Confirm => status == OrderStatus::Confirmed,
            Command::Pay => self.flags.paid,
            Command::Cancel { items: None } => !open && last == Some(CommandWord::Cancel),
            Command::Expire => status == OrderStatus::Expired,
            Command::Ship { items: None, .. } => status == OrderStatus::Shipped,
            Command::Deliver => status == OrderStatus::Delivered,
            Command::Return { items: None, .. } => status == OrderStatus::Returned,
            Command::Refund { amount: None } => {
                self.flags.paid && self.refunded.minor() > 0 && self.total() == Some(self.refunded)
            }
            Command::Cancel { .. }
            | Command::Ship { .. }
            | Command::Return { .. }
            | Command::Refund { .. } => false,
        }
    }

    /// Moves pieces of the lines on: those named, or all that are left. First line first where a SKU stands on several.
    fn take(
        &mut self,
        command: CommandWord,
        items: Option<&[ItemQuantity]>,
        left: fn(&Line) -> i64,
        count: fn(&mut Line, i64),
        op: fn(Quantity) -> StockOp,
    ) -> Result<Vec<StockEffect>, StepRefusal> {
        let mut taken: Vec<i64> = vec![0; self.lines.len()];
        match items {
            None => {
                for (line, taken) in self.lines.iter().zip(&mut taken) {
                    *taken = left(line);
                }
            }
            Some(items) => {
                for item in items {
                    let mut wanted = item.quantity.get();
                    let mut on_order = false;
                    let mut there = 0;
                    for (line, taken) in
                        self.lines.iter().zip(&mut taken).filter(|(line, _)| line.sku == item.sku)
                    {
                        on_order = true;
                        let free = left(line) - *taken;
                        there += free;
                        let now = free.min(wanted);
                        *taken += now;
                        wanted -= now;
                    }
                    if !on_order {
                        return Err(StepRefusal::NotOnOrder(item.sku.clone()));
                    }
                    if wanted > 0 {
                        let asked = item.quantity.get();
                        return Err(StepRefusal::TooMany {
                            command,
                            sku: item.sku.clone(),
                            asked,
                            left: there,
                        });
                    }
                }
            }
        }
        let stock = effects(self.lines.iter().zip(taken.iter().copied()), op);
        for (line, taken) in self.lines.iter_mut().zip(taken) {
            count(line, taken);
        }
        Ok(stock)
    }

    fn refund(&mut self, amount: Option<Money>) -> Result<(), StepRefusal> {
        let total = self.total().unwrap_or(self.refunded);
        let left = total.checked_sub(self.refunded).unwrap_or(Money::zero(self.currency));
        let asked = amount.unwrap_or(left);
        match self.refunded.checked_add(asked).filter(|_| asked.minor() <= left.minor()) {
            Some(refunded) => {
                self.refunded = refunded;
                Ok(())
            }
            None => Err(StepRefusal::RefundTooLarge { asked, left }),
        }
    }
}

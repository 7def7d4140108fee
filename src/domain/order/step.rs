//! What may happen to an order next, and what that does to stock.

use std::fmt;

use crate::domain::actor::Actor;
use crate::domain::clock::Timestamp;
use crate::domain::invalid::Invalid;
use crate::domain::inventory::{StockEffect, StockOp};
use crate::domain::money::Money;
use crate::domain::number::Quantity;
use crate::domain::order::{Flags, HistoryEntry, Line, Order, OrderStatus};
use crate::domain::sku::Sku;
use crate::domain::text::{Reason, Reference};
use crate::domain::words::words;

words! {
    /// What was done, as a history keeps it.
    CommandWord, "invalid_command", "order command" {
        /// Placed.
        Place = "place",
        /// Confirmed by a person.
        Confirm = "confirm",
        /// Paid in full.
        Pay = "pay",
        /// Given up, or what was left of it.
        Cancel = "cancel",
        /// Given up because its hold ran out.
        Expire = "expire",
        /// Sent, all or some of it.
        Ship = "ship",
        /// Arrived.
        Deliver = "deliver",
        /// Sent back, all or some of it.
        Return = "return",
        /// Paid back, all or some of it.
        Refund = "refund",
    }
}

/// So many pieces of one SKU, over all lines that name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemQuantity {
    /// Which SKU.
    pub sku: Sku,
    /// How many; at least 1.
    pub quantity: Quantity,
}

/// What to do with an order. `items: None` means everything that is left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Confirm it.
    Confirm,
    /// Note that it was paid in full.
    Pay,
    /// Give up what has not been sent.
    Cancel {
        /// Which pieces.
        items: Option<Vec<ItemQuantity>>,
    },
    /// End it because its hold ran out.
    Expire,
    /// Send it.
    Ship {
        /// Which pieces.
        items: Option<Vec<ItemQuantity>>,
        /// The parcel service's name for it.
        tracking: Option<Reference>,
    },
    /// Note that it arrived.
    Deliver,
    /// Take goods back.
    Return {
        /// Which pieces.
        items: Option<Vec<ItemQuantity>>,
        /// Whether they go back on the shelf.
        restock: bool,
    },
    /// Note that money was paid back.
    Refund {
        /// How much; everything not yet paid back without.
        amount: Option<Money>,
    },
}

impl Command {
    /// The word for the history.
    pub fn word(&self) -> CommandWord {
        match self {
            Self::Confirm => CommandWord::Confirm,
            Self::Pay => CommandWord::Pay,
            Self::Cancel { .. } => CommandWord::Cancel,
            Self::Expire => CommandWord::Expire,
            Self::Ship { .. } => CommandWord::Ship,
            Self::Deliver => CommandWord::Deliver,
            Self::Return { .. } => CommandWord::Return,
            Self::Refund { .. } => CommandWord::Refund,
        }
    }

    /// The words that a status update understands.
    pub const STATUS_WORDS: &'static [&'static str] =
        &["pending", "confirmed", "paid", "shipped", "delivered", "cancelled", "returned", "refunded"];

    /// Reads the word of a status update (`order update --status`, `PUT /orders/<id>`): the state that
    /// somebody wants the whole order in. `None` for `pending`, in which an order is already or can never be again.
    ///
    /// # Errors
    /// `invalid_status` for any other word, listing those that are understood.
    pub fn from_status_word(word: &str) -> Result<Option<Self>, Invalid> {
        Ok(Some(match word {
            "pending" => return Ok(None),
            "confirmed" => Self::Confirm,
            "paid" => Self::Pay,
            "shipped" => Self::Ship { items: None, tracking: None },
            "delivered" => Self::Deliver,
            "cancelled" | "canceled" => Self::Cancel { items: None },
            "returned" => Self::Return { items: None, restock: false },
            "refunded" => Self::Refund { amount: None },
            _ => {
                return Err(Invalid::new(
                    "invalid_status",
                    format!(
                        "{word:?} is not a status an order can be set to; it is one of: {}",
                        Self::STATUS_WORDS.join(", ")
                    ),
                ));
            }
        }))
    }
}

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

/// Why a command must not happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepRefusal {
    /// The order's status does not allow it.
    IllegalTransition {
        /// What was asked.
        command: CommandWord,
        /// Where the order stands.
        status: OrderStatus,
        /// What would be allowed.
        allowed: Vec<CommandWord>,
    },
    /// No line of the order names this SKU.
    NotOnOrder(Sku),
    /// More pieces were named than the order has left for this.
    TooMany {
        /// What was asked.
        command: CommandWord,
        /// Of which SKU.
        sku: Sku,
        /// How many were named.
        asked: i64,
        /// How many are left.
        left: i64,
    },
    /// More money was named than is left to pay back.
    RefundTooLarge {
        /// What was asked.
        asked: Money,
        /// What is left.
        left: Money,
    },
    /// The hold has not run out, or there is none.
    NotExpired,
}

impl StepRefusal {
    /// The stable code of this refusal.
    pub fn code(&self) -> &'static str {
        match self {
            Self::IllegalTransition { .. } => "illegal_transition",
            Self::NotOnOrder(_) => "not_on_order",
            Self::TooMany { .. } => "too_many_items",
            Self::RefundTooLarge { .. } => "refund_too_large",
            Self::NotExpired => "not_expired",
        }
    }
}

impl fmt::Display for StepRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::IllegalTransition { command, status, allowed } => {
                let moves: Vec<&str> = allowed.iter().map(|word| word.as_str()).collect();
                let moves = if moves.is_empty() { "nothing".to_owned() } else { moves.join(", ") };
                write!(f, "cannot {command} an order that is {status}; allowed now: {moves}")
            }
            Self::NotOnOrder(sku) => write!(f, "SKU {:?} is not on this order", sku.as_str()),
            Self::TooMany { command, sku, asked, left } => {
                write!(f, "cannot {command} {asked} of SKU {:?}, {left} left", sku.as_str())
            }
            Self::RefundTooLarge { asked, left } => {
                write!(f, "cannot refund {asked} {}, {left} left", asked.currency())
            }
            Self::NotExpired => f.write_str("the hold of this order has not run out"),
        }
    }
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
            // A sum past the bound can be had nowhere; held at the bound it is refused as short.
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
                if self.hold_until.is_none_or(|until| until > at) {
                    return Err(StepRefusal::NotExpired);
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

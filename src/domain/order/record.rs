//! Orders that were placed elsewhere: how they got where they are.

use super::{CommandWord, Flags, HistoryEntry, LineProgress, Order, is_edge};
use crate::domain::actor::Actor;
use crate::domain::clock::Timestamp;
use crate::domain::invalid::Invalid;
use crate::domain::money::Money;

impl Order {
    /// Gives an order whose counters, flags and refund are known the shortest history that leads there: placed when it was created, and
    /// all else at `at`.
    pub fn tell_history(&mut self, at: Timestamp, actor: &Actor) {
        let mut told = Self {
            flags: Flags::default(),
            refunded: Money::zero(self.currency),
            history: Vec::new(),
            ..self.clone()
        };
        for line in &mut told.lines {
            line.progress = LineProgress::default();
        }
        told.note_step(None, CommandWord::Place, self.created_at, actor);
        let any = |count: fn(LineProgress) -> i64| self.lines.iter().any(|line| count(line.progress) > 0);
        let flags = self.flags;
        // Paid or confirmed first: an order that was given up was it before, or never.
        if flags.paid {
            told.go(CommandWord::Pay, at, actor, |told| {
                told.flags = Flags { paid: true, confirmed: true, ..told.flags };
            });
        } else if flags.confirmed {
            told.go(CommandWord::Confirm, at, actor, |told| told.flags.confirmed = true);
        }
        if any(LineProgress::shipped) {
            told.go(CommandWord::Ship, at, actor, |told| {
                told.count(self, |now, end| now.shipped = end.shipped);
            });
        }
        if any(LineProgress::cancelled) {
            let word = if flags.expired { CommandWord::Expire } else { CommandWord::Cancel };
            told.go(word, at, actor, |told| {
                told.flags.expired = flags.expired;
                told.count(self, |now, end| now.cancelled = end.cancelled);
            });
        }
        if flags.delivered {
            told.go(CommandWord::Deliver, at, actor, |told| told.flags.delivered = true);
        }
        if any(LineProgress::returned) {
            told.go(CommandWord::Return, at, actor, |told| {
                told.count(self, |now, end| (now.returned, now.restocked) = (end.returned, end.restocked));
            });
        }
        if self.refunded.minor() > 0 {
            told.go(CommandWord::Refund, at, actor, |told| told.refunded = self.refunded);
        }
        self.history = told.history;
    }

    /// Refuses a history that is not one of the order's: its steps follow each other, each is one that there is, and the last leads to the
    /// order's status.
    ///
    /// # Errors
    /// `invalid_history`.
    pub fn check_history(&self) -> Result<(), Invalid> {
        let mut status = None;
        for (index, entry) in self.history.iter().enumerate() {
            if entry.from != status || !is_edge(entry.from, entry.command, entry.to) {
                let from = entry.from.map_or("nothing", super::OrderStatus::as_str);
                let detail = format!("step {}: {} from {from} to {}", index + 1, entry.command, entry.to);
                return Err(Invalid::new("invalid_history", detail));
            }
            status = Some(entry.to);
        }
        let now = self.status();
        if status == Some(now) {
            return Ok(());
        }
        let last = status.map_or("nothing", super::OrderStatus::as_str);
        let detail = format!("it ends at {last}, and the order is {now}");
        Err(Invalid::new("invalid_history", detail))
    }

    /// One step of a history: something happens, and what it comes to is noted.
    fn go(&mut self, command: CommandWord, at: Timestamp, actor: &Actor, happens: impl FnOnce(&mut Self)) {
        let from = self.status();
        happens(self);
        self.note_step(Some(from), command, at, actor);
    }

    fn note_step(
        &mut self,
        from: Option<super::OrderStatus>,
        command: CommandWord,
        at: Timestamp,
        actor: &Actor,
    ) {
        let to = self.status();
        self.history.push(HistoryEntry { at, actor: actor.clone(), command, from, to, reason: None });
    }

    /// Takes counters over from another state of the order.
    fn count(&mut self, end: &Self, take: impl Fn(&mut LineProgress, LineProgress)) {
        for (line, end) in self.lines.iter_mut().zip(&end.lines) {
            take(&mut line.progress, end.progress);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::{OrderId, ProductId};
    use crate::domain::number::{OrderNumber, Quantity, Version};
    use crate::domain::order::{Customer, Line, OrderStatus};

    fn order(progress: &[(i64, i64, i64, i64)], flags: Flags, refunded: i64) -> Order {
        let currency = "EUR".parse().unwrap();
        let at = Timestamp::EPOCH;
        let lines = progress.iter().enumerate().map(|(n, &(shipped, cancelled, returned, restocked))| Line {
            product_id: ProductId::from_uuid(uuid::Uuid::from_u128(n as u128)),
            sku: format!("SKU-{n}").parse().unwrap(),
            name: "Mug".parse().unwrap(),
            unit_price: Money::from_minor(500, currency).unwrap(),
            quantity: Quantity::new(3).unwrap(),
            progress: LineProgress::new(Quantity::new(3).unwrap(), shipped, cancelled, returned, restocked)
                .unwrap(),
        });
        Order {
            id: OrderId::from_uuid(uuid::Uuid::nil()),
            number: OrderNumber::new(OrderNumber::FIRST).unwrap(),
            version: Version::FIRST,
            created_at: at,
            updated_at: at,
            external_ref: None,
            customer: Customer {
                user_id: None,
                email: None,
                reference: "7".parse().ok(),
                name: None,
                address: None,
            },
            currency,
            lines: lines.collect(),
            refunded: Money::from_minor(refunded, currency).unwrap(),
            flags,
            history: Vec::new(),
            hold_until: None,
            note: None,
            tracking: None,
        }
    }

    #[test]
    fn whatever_an_order_has_come_to_has_a_history_of_known_steps() {
        let counts = [0, 1, 3];
        let mut seen = std::collections::BTreeSet::new();
        for bits in 0..16_u8 {
            let flags = Flags {
                confirmed: bits & 1 > 0,
                paid: bits & 2 > 0,
                delivered: bits & 4 > 0,
                expired: bits & 8 > 0,
            };
            for (shipped, cancelled, returned) in
                counts.iter().flat_map(|s| counts.iter().flat_map(move |c| counts.map(|r| (*s, *c, r))))
            {
                if shipped + cancelled > 3 || returned > shipped {
                    continue;
                }
                let mut told = order(&[(shipped, cancelled, returned, 0), (0, 0, 0, 0)], flags, 0);
                told.lines.truncate(if bits % 2 == 0 { 1 } else { 2 });
                // What the steps of an order never lead to is not asked for.
                let open = told.lines.iter().any(|line| line.open() > 0);
                let possible = (!flags.paid || flags.confirmed)
                    && (!flags.delivered || (shipped > 0 && !open))
                    && (!flags.expired || (shipped == 0 && !open && !flags.confirmed && !flags.paid));
                if !possible {
                    continue;
                }
                told.tell_history(Timestamp::EPOCH, &Actor::system());
                told.check_history().unwrap_or_else(|invalid| panic!("{invalid}: {told:?}"));
                seen.insert(told.status().as_str());
            }
        }
        assert_eq!(seen.len(), OrderStatus::ALL.len(), "{seen:?}");
    }

    #[test]
    fn a_history_that_does_not_lead_to_the_order_is_refused() {
        let mut told = order(&[(3, 0, 0, 0)], Flags { delivered: true, ..Flags::default() }, 0);
        told.tell_history(Timestamp::EPOCH, &Actor::system());
        let words: Vec<&str> = told.history.iter().map(|entry| entry.command.as_str()).collect();
        assert_eq!(words, ["place", "ship", "deliver"]);
        let whole = told.clone();
        for damage in [
            |order: &mut Order| drop(order.history.pop()),
            |order: &mut Order| drop(order.history.remove(1)),
            |order: &mut Order| order.history.clear(),
            |order: &mut Order| order.history[1].command = CommandWord::Return,
            |order: &mut Order| order.flags.delivered = false,
        ] {
            let mut damaged = whole.clone();
            damage(&mut damaged);
            assert_eq!(damaged.check_history().unwrap_err().code, "invalid_history", "{:?}", damaged.history);
        }
    }
}

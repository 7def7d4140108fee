//! Placing, deleting and expiring orders.

use std::collections::BTreeMap;

use super::{Code, Line, Model, Order, expect};
use crate::property::command::{ENDLESS, Guess, MOST, Pick, Step};

impl Line {
    /// Neither sent nor given up.
    pub(super) fn open(&self) -> i64 {
        self.quantity - self.shipped - self.cancelled
    }
}

impl Order {
    /// Over all lines.
    pub(super) fn sum(&self, of: fn(&Line) -> i64) -> i64 {
        self.lines.iter().map(of).sum()
    }

    pub(super) fn total(&self) -> i64 {
        self.sum(|line| line.price * line.quantity)
    }

    /// Where it stands, which is what its counters and flags amount to.
    pub(in crate::property) fn status(&self) -> &'static str {
        let (open, shipped) = (self.sum(Line::open), self.sum(|line| line.shipped));
        let returned = self.sum(|line| line.returned);
        match () {
            () if shipped == 0 && open == 0 && self.expired => "expired",
            () if shipped == 0 && open == 0 => "cancelled",
            () if shipped == 0 && self.confirmed => "confirmed",
            () if shipped == 0 => "pending",
            () if open == 0 && returned == shipped => "returned",
            () if returned > 0 => "partially_returned",
            () if open > 0 => "partially_shipped",
            () if self.delivered => "delivered",
            () => "shipped",
        }
    }

    pub(in crate::property) fn payment(&self) -> &'static str {
        match self.refunded {
            _ if !self.paid => "unpaid",
            0 => "paid",
            refunded if refunded == self.total() => "refunded",
            _ => "partially_refunded",
        }
    }

    /// Notes a step.
    pub(super) fn note_step(&mut self, word: &str, from: &str) {
        self.history.push((word.to_owned(), Some(from.to_owned()), self.status().to_owned()));
    }
}

impl Model {
    pub(super) fn place(
        &mut self,
        wanted: &[(&str, i64)],
        reference: Option<&str>,
        hold: Option<u64>,
    ) -> Result<(), Code> {
        if hold == Some(ENDLESS) {
            return Err("hold_too_long");
        }
        if wanted.iter().any(|&(_, quantity)| quantity == 0) {
            return Err("invalid_quantity");
        }
        let found: Result<Vec<_>, Code> = wanted.iter().map(|(sku, _)| self.product(sku)).collect();
        let found = found?;
        if found.iter().any(|(_, product)| product.status != "active") {
            return Err("not_on_sale");
        }
        let currency = found[0].1.price.1.clone();
        if found.iter().any(|(_, product)| product.price.1 != currency) {
            return Err("mixed_currencies");
        }
        let line = |(&(_, quantity), &(index, product)): (&(&str, i64), &(usize, &super::Product))| Line {
            product: index,
            sku: product.sku.clone(),
            name: product.name.clone(),
            price: product.price.0,
            quantity,
            shipped: 0,
            cancelled: 0,
            returned: 0,
            restocked: 0,
        };
        let lines: Vec<Line> = wanted.iter().zip(&found).map(line).collect();
        if pieces(&lines, |line| line.quantity).values().any(|&pieces| pieces > MOST) {
            return Err("invalid_quantity");
        }
        if total_of(&lines).is_none() {
            return Err("total_too_large");
        }
        if reference.is_some()
            && self.orders.iter().flatten().any(|order| order.reference.as_deref() == reference)
        {
            return Err("external_ref_taken");
        }
        let number = self.orders.len();
        for (product, quantity) in pieces(&lines, |line| line.quantity) {
            self.moved(product, "reserve", (0, quantity), Some(number))?;
        }
        let hold = hold.filter(|&seconds| seconds > 0);
        self.named.push(lines.iter().map(|line| line.sku.clone()).collect());
        self.orders.push(Some(Order {
            lines,
            currency,
            confirmed: false,
            paid: false,
            delivered: false,
            expired: false,
            refunded: 0,
            hold: hold.map(|seconds| self.now + seconds.cast_signed() * 1000),
            reference: reference.map(str::to_owned),
            note: None,
            history: vec![("place".to_owned(), None, "pending".to_owned())],
            version: 1,
            created: self.now,
            updated: self.now,
        }));
        Ok(())
    }

    pub(super) fn delete_order(&mut self, pick: Pick, version: Guess) -> Result<(), Code> {
        let (index, order) = self.order(pick)?;
        expect(version, order.version)?;
        if order.sum(|line| line.shipped) > 0 {
            return Err("order_shipped");
        }
        for (product, open) in pieces(&order.lines.clone(), Line::open) {
            self.moved(product, "release", (0, -open), Some(index))?;
        }
        self.orders[index] = None;
        Ok(())
    }

    /// Ends the holds that are over, and tells which, the longest over first.
    pub(in crate::property) fn sweep(&mut self, dry_run: bool) -> Vec<usize> {
        let is_over =
            |order: &Order| order.status() == "pending" && order.hold.is_some_and(|until| until <= self.now);
        let mut over: Vec<(Option<i64>, usize)> = self
            .orders
            .iter()
            .enumerate()
            .filter_map(|(index, order)| Some((order.as_ref().filter(|order| is_over(order))?.hold, index)))
            .collect();
        over.sort_unstable();
        let over: Vec<usize> = over.into_iter().map(|(_, index)| index).collect();
        if !dry_run {
            for &index in &over {
                self.step(Pick::At(Some(index)), &Step::Expire, Guess::Any)
                    .expect("a hold that is over can be ended");
            }
        }
        over
    }
}

/// The sum of the lines, where it can be written down.
fn total_of(lines: &[Line]) -> Option<i64> {
    lines.iter().try_fold(0_i64, |sum, line| {
        let bounded = |amount: i64| Some(amount).filter(|&amount| amount <= MOST);
        bounded(sum.checked_add(bounded(line.price.checked_mul(line.quantity)?)?)?)
    })
}

/// How many pieces of each product, those of no piece left out.
pub(super) fn pieces(lines: &[Line], of: impl Fn(&Line) -> i64) -> BTreeMap<usize, i64> {
    let mut sums: BTreeMap<usize, i64> = BTreeMap::new();
    for line in lines {
        let sum = sums.entry(line.product).or_default();
        *sum = sum.saturating_add(of(line));
    }
    sums.retain(|_, sum| *sum > 0);
    sums
}

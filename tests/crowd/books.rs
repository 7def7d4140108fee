//! What was heard, and whether it adds up to what is there.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use shopctl::domain::order::{CommandWord, Line, Order};

use super::deed::Deed;
use crate::support::dump::Dump;

/// Refusals that are to be expected of many writers.
const USUAL: &[&str] =
    &["insufficient_stock", "below_reserved", "stock_changed", "illegal_transition", "stale_version"];

/// What writers heard.
#[derive(Debug, Default)]
pub(super) struct Books {
    orders: BTreeSet<String>,
    /// Which word was acknowledged for which order.
    steps: BTreeSet<(String, &'static str)>,
    /// By SKU, by how much on hand was changed without an order.
    deltas: BTreeMap<String, i64>,
    done: BTreeMap<&'static str, usize>,
    refused: BTreeMap<String, usize>,
    unknown: BTreeMap<String, usize>,
    odd: Vec<String>,
    slowest: Duration,
}

impl Books {
    pub(super) fn placed(&mut self, id: &str) {
        self.orders.insert(id.to_owned());
    }

    pub(super) fn done(&mut self, deed: &Deed) {
        *self.done.entry(deed.word()).or_default() += 1;
        if let Some(order) = deed.order() {
            self.steps.insert((order.to_owned(), deed.word()));
        }
        if let Some((sku, delta)) = deed.delta() {
            *self.deltas.entry(sku.to_owned()).or_default() += delta;
        }
    }

    pub(super) fn refused(&mut self, deed: &Deed, code: &str) {
        *self.refused.entry(code.to_owned()).or_default() += 1;
        if !USUAL.contains(&code) {
            self.odd.push(format!("{deed:?} was refused: {code}"));
        }
    }

    pub(super) fn unknown(&mut self, why: String) {
        *self.unknown.entry(why).or_default() += 1;
    }

    pub(super) fn given_up(&mut self, deed: &Deed) {
        self.odd.push(format!("nobody knows whether this was done: {deed:?}"));
    }

    /// So long somebody waited.
    pub(super) fn waited(&mut self, time: Duration) {
        self.slowest = self.slowest.max(time);
    }

    /// How often something was done.
    pub(super) fn count(&self, word: &str) -> usize {
        self.done.get(word).copied().unwrap_or_default()
    }

    /// How often something was refused for this reason.
    pub(super) fn count_refused(&self, code: &str) -> usize {
        self.refused.get(code).copied().unwrap_or_default()
    }

    /// Both writers' books as one.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.orders.extend(other.orders);
        self.steps.extend(other.steps);
        self.odd.extend(other.odd);
        self.slowest = self.slowest.max(other.slowest);
        other.deltas.into_iter().for_each(|(sku, delta)| *self.deltas.entry(sku).or_default() += delta);
        other.done.into_iter().for_each(|(word, n)| *self.done.entry(word).or_default() += n);
        other.refused.into_iter().for_each(|(code, n)| *self.refused.entry(code).or_default() += n);
        other.unknown.into_iter().for_each(|(why, n)| *self.unknown.entry(why).or_default() += n);
        self
    }

    /// What was heard is there, and nothing else: every order, every step, and every piece.
    pub(super) fn assert_agree(&self, dump: &Dump, opening: i64) {
        assert_eq!(self.odd, [""; 0], "{self}");
        let there: BTreeSet<String> = dump.orders.iter().map(|order| order.id.to_string()).collect();
        assert_eq!(there, self.orders, "the orders that are there, and those that were acknowledged");
        let steps: BTreeSet<(String, &'static str)> = dump.orders.iter().flat_map(steps_of).collect();
        assert_eq!(steps, self.steps, "the steps in the histories, and those that were acknowledged");
        for item in &dump.stock {
            let lines = || dump.orders.iter().flat_map(|order| &order.lines);
            let sum = |of: fn(&Line) -> i64| -> i64 {
                lines().filter(|line| line.product_id == item.product_id).map(of).sum()
            };
            let (gone, back) = (sum(|line| line.progress.shipped()), sum(|line| line.progress.restocked()));
            let delta = self.deltas.get(item.sku.as_str()).copied().unwrap_or_default();
            assert_eq!(
                (item.level.on_hand(), item.level.reserved()),
                (opening + delta - gone + back, sum(Line::open)),
                "on hand and reserved of {}, and what was acknowledged",
                item.sku
            );
        }
    }
}

fn steps_of(order: &Order) -> impl Iterator<Item = (String, &'static str)> {
    let id = order.id.to_string();
    let words = order.history.iter().map(|entry| entry.command);
    words.filter(|word| *word != CommandWord::Place).map(move |word| (id.clone(), word.as_str()))
}

impl fmt::Display for Books {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |counts: &mut dyn Iterator<Item = String>| counts.collect::<Vec<_>>().join(", ");
        let done = list(&mut self.done.iter().map(|(word, n)| format!("{word} {n}")));
        let refused = list(&mut self.refused.iter().map(|(code, n)| format!("{code} {n}")));
        writeln!(f, "  done: {done}")?;
        writeln!(f, "  refused: {refused}")?;
        let unknown: usize = self.unknown.values().sum();
        writeln!(f, "  asked again because the outcome was not known: {unknown}")?;
        writeln!(f, "  slowest {:.1} s", self.slowest.as_secs_f64())
    }
}

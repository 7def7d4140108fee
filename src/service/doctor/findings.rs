//! What an examination found.

use std::collections::BTreeMap;

use super::rules::Rule;
use crate::domain::id::{OrderId, ProductId, UserId};

/// The most things that one run mends; the next run mends the others. It bounds what is remembered of a ruined store.
const MOST_TARGETS: usize = 100_000;

/// Something that a repair can put right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// How a user is filed.
    User(UserId),
    /// How a product is filed. Before its stock, which shows its SKU.
    Product(ProductId),
    /// What is kept beside an order. Before the stock it holds.
    Order(OrderId),
    /// The stock record of a product.
    Stock(ProductId),
    /// The counter of order numbers.
    Numbering,
}

impl Target {
    /// What kind of thing it is.
    pub fn kind(self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::Product(_) | Self::Stock(_) => "product",
            Self::Order(_) => "order",
            Self::Numbering => "counter",
        }
    }
}

/// A document that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// Which rule.
    pub rule: Rule,
    /// What kind of document: `product`, `order`, `user` or `counter`.
    pub kind: &'static str,
    /// What people call it: SKU, order number or id. Never an address.
    pub key: String,
    /// The number of the movement, where it is one.
    pub movement: Option<i64>,
    /// What is there and what should be.
    pub detail: String,
    /// What to mend, if it can be mended.
    pub target: Option<Target>,
}

/// What became of one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The rule.
    pub rule: Rule,
    /// How many documents were looked at.
    pub checked: u64,
    /// How many break it.
    pub broken: u64,
    /// How many of these can be mended.
    pub repairable: u64,
    /// The first that breaks it.
    pub first: Option<Breach>,
}

/// A verdict on every rule.
#[derive(Debug, Clone)]
pub struct Findings {
    verdicts: Vec<Verdict>,
    /// With what people call each.
    targets: BTreeMap<Target, String>,
}

impl Default for Findings {
    fn default() -> Self {
        let verdict = |&rule| Verdict { rule, checked: 0, broken: 0, repairable: 0, first: None };
        Self { verdicts: Rule::ALL.iter().map(verdict).collect(), targets: BTreeMap::new() }
    }
}

impl Findings {
    /// One verdict a rule, in the order of [`Rule::ALL`].
    pub fn verdicts(&self) -> &[Verdict] {
        &self.verdicts
    }

    /// Whether every rule holds.
    pub fn clean(&self) -> bool {
        self.verdicts.iter().all(|verdict| verdict.broken == 0)
    }

    /// How many rules are broken.
    pub fn broken_rules(&self) -> usize {
        self.verdicts.iter().filter(|verdict| verdict.broken > 0).count()
    }

    /// Whether everything that is broken can be mended.
    pub fn all_repairable(&self) -> bool {
        self.verdicts.iter().all(|verdict| verdict.repairable == verdict.broken)
    }

    /// What can be mended, in the order in which it should be, and what people call it.
    pub fn targets(&self) -> impl ExactSizeIterator<Item = (Target, &str)> {
        self.targets.iter().map(|(target, key)| (*target, key.as_str()))
    }

    /// Notes that so many documents were looked at for a rule.
    pub(super) fn checked(&mut self, rule: Rule, documents: u64) {
        if let Some(verdict) = self.verdict(rule) {
            verdict.checked += documents;
        }
    }

    /// Notes a breach, which stands for `count` documents.
    pub(super) fn broken(&mut self, breach: Breach, count: u64) {
        if let Some(target) = breach.target
            && self.targets.len() < MOST_TARGETS
        {
            self.targets.entry(target).or_insert_with(|| breach.key.clone());
        }
        if let Some(verdict) = self.verdict(breach.rule) {
            verdict.broken += count;
            verdict.repairable += if breach.target.is_some() { count } else { 0 };
            verdict.first.get_or_insert(breach);
        }
    }

    fn verdict(&mut self, rule: Rule) -> Option<&mut Verdict> {
        self.verdicts.iter_mut().find(|verdict| verdict.rule == rule)
    }
}

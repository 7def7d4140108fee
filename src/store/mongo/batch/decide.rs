//! What becomes of each member of a group: pure, from what its transaction has read.

use std::collections::{BTreeMap, BTreeSet};

use super::{Done, Member, Work};
use crate::domain::id::{OrderId, ProductId, UserId};
use crate::domain::inventory::{Movement, MovementContext, StockEffect};
use crate::domain::number::{OrderNumber, Version};
use crate::domain::order::Order;
use crate::domain::sku::Sku;
use crate::store::mongo::single::before;
use crate::store::plan::{Decision, Found, StockWrite, decide_change, decide_covered, decide_effects};
use crate::store::{KnownCustomer, Premises, RecordedOrder, Result, StockChange, StoreError, Unique};

/// What a transaction has read for a group.
#[derive(Default)]
pub(super) struct Seen {
    /// Requests that were done before.
    pub(super) requests: BTreeSet<String>,
    /// External references that orders have.
    pub(super) references: BTreeSet<String>,
    /// Numbers that orders have, of those that a member wants to keep.
    pub(super) numbers: BTreeSet<OrderNumber>,
    /// Products that are there, in their versions.
    pub(super) products: BTreeMap<ProductId, Version>,
    /// Those of them that are on sale.
    pub(super) on_sale: BTreeSet<ProductId>,
    /// Users who order, in their versions.
    pub(super) users: BTreeMap<UserId, Version>,
    /// Addresses of guests under which somebody is registered, normalised.
    pub(super) registered: BTreeSet<String>,
    /// The versions of orders that are there.
    pub(super) versions: BTreeMap<OrderId, Version>,
    /// A record for each product of the group, as found or empty.
    pub(super) stock: BTreeMap<ProductId, Found>,
    /// The SKUs of products that are there, for those without a record.
    pub(super) skus: BTreeMap<ProductId, Sku>,
}

/// What is to be written.
#[derive(Default)]
pub(super) struct Decided<'a> {
    /// For each member, in the order given, what became of it. Orders that are placed have no number yet.
    pub(super) outcomes: Vec<Result<Outcome>>,
    /// Orders to be written over the versions that were read.
    pub(super) brought: Vec<&'a Order>,
    /// Each record that changes, once, as it is after the last change.
    pub(super) records: Vec<StockWrite>,
    /// In the order in which they happen.
    pub(super) movements: Vec<Movement>,
}

/// What became of a member, before numbers are given.
pub(super) enum Outcome {
    /// It is to be placed.
    ToPlace,
    /// All is said.
    Settled(Done),
}

impl Outcome {
    /// With its number, where it needs one.
    pub(super) fn numbered(self, number: impl FnOnce() -> Result<OrderNumber>) -> Result<Done> {
        match self {
            Self::ToPlace => number().map(Done::Placed),
            Self::Settled(done) => Ok(done),
        }
    }
}

/// Decides each member whole, in the order given, on what those before it have left. One that is refused leaves no trace.
pub(super) fn decide(members: &[Member], mut seen: Seen) -> Decided<'_> {
    let mut decided = Decided::default();
    let mut records: BTreeMap<ProductId, StockWrite> = BTreeMap::new();
    for member in members {
        let outcome = decide_one(member, &seen).map(|(outcome, writes)| {
            for write in writes {
                let id = write.item.product_id;
                seen.stock.insert(id, Found { item: write.item.clone(), stored: true });
                decided.movements.extend(write.movement);
                records
                    .entry(id)
                    .and_modify(|earlier| earlier.item = write.item.clone())
                    .or_insert(StockWrite { item: write.item, replaces: write.replaces, movement: None });
            }
            seen.requests.extend(member.receipt.as_ref().map(|receipt| receipt.id.clone()));
            match &member.work {
                Work::Place { order, .. } => {
                    seen.references.extend(order.external_ref.as_ref().map(ToString::to_string));
                }
                Work::Bring(order, ..) => {
                    seen.versions.insert(order.id, order.version);
                    // Another step of the same order in this group takes the place of this one.
                    decided.brought.retain(|earlier| earlier.id != order.id);
                    decided.brought.push(order);
                }
                Work::Record(recorded) => {
                    let reference = recorded.order.external_ref.as_ref();
                    seen.references.extend(reference.map(ToString::to_string));
                    seen.numbers.extend(recorded.keeps_number.then_some(recorded.order.number));
                }
                Work::Change(_) => {}
            }
            outcome
        });
        decided.outcomes.push(outcome);
    }
    decided.records = records.into_values().collect();
    decided
}

fn decide_one(member: &Member, seen: &Seen) -> Result<(Outcome, Vec<StockWrite>)> {
    if member.receipt.as_ref().is_some_and(|receipt| seen.requests.contains(&receipt.id)) {
        return Err(StoreError::Duplicate(Unique::Request));
    }
    match &member.work {
        Work::Place { order, premises, effects, context } => {
            expect_new(order, seen)?;
            expect_premises(premises, seen)?;
            expect_on_sale(effects, seen)?;
            Ok((Outcome::ToPlace, decide_effects(effects, &seen.stock, context)?))
        }
        Work::Bring(order, effects, context) => {
            bring(order, effects, context, seen).map(|writes| (Outcome::Settled(Done::Brought), writes))
        }
        Work::Record(recorded) => record(recorded, seen),
        Work::Change(change) => decide_stock(change, seen),
    }
}

// What is asked of an order that is placed stands in the precedence of
// [`OrderStore::place_order`](crate::store::OrderStore::place_order).

fn expect_new(order: &Order, seen: &Seen) -> Result<()> {
    match &order.external_ref {
        Some(reference) if seen.references.contains(reference.as_str()) => {
            Err(StoreError::Duplicate(Unique::ExternalRef))
        }
        _ => Ok(()),
    }
}

fn expect_premises(premises: &Premises, seen: &Seen) -> Result<()> {
    let products =
        premises.products.iter().all(|(product, version)| seen.products.get(product) == Some(version));
    let customer = match &premises.customer {
        Some(KnownCustomer::User(user, version)) => seen.users.get(user) == Some(version),
        Some(KnownCustomer::Guest(email)) => !seen.registered.contains(email.norm()),
        None => true,
    };
    if products && customer { Ok(()) } else { Err(StoreError::Stale { current: None }) }
}

fn expect_on_sale(effects: &[StockEffect], seen: &Seen) -> Result<()> {
    let products = effects.iter().map(|effect| effect.product_id);
    let off_sale: Vec<ProductId> = products.filter(|product| !seen.on_sale.contains(product)).collect();
    if off_sale.is_empty() { Ok(()) } else { Err(StoreError::NotOnSale(off_sale)) }
}

fn record(recorded: &RecordedOrder, seen: &Seen) -> Result<(Outcome, Vec<StockWrite>)> {
    let RecordedOrder { order, keeps_number, stock, cover, context } = recorded;
    expect_new(order, seen)?;
    if *keeps_number && seen.numbers.contains(&order.number) {
        return Err(StoreError::Duplicate(Unique::OrderNumber));
    }
    let outcome = if *keeps_number { Outcome::Settled(Done::Placed(order.number)) } else { Outcome::ToPlace };
    Ok((outcome, decide_covered(stock, &seen.stock, context, *cover)?))
}

fn bring(
    order: &Order,
    effects: &[StockEffect],
    context: &MovementContext,
    seen: &Seen,
) -> Result<Vec<StockWrite>> {
    let current = seen.versions.get(&order.id).copied();
    if current.is_none() || current != before(order.version) {
        return Err(StoreError::Stale { current });
    }
    decide_effects(effects, &seen.stock, context)
}

fn decide_stock(change: &StockChange, seen: &Seen) -> Result<(Outcome, Vec<StockWrite>)> {
    let found = seen.stock.get(&change.product_id);
    let current = found.filter(|found| found.stored).map(|found| found.item.clone());
    // Of a record that is not there, its empty place knows where the movements go on.
    let last_seq = found.map_or(0, |found| found.item.seq);
    let sku = seen.skus.get(&change.product_id);
    Ok(match decide_change(change, sku, current, last_seq)? {
        Decision::Unchanged(item) => (Outcome::Settled(Done::Changed(item)), Vec::new()),
        Decision::Write(write) => (Outcome::Settled(Done::Changed(write.item.clone())), vec![write]),
    })
}

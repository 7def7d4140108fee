//! What becomes of each order of a group: pure, from what its transaction has read.

use std::collections::{BTreeMap, BTreeSet};

use super::Placement;
use crate::domain::id::ProductId;
use crate::domain::inventory::Movement;
use crate::store::plan::{Found, StockWrite, decide_effects};
use crate::store::{Result, StoreError, Unique};

/// What a transaction has read for a group.
#[derive(Default)]
pub(super) struct Seen {
    /// Requests that were done before.
    pub(super) requests: BTreeSet<String>,
    /// External references that orders have.
    pub(super) references: BTreeSet<String>,
    /// Products on sale.
    pub(super) active: BTreeSet<ProductId>,
    /// A record for each product of the group, as found or empty.
    pub(super) stock: BTreeMap<ProductId, Found>,
}

/// What is to be written.
#[derive(Default)]
pub(super) struct Decided {
    /// For each order, in the order given, whether it is placed.
    pub(super) outcomes: Vec<Result<()>>,
    /// Each record that changes, once, as it is after the last order.
    pub(super) records: Vec<StockWrite>,
    /// In the order in which they happen.
    pub(super) movements: Vec<Movement>,
}

/// Decides each order whole, in the order given, on what those before it have left. One that is refused leaves no trace.
pub(super) fn decide(members: &[Placement], mut seen: Seen) -> Decided {
    let mut decided = Decided::default();
    let mut changed: BTreeMap<ProductId, StockWrite> = BTreeMap::new();
    for member in members {
        let outcome = decide_one(member, &seen).map(|writes| {
            for write in writes {
                let id = write.item.product_id;
                seen.stock.insert(id, Found { item: write.item.clone(), stored: true });
                decided.movements.extend(write.movement);
                changed
                    .entry(id)
                    .and_modify(|earlier| earlier.item = write.item.clone())
                    .or_insert(StockWrite { item: write.item, replaces: write.replaces, movement: None });
            }
            seen.requests.extend(member.receipt.as_ref().map(|receipt| receipt.id.clone()));
            seen.references.extend(member.order.external_ref.as_ref().map(ToString::to_string));
        });
        decided.outcomes.push(outcome);
    }
    decided.records = changed.into_values().collect();
    decided
}

/// What an order writes, in the precedence of [`OrderStore::place_order`](crate::store::OrderStore::place_order).
fn decide_one(member: &Placement, seen: &Seen) -> Result<Vec<StockWrite>> {
    if member.receipt.as_ref().is_some_and(|receipt| seen.requests.contains(&receipt.id)) {
        return Err(StoreError::Duplicate(Unique::Request));
    }
    let reference = member.order.external_ref.as_ref();
    if reference.is_some_and(|reference| seen.references.contains(reference.as_str())) {
        return Err(StoreError::Duplicate(Unique::ExternalRef));
    }
    let off_sale: Vec<ProductId> =
        member.products().into_iter().filter(|product| !seen.active.contains(product)).collect();
    if !off_sale.is_empty() {
        return Err(StoreError::NotOnSale(off_sale));
    }
    decide_effects(&member.reservations, &seen.stock, &member.context)
}

//! Placing orders: those that arrive together share one transaction.
//!
//! An order by itself takes the plain way: its transaction begins at once, and no order waits for company. Only while one
//! transaction is under way do others queue up, and then they all go into the next one ([`lanes`]). Within a group each order is
//! decided whole, in the order of arrival ([`decide`]); then everything is written at once ([`group`]). So the flash sale, where every
//! order wants the same product, is what this is best at, and it stays plain ACID.

mod decide;
mod group;
mod lanes;

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::sync::oneshot;

pub(super) use lanes::Lanes;

use self::group::Group;
use self::lanes::Waiting;
use super::MongoStore;
use super::shared::Shared;
use crate::domain::id::ProductId;
use crate::domain::inventory::{MovementContext, StockEffect};
use crate::domain::number::OrderNumber;
use crate::domain::order::Order;
use crate::store::{Commit, Receipt, Result, StoreError};

/// An order to be placed.
struct Placement {
    order: Order,
    context: MovementContext,
    /// What it takes from stock.
    reservations: Vec<StockEffect>,
    receipt: Option<Arc<Receipt>>,
}

impl Placement {
    fn products(&self) -> BTreeSet<ProductId> {
        self.reservations.iter().map(|effect| effect.product_id).collect()
    }
}

impl MongoStore {
    /// Places an order under the next number, and waits for it as [`MongoStore::run`] waits.
    pub(super) async fn place(
        &self,
        order: &Order,
        context: &MovementContext,
        commit: Commit,
    ) -> Result<OrderNumber> {
        let receipt = match &commit {
            Commit::Once(receipt) => Some(Arc::clone(receipt)),
            Commit::Keep | Commit::DryRun => None,
        };
        let reservations = order.reservations();
        let placement = Placement { order: order.clone(), context: context.clone(), reservations, receipt };
        if commit.is_dry_run() {
            return self.run(async move |store| store.try_placing(placement).await).await;
        }
        let (reply, outcome) = oneshot::channel();
        self.shared.enqueue(Waiting::new(placement, reply));
        let mut contact = self.shared.contact.clone();
        tokio::select! {
            biased;
            outcome = outcome => outcome.unwrap_or_else(|_| {
                Err(StoreError::Internal("the placing of an order did not end".to_owned()))
            }),
            why = contact.refused() => Err(self.shared.unreachable(Some(why))),
            () = tokio::time::sleep(self.shared.longest) => Err(StoreError::Timeout),
        }
    }
}

impl Shared {
    /// A dry run of placing an order.
    async fn try_placing(&self, placement: Placement) -> Result<OrderNumber> {
        self.ready(&Commit::DryRun).await?;
        let members = [placement];
        let placed = self.transact(&Group::new(&members, true), &Commit::DryRun).await?;
        placed.into_iter().next().unwrap_or(Err(StoreError::Timeout))
    }
}

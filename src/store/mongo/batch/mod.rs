//! Changes of stock that arrive together share one transaction: orders that are placed, orders that are brought on, and what people
//! count, correct and take in.
//!
//! A change by itself takes the plain way: its transaction begins at once, and nothing waits for company. Only while one transaction
//! is under way do others queue up, and then they all go into the next one ([`queues`], [`lanes`]). Within a group each is decided whole, in
//! the order of arrival, on what those before it have left ([`decide`]); then everything is written at once ([`group`]). So the
//! flash sale, where every order wants the same product, is what this is best at, and it stays plain ACID.
//!
//! The next group for a product begins as soon as the primary has the last one, and sees what that did. Its members are answered only
//! once a majority has it in its journals; a group that came later stands behind it in the oplog, so it cannot outlive it.

mod decide;
mod gather;
mod group;
mod lanes;
mod look;
mod queues;

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::sync::oneshot;

pub(super) use queues::Lanes;

pub(super) use self::group::Group;
use self::queues::Waiting;
use super::MongoStore;
use super::shared::Shared;
use crate::domain::id::ProductId;
use crate::domain::inventory::{MovementContext, StockEffect, StockItem};
use crate::domain::number::OrderNumber;
use crate::domain::order::Order;
use crate::store::{Commit, Effect, Premises, Receipt, RecordedOrder, Result, StockChange, StoreError};

/// One change of stock, with what it stands for.
pub(super) enum Work {
    /// A new order, what it was made of, and what it takes.
    Place { order: Order, premises: Premises, effects: Vec<StockEffect>, context: MovementContext },
    /// An order's next version, and what that does.
    Bring(Order, Vec<StockEffect>, MovementContext),
    /// What somebody counted, corrected or took in.
    Change(StockChange),
    /// An order that was placed elsewhere, and what it takes.
    Record(RecordedOrder),
}

impl Work {
    /// Of which products, in whose stock's order.
    fn products(&self) -> BTreeSet<ProductId> {
        match self {
            Self::Place { effects, .. } | Self::Bring(_, effects, _) => {
                effects.iter().map(|effect| effect.product_id).collect()
            }
            Self::Record(recorded) => recorded.stock.iter().map(|effect| effect.product_id).collect(),
            Self::Change(change) => BTreeSet::from([change.product_id]),
        }
    }

    /// A measure of how much it adds to a transaction.
    fn size(&self) -> usize {
        match self {
            Self::Place { order, .. } | Self::Bring(order, ..) => order.lines.len(),
            Self::Record(recorded) => recorded.order.lines.len(),
            Self::Change(_) => 1,
        }
    }
}

/// What became of it.
#[derive(Debug, Clone)]
pub(super) enum Done {
    /// The order has this number.
    Placed(OrderNumber),
    /// The order has been brought on.
    Brought,
    /// This is the stock afterwards.
    Changed(StockItem),
}

impl Done {
    fn effect(&self) -> Effect<'_> {
        match self {
            Self::Placed(number) => Effect::Placed(*number),
            Self::Brought => Effect::Done,
            Self::Changed(item) => Effect::Stock(item),
        }
    }

    /// The number of an order that was placed.
    pub(super) fn number(self) -> Result<OrderNumber> {
        match self {
            Self::Placed(number) => Ok(number),
            Self::Brought | Self::Changed(_) => Err(mixed_up()),
        }
    }

    /// The stock after a change.
    pub(super) fn stock(self) -> Result<StockItem> {
        match self {
            Self::Changed(item) => Ok(item),
            Self::Brought | Self::Placed(_) => Err(mixed_up()),
        }
    }
}

fn mixed_up() -> StoreError {
    StoreError::Internal("a change was answered with the outcome of another".to_owned())
}

/// Work, and the receipt of the request that asked for it.
pub(super) struct Member {
    work: Work,
    receipt: Option<Arc<Receipt>>,
}

impl Member {
    /// Work that no request has asked for.
    pub(super) fn of(work: Work) -> Self {
        Self { work, receipt: None }
    }
}

impl MongoStore {
    /// Does this in the next transaction, and waits for it as [`MongoStore::run`] waits.
    pub(super) async fn together(&self, work: Work, commit: Commit) -> Result<Done> {
        let receipt = match &commit {
            Commit::Once(receipt) | Commit::Logged(_, Some(receipt)) => Some(Arc::clone(receipt)),
            Commit::Keep | Commit::Logged(_, None) | Commit::DryRun => None,
        };
        let member = Member { work, receipt };
        if commit.is_dry_run() {
            return self.run(async move |store| store.try_alone(member).await).await;
        }
        let (reply, outcome) = oneshot::channel();
        self.shared.enqueue(Waiting::new(member, reply));
        let mut contact = self.shared.contact.clone();
        tokio::select! {
            biased;
            outcome = outcome => outcome.unwrap_or_else(|_| {
                Err(StoreError::Internal("a change of stock did not end".to_owned()))
            }),
            why = contact.refused() => Err(self.shared.unreachable(Some(why))),
            () = tokio::time::sleep(self.shared.longest) => Err(StoreError::Timeout),
        }
    }
}

impl Shared {
    async fn try_alone(&self, member: Member) -> Result<Done> {
        self.ready(&Commit::DryRun).await?;
        let members = [member];
        let done = self.transact(&Group::new(&members, true), &Commit::DryRun).await?;
        done.into_iter().next().unwrap_or(Err(StoreError::Timeout))
    }
}

//! One transaction for a group.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use mongodb::ClientSession;
use mongodb::bson::RawDocumentBuf;
use tokio::sync::oneshot;

use super::decide::{Decided, Outcome, decide};
use super::{Done, Member, Work};
use crate::domain::inventory::Movement;
use crate::domain::number::OrderNumber;
use crate::domain::order::Order;
use crate::store::mongo::error::{code, code_of};
use crate::store::mongo::filter::by_id;
use crate::store::mongo::rows::{self, OrderRow};
use crate::store::mongo::shared::Shared;
use crate::store::mongo::transaction::{Attempt, Fault, Step};
use crate::store::{Effect, Receipt, RecordedOrder, Result, StoreError, Unique, crash};

/// What became of each member, in the order given.
pub(in crate::store::mongo) type Outcomes = Vec<Result<Done>>;

/// Members that share a transaction.
pub(in crate::store::mongo) struct Group<'a> {
    members: &'a [Member],
    dry_run: bool,
    /// Who wants to know when the next group may begin.
    next: Mutex<Option<oneshot::Sender<()>>>,
    memory: Mutex<Memory>,
}

/// What is kept over further attempts.
#[derive(Default)]
struct Memory {
    /// Numbers taken so far. They are taken once orders are known to be good, so that a refusal leaves no gap.
    numbers: Vec<OrderNumber>,
    /// What the last attempt that went to its commit had decided.
    outcomes: Outcomes,
}

impl<'a> Group<'a> {
    /// Of these.
    pub(in crate::store::mongo) fn new(members: &'a [Member], dry_run: bool) -> Self {
        Self { members, dry_run, next: Mutex::default(), memory: Mutex::new(Memory::default()) }
    }

    /// The same, telling when those that come after it see what it did.
    pub(in crate::store::mongo) fn telling(self, next: Option<oneshot::Sender<()>>) -> Self {
        Self { next: Mutex::new(next), ..self }
    }

    fn remember<T>(&self, with: impl FnOnce(&mut Memory) -> T) -> T {
        with(&mut self.memory.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl Step for Group<'_> {
    type Output = Outcomes;

    async fn run(&self, store: &Shared, session: &mut ClientSession) -> Attempt<Outcomes> {
        let seen = store.look(session, self.members).await?;
        let Decided { outcomes, brought, records, movements } = decide(self.members, seen);
        // Numbers come from outside the transaction, so they can be asked for while stock is written. Of two that want the same product
        // the later one meets the other here, before it has written anything else.
        let (outcomes, written) = tokio::join!(self.number(store, outcomes), async {
            store.write_stock(session, &records).await?;
            store.write_movements(session, &movements.iter().collect::<Vec<&Movement>>()).await?;
            store.replace_orders(session, &brought).await
        });
        let outcomes = outcomes?;
        written?;
        let done = || {
            self.members
                .iter()
                .zip(&outcomes)
                .filter_map(|(member, done)| Some((member, done.as_ref().ok()?)))
        };
        let placed = done().filter_map(|(member, done)| match (&member.work, done) {
            (Work::Place { order, .. } | Work::Record(RecordedOrder { order, .. }), Done::Placed(number)) => {
                Some(Order { number: *number, ..order.clone() })
            }
            _ => None,
        });
        self.add_orders(store, session, &placed.collect::<Vec<Order>>()).await?;
        let receipts = done().filter_map(|(member, done)| Some((member.receipt.as_deref()?, done.effect())));
        store.write_receipts(session, &receipts.collect::<Vec<(&Receipt, Effect<'_>)>>()).await?;
        self.remember(|memory| memory.outcomes.clone_from(&outcomes));
        Ok(outcomes)
    }

    fn tells_when_applied(&self) -> bool {
        self.next.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    fn applied(&self) {
        if let Some(next) = self.next.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // Who no longer listens goes on by itself.
            let _ = next.send(());
        }
    }

    /// Either all that were done are there, or none is: any order tells. Where there is none, the server's own answer to the repeated commit
    /// has to do; it knows of every commit that a majority has.
    async fn done_before(&self, store: &Shared) -> Result<Option<Outcomes>> {
        let decided = self.remember(|memory| memory.outcomes.clone());
        for (member, _) in self.members.iter().zip(&decided).filter(|(_, done)| done.is_ok()) {
            let found = match &member.work {
                Work::Place { order, .. } | Work::Record(RecordedOrder { order, .. }) => {
                    store.any::<OrderRow>(by_id(order.id)).await?
                }
                Work::Bring(order, ..) => {
                    store.find_one::<OrderRow>(by_id(order.id)).await?.is_some_and(|found| found == *order)
                }
                Work::Change(_) => continue,
            };
            return Ok(found.then_some(decided));
        }
        Ok(None)
    }
}

impl Group<'_> {
    /// Gives a number to each order that is placed.
    async fn number(&self, store: &Shared, outcomes: Vec<Result<Outcome>>) -> Result<Outcomes> {
        let wanted = outcomes.iter().filter(|outcome| matches!(outcome, Ok(Outcome::ToPlace))).count();
        let missing = wanted.saturating_sub(self.remember(|memory| memory.numbers.len()));
        if missing > 0 {
            let first = store.take_order_numbers(missing, self.dry_run).await?;
            let taken: Result<Vec<OrderNumber>> = (first.get()..)
                .take(missing)
                .map(|number| {
                    OrderNumber::new(number).map_err(|invalid| StoreError::Internal(invalid.detail))
                })
                .collect();
            let taken = taken?;
            self.remember(|memory| memory.numbers.extend(taken));
        }
        let mut numbers = self.remember(|memory| memory.numbers.clone()).into_iter();
        let mut next = || {
            numbers
                .next()
                .ok_or_else(|| StoreError::Internal("an order was left without a number".to_owned()))
        };
        Ok(outcomes.into_iter().map(|outcome| outcome?.numbered(&mut next)).collect())
    }

    async fn add_orders(&self, store: &Shared, session: &mut ClientSession, orders: &[Order]) -> Attempt<()> {
        if orders.is_empty() {
            return Ok(());
        }
        let rows: Result<Vec<RawDocumentBuf>> = orders.iter().map(rows::encode::<OrderRow>).collect();
        let Err(error) = store.of::<OrderRow>().insert_many(rows?).session(session).await else {
            crash::point("order:written");
            return Ok(());
        };
        if code_of(&error) != Some(code::DUPLICATE_KEY) {
            return Err(error.into());
        }
        match store.explain(&error) {
            // Numbers are taken upwards of a counter, so an order can only have one of them where the counter was set back.
            StoreError::Duplicate(Unique::OrderNumber) if !self.dry_run => {
                self.remember(|memory| memory.numbers.clear());
                store.mend_order_counter().await?;
                Err(Fault::Again)
            }
            // Nobody else gives an order its id.
            StoreError::Duplicate(Unique::Id) => Err(Fault::There),
            // Another copy placed one with this reference between our look and now.
            StoreError::Duplicate(Unique::ExternalRef) => Err(Fault::Again),
            error => Err(error.into()),
        }
    }
}

impl Shared {
    /// Writes orders over those whose versions were read.
    async fn replace_orders(&self, session: &mut ClientSession, orders: &[&Order]) -> Attempt<()> {
        let rows = orders.iter().map(|order| Ok((order.id.to_string(), rows::encode::<OrderRow>(order)?)));
        let changed: Vec<(String, RawDocumentBuf)> = rows.collect::<Result<_>>()?;
        self.replace_many::<OrderRow>(session, &changed).await?;
        if !changed.is_empty() {
            crash::point("order:written");
        }
        Ok(())
    }
}

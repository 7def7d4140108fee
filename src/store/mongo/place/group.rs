//! One transaction for a group of orders.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use mongodb::ClientSession;
use mongodb::bson::{RawDocumentBuf, doc};

use super::Placement;
use super::decide::{Decided, Seen, decide};
use crate::domain::id::ProductId;
use crate::domain::inventory::{Movement, StockEffect};
use crate::domain::number::OrderNumber;
use crate::domain::order::Order;
use crate::domain::product::ProductStatus;
use crate::store::mongo::error::{code, code_of};
use crate::store::mongo::filter::by_id;
use crate::store::mongo::rows::{self, OrderRow, ProductRow};
use crate::store::mongo::shared::Shared;
use crate::store::mongo::transaction::{Attempt, Fault, Step};
use crate::store::{Effect, Receipt, Result, StoreError, Unique, crash};

/// What became of each order, in the order given.
pub(super) type Outcomes = Vec<Result<OrderNumber>>;

/// Orders that share a transaction.
pub(super) struct Group<'a> {
    members: &'a [Placement],
    dry_run: bool,
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
    /// Of these orders.
    pub(super) fn new(members: &'a [Placement], dry_run: bool) -> Self {
        Self { members, dry_run, memory: Mutex::new(Memory::default()) }
    }

    fn remember<T>(&self, with: impl FnOnce(&mut Memory) -> T) -> T {
        with(&mut self.memory.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl Step for Group<'_> {
    type Output = Outcomes;

    async fn run(&self, store: &Shared, session: &mut ClientSession) -> Attempt<Outcomes> {
        let seen = self.look(store, session).await?;
        let Decided { outcomes, records, movements } = decide(self.members, seen);
        let outcomes = self.number(store, outcomes).await?;
        let placed: Vec<(&Placement, OrderNumber)> = (self.members.iter().zip(&outcomes))
            .filter_map(|(member, outcome)| Some((member, *outcome.as_ref().ok()?)))
            .collect();
        if !placed.is_empty() {
            self.write_orders(store, session, &placed).await?;
            store.write_stock(session, &records).await?;
            store.write_movements(session, &movements.iter().collect::<Vec<&Movement>>()).await?;
            let receipts: Vec<(&Receipt, Effect<'_>)> = placed
                .iter()
                .filter_map(|(member, number)| Some((member.receipt.as_deref()?, Effect::Placed(*number))))
                .collect();
            store.write_receipts(session, &receipts).await?;
        }
        self.remember(|memory| memory.outcomes.clone_from(&outcomes));
        Ok(outcomes)
    }

    /// Either all that were placed are there, or none is.
    async fn done_before(&self, store: &Shared) -> Result<Option<Outcomes>> {
        let decided = self.remember(|memory| memory.outcomes.clone());
        let Some(placed) = decided.iter().position(Result::is_ok) else { return Ok(None) };
        let Some(member) = self.members.get(placed) else { return Ok(None) };
        let found = store.any::<OrderRow>(by_id(member.order.id)).await?;
        Ok(found.then_some(decided))
    }
}

impl Group<'_> {
    /// Reads what there is to decide from, each kind with one query however many orders there are.
    async fn look(&self, store: &Shared, session: &mut ClientSession) -> Attempt<Seen> {
        let receipts: Vec<&Receipt> =
            self.members.iter().filter_map(|member| member.receipt.as_deref()).collect();
        let requests = store.done_requests(session, &receipts).await?;
        let references = self.references(store, session).await?;
        let effects: BTreeMap<ProductId, &StockEffect> = self
            .members
            .iter()
            .flat_map(|member| &member.reservations)
            .map(|effect| (effect.product_id, effect))
            .collect();
        let ids: Vec<String> = effects.keys().map(ToString::to_string).collect();
        let active = active(store, session, &ids).await?;
        let active = effects.keys().copied().filter(|id| active.contains(&id.to_string())).collect();
        let effects: Vec<&StockEffect> = effects.into_values().collect();
        let stock = match self.members.first() {
            Some(first) => store.stock_for(session, &effects, &first.context).await?,
            None => BTreeMap::new(),
        };
        Ok(Seen { requests, references, active, stock })
    }

    /// Which of the group's references other orders have. The unique index decides between two at once.
    async fn references(&self, store: &Shared, session: &mut ClientSession) -> Attempt<BTreeSet<String>> {
        let wanted: Vec<&str> = self
            .members
            .iter()
            .filter_map(|member| member.order.external_ref.as_ref())
            .map(crate::domain::text::Reference::as_str)
            .collect();
        let mut taken = BTreeSet::new();
        if wanted.is_empty() {
            return Ok(taken);
        }
        let mut cursor = store
            .of::<OrderRow>()
            .find(doc! { "external_ref": { "$in": wanted } })
            .projection(doc! { "_id": 0, "external_ref": 1 })
            .session(&mut *session)
            .await?;
        while cursor.advance(session).await? {
            taken.extend(cursor.current().get_str("external_ref").ok().map(str::to_owned));
        }
        Ok(taken)
    }

    /// Gives a number to each order that is placed.
    async fn number(&self, store: &Shared, outcomes: Vec<Result<()>>) -> Result<Outcomes> {
        let wanted = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
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
        let each = outcomes.into_iter().map(|outcome| {
            outcome?;
            numbers
                .next()
                .ok_or_else(|| StoreError::Internal("an order was left without a number".to_owned()))
        });
        Ok(each.collect())
    }

    async fn write_orders(
        &self,
        store: &Shared,
        session: &mut ClientSession,
        placed: &[(&Placement, OrderNumber)],
    ) -> Attempt<()> {
        let rows: Result<Vec<RawDocumentBuf>> = placed
            .iter()
            .map(|(member, number)| {
                rows::encode::<OrderRow>(&Order { number: *number, ..member.order.clone() })
            })
            .collect();
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
            // Another copy placed one with this reference between our look and now.
            StoreError::Duplicate(Unique::ExternalRef) => Err(Fault::Again),
            error => Err(error.into()),
        }
    }
}

/// Which of these products are on sale.
async fn active(store: &Shared, session: &mut ClientSession, ids: &[String]) -> Attempt<BTreeSet<String>> {
    let mut cursor = store
        .of::<ProductRow>()
        .find(doc! { "_id": { "$in": ids }, "status": { "$eq": ProductStatus::Active.as_str() } })
        .projection(doc! { "_id": 1 })
        .session(&mut *session)
        .await?;
    let mut active = BTreeSet::new();
    while cursor.advance(session).await? {
        active.insert(rows::key_of(cursor.current()));
    }
    Ok(active)
}

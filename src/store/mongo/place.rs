//! Placing an order: the order, its reservations and their movements in one transaction.

use std::collections::BTreeSet;

use async_trait::async_trait;
use mongodb::ClientSession;
use mongodb::bson::doc;
use tokio::sync::OnceCell;

use super::filter::by_id;
use super::rows::{self, OrderRow, ProductRow};
use super::shared::Shared;
use super::transaction::{Attempt, Step};
use crate::domain::id::ProductId;
use crate::domain::inventory::MovementContext;
use crate::domain::number::OrderNumber;
use crate::domain::order::Order;
use crate::domain::product::ProductStatus;
use crate::store::{Commit, Result, StoreError, Unique};

/// How many numbers to try where a counter was set back below the orders that are there.
const NUMBERS: usize = 100;

/// An order to be placed.
struct Place {
    order: Order,
    context: MovementContext,
    commit: Commit,
    /// Taken once the order is known to be good, so that a refusal leaves no gap, and kept over further attempts.
    number: OnceCell<OrderNumber>,
}

impl Shared {
    /// Places an order under the next number.
    pub(super) async fn place(
        &self,
        order: Order,
        context: MovementContext,
        commit: Commit,
    ) -> Result<OrderNumber> {
        let mut step = Place { order, context, commit, number: OnceCell::new() };
        for _ in 0..NUMBERS {
            match self.transact(&step, commit).await {
                Err(StoreError::Duplicate(Unique::OrderNumber)) if commit == Commit::Keep => {
                    step.number = OnceCell::new();
                }
                outcome => return outcome,
            }
        }
        Err(StoreError::Internal(
            "the counter of order numbers is behind the orders that are there".to_owned(),
        ))
    }
}

#[async_trait]
impl Step for Place {
    type Output = OrderNumber;

    async fn run(&self, store: &Shared, session: &mut ClientSession) -> Attempt<OrderNumber> {
        self.new_reference(store, session).await?;
        self.on_sale(store, session).await?;
        store.apply_effects(session, &self.order.reservations(), &self.context).await?;
        let number = *self.number.get_or_try_init(|| store.next_order_number(self.commit)).await?;
        let row = rows::encode::<OrderRow>(&Order { number, ..self.order.clone() })?;
        store.of::<OrderRow>().insert_one(row).session(session).await?;
        Ok(number)
    }

    async fn done_before(&self, store: &Shared) -> Result<Option<OrderNumber>> {
        let found = store.find_one::<OrderRow>(by_id(self.order.id)).await?;
        Ok(found.map(|order| order.number))
    }
}

impl Place {
    /// Fails when another order has the reference; the unique index decides between two at once.
    async fn new_reference(&self, store: &Shared, session: &mut ClientSession) -> Attempt<()> {
        let Some(reference) = &self.order.external_ref else { return Ok(()) };
        let filter = doc! { "external_ref": { "$eq": reference.as_str() } };
        match store.of::<OrderRow>().find_one(filter).session(session).await? {
            Some(_) => Err(StoreError::Duplicate(Unique::ExternalRef).into()),
            None => Ok(()),
        }
    }

    /// Fails with every product of the order that is gone or not active.
    async fn on_sale(&self, store: &Shared, session: &mut ClientSession) -> Attempt<()> {
        let wanted: BTreeSet<ProductId> = self.order.lines.iter().map(|line| line.product_id).collect();
        let ids: Vec<String> = wanted.iter().map(ToString::to_string).collect();
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
        let missing: Vec<ProductId> =
            wanted.into_iter().filter(|product| !active.contains(&product.to_string())).collect();
        if missing.is_empty() { Ok(()) } else { Err(StoreError::NotOnSale(missing).into()) }
    }
}

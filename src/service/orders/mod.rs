//! Placing orders and bringing them on.

mod act;
mod expire;
mod export;
mod known;
mod own;
mod parts;
mod place;
mod query;
mod sweeper;
mod wish;

use std::sync::Arc;

pub use act::{OrderAction, OrderChange};
pub use expire::{Sweep, Swept};
pub use place::{NewOrder, OrderItem};
pub use query::OrderQuery;
pub use sweeper::sweep_until_stopped;

use self::known::Known;
use super::error::{Error, Kind, Result};
use super::once::once;
use super::page::Listing;
use super::view::OrderView;
use super::write::{TRIES, WriteOptions, back_off};
use crate::domain::clock::Clock;
use crate::domain::id::UserId;
use crate::domain::inventory::MovementContext;
use crate::domain::key::OrderKey;
use crate::domain::number::Version;
use crate::domain::order::{Hold, Order, OrderSort};
use crate::store::{OrderStore, ProductStore, StoreError, UserLookup};

/// Whose orders may be seen and touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// All: staff and shells.
    All,
    /// Only this customer's. Another's order does not exist for them.
    Own(UserId),
}

/// The use cases of orders.
#[expect(clippy::struct_field_names, reason = "each field is named after the store it holds")]
pub struct Orders {
    orders: Arc<dyn OrderStore>,
    products: Arc<dyn ProductStore>,
    users: Arc<dyn UserLookup>,
    clock: Arc<dyn Clock>,
    hold: Option<Hold>,
    known: Known,
}

impl Orders {
    /// On these stores, where an order waits for its payment for as long as it takes.
    pub fn new(
        orders: Arc<dyn OrderStore>,
        products: Arc<dyn ProductStore>,
        users: Arc<dyn UserLookup>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { orders, products, users, clock, hold: None, known: Known::default() }
    }

    /// The same, with a hold for orders that are placed without a word about it.
    #[must_use]
    pub fn with_hold(self, hold: Option<Hold>) -> Self {
        Self { hold, ..self }
    }

    /// Shows an order.
    ///
    /// # Errors
    /// `Invalid`; `order_not_found`.
    pub async fn get(&self, key: &str, scope: Scope) -> Result<OrderView> {
        Ok((&self.find(key, scope).await?).into())
    }

    /// Lists orders.
    ///
    /// # Errors
    /// `Invalid`; `user_not_found` when the list is to be one user's.
    pub async fn list(&self, query: &OrderQuery, scope: Scope) -> Result<Listing<OrderView>> {
        let mut filter = query::parse(query, &*self.users, &*self.products).await?;
        if let Scope::Own(user) = scope {
            if filter.user_id.is_some_and(|asked| asked != user) {
                return Err(Error::new(
                    Kind::Forbidden,
                    "staff_only",
                    "only staff see other customers' orders",
                ));
            }
            filter.user_id = Some(user);
        }
        let paging = query.page.parse(&filter, OrderSort::Id)?;
        let page = self.orders.list_orders(&filter, &paging.request).await.map_err(Error::from_store)?;
        Ok(paging.listing(page, query::position, |order| OrderView::from(&order)))
    }

    /// Removes an order that has shipped nothing, giving its stock back.
    ///
    /// # Errors
    /// `order_not_found`; `order_shipped`; `stale_version`.
    pub async fn delete(&self, key: &str, options: &WriteOptions) -> Result<OrderView> {
        once(&*self.orders, options, self.clock.now(), async || {
            let mut attempt = 0;
            loop {
                let order = self.find(key, Scope::All).await?;
                require_version(&order, options)?;
                let stock = order.release_for_delete().map_err(|invalid| {
                    Error::new(Kind::Conflict, invalid.code, invalid.detail)
                        .hint(format!("shopctl order update {} --status returned", order.number))
                })?;
                let context = MovementContext {
                    actor: options.actor.clone(),
                    at: self.clock.now(),
                    order_id: Some(order.id),
                    reason: "order deleted".parse().ok(),
                    reference: None,
                };
                let view = OrderView::from(&order);
                let answer = view.clone();
                let commit = options.commit(context.at, move |_| answer.clone());
                match self.orders.delete_order(order.id, order.version, &stock, &context, commit).await {
                    Ok(()) => return Ok(view),
                    Err(StoreError::Stale { .. }) if options.if_version.is_none() && attempt < TRIES => {
                        back_off(&mut attempt).await;
                    }
                    Err(error) => return Err(store_error(error, &order)),
                }
            }
        })
        .await
    }

    async fn find(&self, key: &str, scope: Scope) -> Result<Order> {
        let parsed: OrderKey = key.parse().map_err(|invalid| Error::invalid("/id", invalid))?;
        let found = self.orders.find_order(&parsed).await.map_err(Error::from_store)?;
        let visible = found.filter(|order| match scope {
            Scope::All => true,
            Scope::Own(user) => order.customer.user_id == Some(user),
        });
        visible.ok_or_else(|| Error::not_found("order", parsed))
    }
}

fn require_version(order: &Order, options: &WriteOptions) -> Result<()> {
    if options.allow(order.version) {
        return Ok(());
    }
    Err(Error::stale("order", order.number, Some(order.version.get())))
}

fn store_error(error: StoreError, order: &Order) -> Error {
    match error {
        StoreError::Stale { current } => Error::stale("order", order.number, current.map(Version::get)),
        error => Error::from_store(error),
    }
}

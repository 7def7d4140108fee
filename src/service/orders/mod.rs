//! Placing orders and bringing them on.

mod place;
mod query;

use std::sync::Arc;

pub use place::{NewOrder, OrderItem};
pub use query::OrderQuery;

use super::error::{Error, Kind, Problem, Result};
use super::fields::Fields;
use super::page::Listing;
use super::view::OrderView;
use super::write::{TRIES, WriteOptions, back_off};
use crate::domain::clock::Clock;
use crate::domain::id::UserId;
use crate::domain::inventory::MovementContext;
use crate::domain::key::OrderKey;
use crate::domain::money::Money;
use crate::domain::number::{Quantity, Version};
use crate::domain::order::{
    Command, CommandWord, ItemQuantity, Order, OrderSort, OrderStatus, Outcome, StepRefusal,
};
use crate::domain::text::{Reason, Reference};
use crate::store::{OrderStore, ProductStore, StoreError, UserLookup};

/// Whose orders may be seen and touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// All: staff and shells.
    All,
    /// Only this customer's. Another's order does not exist for them.
    Own(UserId),
}

/// What to do with an order, as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderAction {
    /// Bring the whole order into the state that this word names: `confirmed`, `paid`, `shipped`, `delivered`, `cancelled`,
    /// `returned` or `refunded`.
    Status(String),
    /// Note that it was paid.
    Pay,
    /// Send these items, or all that are left.
    Ship {
        /// Which.
        items: Option<Vec<OrderItem>>,
        /// The parcel service's name for it.
        tracking: Option<String>,
    },
    /// Note that it arrived.
    Deliver,
    /// Give up these items, or all that have not been sent.
    Cancel {
        /// Which.
        items: Option<Vec<OrderItem>>,
    },
    /// Take these items back, or all that were sent.
    Return {
        /// Which.
        items: Option<Vec<OrderItem>>,
        /// Whether they go back on the shelf.
        restock: bool,
    },
    /// Note that this much was paid back, or all of it.
    Refund {
        /// How much, as a decimal in the order's currency.
        amount: Option<String>,
    },
}

/// The use cases of orders.
#[expect(clippy::struct_field_names, reason = "each field is named after the store it holds")]
pub struct Orders {
    orders: Arc<dyn OrderStore>,
    products: Arc<dyn ProductStore>,
    users: Arc<dyn UserLookup>,
    clock: Arc<dyn Clock>,
}

impl Orders {
    /// On these stores.
    pub fn new(
        orders: Arc<dyn OrderStore>,
        products: Arc<dyn ProductStore>,
        users: Arc<dyn UserLookup>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { orders, products, users, clock }
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

    /// Brings an order on. Where it already is, nothing is written and the order is shown as it is.
    ///
    /// A customer may only cancel an order of their own, whole, while it is pending.
    ///
    /// # Errors
    /// `Invalid`; `order_not_found`; `illegal_transition` naming the moves that are allowed; `too_many_items`;
    /// `not_on_order`; `refund_too_large`; `stale_version`.
    pub async fn act(
        &self,
        key: &str,
        action: &OrderAction,
        reason: Option<&str>,
        scope: Scope,
        options: &WriteOptions,
    ) -> Result<OrderView> {
        let reason = reason.map(str::parse::<Reason>).transpose();
        let reason = reason.map_err(|invalid| Error::invalid("/reason", invalid))?;
        let mut attempt = 0;
        loop {
            let order = self.find(key, scope).await?;
            require_version(&order, options)?;
            let Some(command) = command(action, &order)? else {
                return settled(&order);
            };
            authorise(&command, &order, scope)?;
            let at = self.clock.now();
            let outcome = order
                .step(&command, at, &options.actor, reason.clone())
                .map_err(|refusal| refused(&order, &refusal))?;
            let Outcome::Changed { order: next, stock } = outcome else { return Ok((&order).into()) };
            let context = MovementContext {
                actor: options.actor.clone(),
                at,
                order_id: Some(order.id),
                reason: reason.clone(),
                reference: None,
            };
            match self.orders.step_order(&next, &stock, &context, options.commit()).await {
                Ok(()) => return Ok((&*next).into()),
                Err(StoreError::Stale { .. }) if options.if_version.is_none() && attempt < TRIES => {
                    back_off(&mut attempt).await;
                }
                Err(error) => return Err(store_error(error, &order)),
            }
        }
    }

    /// Changes the remark on an order, which touches neither stock nor status.
    ///
    /// # Errors
    /// `Invalid`; `order_not_found`; `stale_version`.
    pub async fn set_note(&self, key: &str, note: Option<&str>, options: &WriteOptions) -> Result<OrderView> {
        let mut fields = Fields::new();
        let Some(note) = fields.optional("/note", note) else { return Err(fields.into_error()) };
        let mut attempt = 0;
        loop {
            let order = self.find(key, Scope::All).await?;
            require_version(&order, options)?;
            if order.note == note {
                return Ok((&order).into());
            }
            let at = self.clock.now();
            let next =
                Order { note: note.clone(), version: order.version.next(), updated_at: at, ..order.clone() };
            let context = MovementContext {
                actor: options.actor.clone(),
                at,
                order_id: Some(order.id),
                reason: None,
                reference: None,
            };
            match self.orders.step_order(&next, &[], &context, options.commit()).await {
                Ok(()) => return Ok((&next).into()),
                Err(StoreError::Stale { .. }) if options.if_version.is_none() && attempt < TRIES => {
                    back_off(&mut attempt).await;
                }
                Err(error) => return Err(store_error(error, &order)),
            }
        }
    }

    /// Removes an order that has shipped nothing, giving its stock back.
    ///
    /// # Errors
    /// `order_not_found`; `order_shipped`; `stale_version`.
    pub async fn delete(&self, key: &str, options: &WriteOptions) -> Result<OrderView> {
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
            let deleted =
                self.orders.delete_order(order.id, order.version, &stock, &context, options.commit()).await;
            match deleted {
                Ok(()) => return Ok((&order).into()),
                Err(StoreError::Stale { .. }) if options.if_version.is_none() && attempt < TRIES => {
                    back_off(&mut attempt).await;
                }
                Err(error) => return Err(store_error(error, &order)),
            }
        }
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

/// The command an action means for this order; `None` for the word `pending`.
fn command(action: &OrderAction, order: &Order) -> Result<Option<Command>> {
    Ok(Some(match action {
        OrderAction::Status(word) => {
            return Command::from_status_word(word).map_err(|invalid| Error::invalid("/status", invalid));
        }
        OrderAction::Pay => Command::Pay,
        OrderAction::Deliver => Command::Deliver,
        OrderAction::Cancel { items } => Command::Cancel { items: parse_items(items.as_deref(), order)? },
        OrderAction::Return { items, restock } => {
            Command::Return { items: parse_items(items.as_deref(), order)?, restock: *restock }
        }
        OrderAction::Ship { items, tracking } => {
            let tracking = tracking.as_deref().map(str::parse::<Reference>).transpose();
            let tracking = tracking.map_err(|invalid| Error::invalid("/tracking", invalid))?;
            Command::Ship { items: parse_items(items.as_deref(), order)?, tracking }
        }
        OrderAction::Refund { amount } => {
            let amount = amount.as_deref().map(|text| Money::parse(text, order.currency)).transpose();
            let amount = amount.map_err(|invalid| Error::invalid("/amount", invalid))?;
            if amount.is_some_and(|amount| amount.minor() == 0) {
                let invalid = crate::domain::invalid::Invalid::new("invalid_amount", "a refund of 0 is none");
                return Err(Error::invalid("/amount", invalid));
            }
            Command::Refund { amount }
        }
    }))
}

/// The word `pending`: true of a pending order, out of reach for any other.
fn settled(order: &Order) -> Result<OrderView> {
    if order.status() == OrderStatus::Pending {
        return Ok(order.into());
    }
    let allowed: Vec<&str> = order.allowed().into_iter().map(CommandWord::as_str).collect();
    let allowed = if allowed.is_empty() { "nothing".to_owned() } else { allowed.join(", ") };
    let detail = format!(
        "order {} is {} and cannot be pending again; allowed now: {allowed}",
        order.number,
        order.status()
    );
    Err(Error::new(Kind::Conflict, "illegal_transition", detail))
}

/// A customer may cancel their own order, whole, while it is pending; everything else is for staff.
fn authorise(command: &Command, order: &Order, scope: Scope) -> Result<()> {
    let own_cancel = matches!(command, Command::Cancel { items: None })
        && matches!(order.status(), OrderStatus::Pending | OrderStatus::Cancelled);
    match scope {
        Scope::All => Ok(()),
        Scope::Own(_) if own_cancel => Ok(()),
        Scope::Own(_) => Err(Error::new(
            Kind::Forbidden,
            "staff_only",
            "a customer may only cancel an order of their own that is pending",
        )),
    }
}

/// Items named by SKU or product id, as the order's lines know them.
fn parse_items(items: Option<&[OrderItem]>, order: &Order) -> Result<Option<Vec<ItemQuantity>>> {
    let Some(items) = items else { return Ok(None) };
    let mut fields = Fields::new();
    if items.is_empty() {
        let invalid =
            crate::domain::invalid::Invalid::new("no_items", "name at least one item, or leave items out");
        fields.problem("/items", invalid);
    }
    let mut parsed = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let quantity =
            fields.check(format!("/items/{index}/quantity"), Quantity::at_least_one(item.quantity));
        let by_id = order.lines.iter().find(|line| line.product_id.to_string() == item.product);
        let sku = match by_id {
            Some(line) => Some(line.sku.clone()),
            None => fields.check(format!("/items/{index}/product"), item.product.parse()),
        };
        if let (Some(sku), Some(quantity)) = (sku, quantity) {
            parsed.push(ItemQuantity { sku, quantity });
        }
    }
    fields.finish()?;
    Ok(Some(parsed))
}

fn refused(order: &Order, refusal: &StepRefusal) -> Error {
    let detail = format!("order {}: {refusal}", order.number);
    let problems = match refusal {
        StepRefusal::IllegalTransition { allowed, .. } => allowed
            .iter()
            .map(|word| Problem { pointer: String::new(), code: "allowed", detail: word.to_string() })
            .collect(),
        _ => Vec::new(),
    };
    Error { problems, ..Error::new(Kind::Conflict, refusal.code(), detail) }
}

fn require_version(order: &Order, options: &WriteOptions) -> Result<()> {
    match options.if_version {
        Some(expected) if expected != order.version => {
            Err(Error::stale("order", order.number, Some(order.version.get())))
        }
        _ => Ok(()),
    }
}

fn store_error(error: StoreError, order: &Order) -> Error {
    match error {
        StoreError::Stale { current } => Error::stale("order", order.number, current.map(Version::get)),
        error => Error::from_store(error),
    }
}

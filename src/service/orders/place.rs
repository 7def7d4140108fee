//! Placing an order: all its lines or none.

use std::time::Duration;

use super::Orders;
use super::parts::Source;
use super::wish::Wish;
use crate::domain::id::ProductId;
use crate::domain::inventory::MovementContext;
use crate::domain::order::{ItemSpec, Order};
use crate::service::error::{Error, Kind, Problem, Result};
use crate::service::once::once;
use crate::service::view::OrderView;
use crate::service::write::{TRIES, WriteOptions, back_off};
use crate::store::{Effect, StoreError};

/// So many of one product, as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderItem {
    /// SKU or product id.
    pub product: String,
    /// How many, at least 1.
    pub quantity: i64,
}

impl From<ItemSpec> for OrderItem {
    fn from(spec: ItemSpec) -> Self {
        Self { product: spec.product, quantity: spec.quantity }
    }
}

/// An order to place, as written. A registered user, an address or a reference is needed; the address of a registered user makes
/// it that user's order.
#[derive(Debug, Default)]
pub struct NewOrder {
    /// A registered user: id or address.
    pub user: Option<String>,
    /// Where to write to, for a guest or instead of the user's own address.
    pub email: Option<String>,
    /// Another system's name for the customer.
    pub customer_ref: Option<String>,
    /// What to call them; the user's name without.
    pub name: Option<String>,
    /// Where it goes.
    pub address: Option<String>,
    /// What is ordered; at least one.
    pub items: Vec<OrderItem>,
    /// A remark.
    pub note: Option<String>,
    /// Another system's name for it.
    pub external_ref: Option<String>,
    /// Unpaid, it expires after this long, at most [`Hold::MAX`](crate::domain::order::Hold::MAX); zero is never. Without a word the shop's own hold counts.
    pub hold: Option<Duration>,
}

impl NewOrder {
    /// What is wrong with it, whatever the shop holds.
    pub fn problems(&self) -> Vec<Problem> {
        Wish::parse(self, None).err().map(|error| error.problems).unwrap_or_default()
    }
}

impl Orders {
    /// Places an order, reserving all its lines or none.
    ///
    /// # Errors
    /// `Invalid`; `user_not_found`; `user_disabled`; `product_not_found`; `not_on_sale`; `insufficient_stock` naming every
    /// short line; `external_ref_taken`.
    pub async fn place(&self, new: NewOrder, options: &WriteOptions) -> Result<OrderView> {
        once(&*self.orders, options, self.clock.now(), async || self.place_new(new, options).await).await
    }

    async fn place_new(&self, new: NewOrder, options: &WriteOptions) -> Result<OrderView> {
        let at = self.clock.now();
        let wish = Wish::parse(&new, self.hold)?;
        let mut source = Source::Known;
        let mut attempt = 0;
        loop {
            let parts = self.parts(&wish, source).await?;
            let remembered = parts.remembered;
            let premises = parts.premises();
            let mut order = match wish.draw_up(parts, at, options) {
                // What is refused is refused for what is there now.
                Err(_) if remembered => {
                    source = Source::Store;
                    continue;
                }
                drawn => drawn?,
            };
            let context = MovementContext {
                actor: options.actor.clone(),
                at,
                order_id: Some(order.id),
                reason: None,
                reference: None,
            };
            let answer = OrderView::from(&order);
            let commit = options.commit(at, move |effect| match effect {
                Effect::Placed(number) => OrderView { number: number.get(), ..answer.clone() },
                Effect::Done | Effect::Stock(_) => answer.clone(),
            });
            match self.orders.place_order(&order, &premises, &context, commit).await {
                Ok(number) => {
                    order.number = number;
                    return Ok((&order).into());
                }
                // Somebody has changed what it was made of: it is made anew.
                Err(StoreError::Stale { .. }) if attempt < TRIES => {
                    source = Source::Store;
                    back_off(&mut attempt).await;
                }
                Err(StoreError::Stale { .. }) => return Err(Error::from_store(StoreError::Timeout)),
                Err(error) => return Err(place_error(error, &order, &new.items)),
            }
        }
    }
}

pub(super) fn not_on_sale(problems: Vec<Problem>) -> Error {
    let list: Vec<&str> = problems.iter().map(|problem| problem.detail.as_str()).collect();
    let detail = format!("not on sale: {}", list.join("; "));
    Error { problems, ..Error::new(Kind::Conflict, "not_on_sale", detail) }
}

/// The store's refusal, told in the order's own items.
fn place_error(error: StoreError, order: &Order, items: &[OrderItem]) -> Error {
    let pointers = |id: ProductId| {
        let lines = order.lines.iter().enumerate();
        lines.filter(move |(_, line)| line.product_id == id).map(|(index, _)| format!("/items/{index}"))
    };
    match error {
        StoreError::Short(short) => {
            let mut error = Error::from_store(StoreError::Short(short.clone()));
            error.problems = short
                .iter()
                .zip(std::mem::take(&mut error.problems))
                .flat_map(|(shortage, problem)| {
                    pointers(shortage.product_id).map(move |pointer| Problem { pointer, ..problem.clone() })
                })
                .collect();
            match short.first() {
                Some(first) => {
                    let hint = format!("shopctl inventory get {}", first.sku);
                    error.hint(hint)
                }
                None => error,
            }
        }
        // Between the look-up and the step somebody took it off sale.
        StoreError::NotOnSale(ids) => {
            let problem = |pointer: String, id: ProductId| {
                let name =
                    order.lines.iter().find(|line| line.product_id == id).map(|line| line.sku.as_str());
                let detail = format!("product {:?} is no longer on sale", name.unwrap_or_default());
                Problem { pointer, code: "not_on_sale", detail }
            };
            let problems =
                ids.into_iter().flat_map(|id| pointers(id).map(move |pointer| problem(pointer, id)));
            not_on_sale(problems.collect())
        }
        error => {
            tracing::debug!(items = items.len(), "an order was not placed");
            Error::from_store(error)
        }
    }
}

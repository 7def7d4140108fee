//! Orders, with what they do to stock.

use async_trait::async_trait;

use super::{Commit, Premises, ReceiptStore, Result};
use crate::domain::clock::Timestamp;
use crate::domain::id::OrderId;
use crate::domain::inventory::{MovementContext, StockEffect};
use crate::domain::key::OrderKey;
use crate::domain::number::Version;
use crate::domain::order::{EndedHold, Order, OrderFilter, OrderSort};
use crate::domain::page::{Page, PageRequest};
use crate::domain::text::Reference;

/// Keeps orders. Each method that changes one is a single atomic step with its stock and movements.
#[async_trait]
pub trait OrderStore: ReceiptStore {
    /// Adds an order and takes its [`reservations`](Order::reservations), all or none. The store gives the number: the one
    /// in `order` is ignored; numbers are unique and rise, a failed order may leave a gap. Returns the number given; a dry
    /// run returns one that may be given to another order.
    ///
    /// MUST fail with `Short` naming *every* product of which too little is available, with `NotOnSale` when a product
    /// is gone or not active, and with `Duplicate(ExternalRef)` when another order has that reference. A reference that is taken is reported before
    /// anything else, so that a repeat finds its order whatever has become of the stock, and `NotOnSale` before `Short`.
    ///
    /// MUST fail with `Stale` when one of the [`Premises`] no longer holds: a product has another version or is gone, the user has another
    /// version or is gone, the guest's address is registered. That is told before `NotOnSale`.
    async fn place_order(
        &self,
        order: &Order,
        premises: &Premises,
        context: &MovementContext,
        commit: Commit,
    ) -> Result<crate::domain::number::OrderNumber>;

    /// Returns `None` when there is no such order.
    async fn find_order(&self, key: &OrderKey) -> Result<Option<Order>>;

    /// The orders among these keys and references that exist, each once, in no particular order.
    async fn find_orders(&self, keys: &[OrderKey], references: &[Reference]) -> Result<Vec<Order>>;

    /// One page of the orders that match.
    async fn list_orders(&self, filter: &OrderFilter, page: &PageRequest<OrderSort>) -> Result<Page<Order>>;

    /// At most `limit` pending orders whose hold ended at this moment or before, the longest ended first (then by id), strictly
    /// behind `after`. The orders themselves are not read, so that a damaged one does not hide the others.
    async fn ended_holds(
        &self,
        at: Timestamp,
        after: Option<EndedHold>,
        limit: usize,
    ) -> Result<Page<EndedHold>>;

    /// Writes an order over its version before (`order.version − 1`) and applies what that does to stock. MUST fail with
    /// `Stale` when the stored version is another or the order is gone, and with `Refused` when a guard of the stock
    /// refuses.
    async fn step_order(
        &self,
        order: &Order,
        stock: &[StockEffect],
        context: &MovementContext,
        commit: Commit,
    ) -> Result<()>;

    /// Removes an order and gives back what it still holds. MUST fail with `Stale` when the version is another or the
    /// order is gone.
    async fn delete_order(
        &self,
        id: OrderId,
        version: Version,
        stock: &[StockEffect],
        context: &MovementContext,
        commit: Commit,
    ) -> Result<()>;
}

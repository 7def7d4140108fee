//! Stock and its movements.

use async_trait::async_trait;

use super::{Commit, ReceiptStore, Result};
use crate::domain::id::ProductId;
use crate::domain::inventory::{Movement, MovementContext, StockFilter, StockItem, StockOp, StockSort};
use crate::domain::number::{Quantity, Version};
use crate::domain::order::Order;
use crate::domain::page::{Page, PageRequest};

/// What a change asks of the stock record before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It must not exist yet.
    Absent,
    /// It must exist.
    Present,
    /// It is made where it is missing.
    Either,
}

/// A change of one product's stock by a person or a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockChange {
    /// Of which product.
    pub product_id: ProductId,
    /// What happens to the counts; `None` leaves them.
    pub op: Option<StockOp>,
    /// The new threshold, if it is to change: `Some(None)` takes it away.
    pub low_stock_at: Option<Option<Quantity>>,
    /// What must be there before.
    pub presence: Presence,
    /// The version that must be there before.
    pub if_version: Option<Version>,
    /// Who, when and why.
    pub context: MovementContext,
}

/// How much of an account of stock to read; at least 1 each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountLimits {
    /// Open orders.
    pub orders: usize,
    /// Holds.
    pub holds: usize,
    /// Movements.
    pub movements: usize,
}

/// What a product's counts consist of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockAccount {
    /// The record; none where no stock is kept.
    pub item: Option<StockItem>,
    /// How many orders hold pieces that are neither sent nor given up.
    pub open_orders: u64,
    /// How many pieces they hold.
    pub open_pieces: i64,
    /// The first of those orders by id, hence the oldest.
    pub oldest: Vec<Order>,
    /// Those that are pending and have a hold, by the end of it.
    pub ending: Vec<Order>,
    /// The last movements, the newest first.
    pub movements: Vec<Movement>,
}

/// Keeps stock.
#[async_trait]
pub trait InventoryStore: ReceiptStore {
    /// Returns `None` when no stock was ever kept of the product.
    async fn find_stock(&self, product: ProductId) -> Result<Option<StockItem>>;

    /// The records of these products that exist, each once, in no particular order.
    async fn find_stocks(&self, products: &[ProductId]) -> Result<Vec<StockItem>>;

    /// One page of the records that match.
    async fn list_stock(
        &self,
        filter: &StockFilter,
        page: &PageRequest<StockSort>,
    ) -> Result<Page<StockItem>>;

    /// What a product's counts consist of, all of it as of one moment. Lists are cut at `limits`, sums are over everything.
    async fn stock_account(&self, product: ProductId, limits: AccountLimits) -> Result<StockAccount>;

    /// Applies a change in one step with its movement and returns the record afterwards.
    ///
    /// A `Count` to what is already on hand, with no other change, writes nothing and returns the record as it is. A
    /// record that is made anew continues the `seq` of the product's last movement. MUST fail with
    /// `Refused` when the guard refuses, with `Stale` when `if_version` is given and another is there, with
    /// `Stale { current: None }` when `presence` is `Present` and there is no record (or the product is gone), and
    /// with `Duplicate(StockRecord)` when it is `Absent` and there is one.
    async fn change_stock(&self, change: &StockChange, commit: Commit) -> Result<StockItem>;

    /// Removes a record nothing is reserved of, writing what is on hand down to 0 with an `adjust` movement first. MUST fail
    /// with `Referenced` while something is reserved and with `Stale` when the version is another or the record is gone.
    async fn delete_stock(
        &self,
        product: ProductId,
        version: Version,
        context: &MovementContext,
        commit: Commit,
    ) -> Result<()>;

    /// At most `limit` movements of a product, oldest first, strictly after `after_seq`; or newest first,
    /// strictly before `after_seq`, when `newest_first`.
    async fn list_movements(
        &self,
        product: ProductId,
        after_seq: Option<i64>,
        newest_first: bool,
        limit: usize,
    ) -> Result<Page<Movement>>;
}

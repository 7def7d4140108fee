//! Products.

use async_trait::async_trait;

use super::{Commit, ReceiptStore, Result};
use crate::domain::id::ProductId;
use crate::domain::inventory::{MovementContext, StockOp};
use crate::domain::key::ProductKey;
use crate::domain::number::Version;
use crate::domain::page::{Page, PageRequest};
use crate::domain::product::{Product, ProductFilter, ProductSort};

/// Keeps products.
#[async_trait]
pub trait ProductStore: ReceiptStore {
    /// Adds a product; with `opening`, also its stock record and first movement in the same step. MUST fail with
    /// `Duplicate(Sku)` when another has the same normalised SKU, also when both are added at once.
    async fn insert_product(
        &self,
        product: &Product,
        opening: Option<&(StockOp, MovementContext)>,
        commit: Commit,
    ) -> Result<()>;

    /// Returns `None` when there is no such product.
    async fn find_product(&self, key: &ProductKey) -> Result<Option<Product>>;

    /// The products among these keys that exist, each once, in no particular order.
    async fn find_products(&self, keys: &[ProductKey]) -> Result<Vec<Product>>;

    /// One page of the products that match. By relevance they come as [`ProductSearch`] says, and without a search as by id; it has one
    /// direction.
    ///
    /// [`ProductSearch`]: crate::domain::search::ProductSearch
    async fn list_products(
        &self,
        filter: &ProductFilter,
        page: &PageRequest<ProductSort>,
    ) -> Result<Page<Product>>;

    /// Writes a product over its version before (`product.version − 1`). MUST fail with `Stale` when the stored version is
    /// another or the product is gone, and with `Duplicate(Sku)` when the new SKU is taken. A changed SKU MUST reach
    /// the stock record in the same step, as a write of that record: its version counts it, at the product's `updated_at`.
    async fn replace_product(&self, product: &Product, commit: Commit) -> Result<()>;

    /// Removes a product that no order has ever named, writing its stock down to 0 with an `adjust` movement and removing
    /// its stock record in the same step; movements stay. MUST fail with `Referenced` when an order names it (also one
    /// being placed at the same time) and with `Stale` when the version is another or the product is gone.
    async fn delete_product(
        &self,
        id: ProductId,
        version: Version,
        context: &MovementContext,
        commit: Commit,
    ) -> Result<()>;
}

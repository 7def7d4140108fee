//! Stock and its movements.

use std::collections::BTreeSet;

use async_trait::async_trait;

use super::list::List;
use super::{SqliteStore, account, stock};
use crate::domain::id::ProductId;
use crate::domain::inventory::{Movement, MovementContext, StockFilter, StockItem, StockSort};
use crate::domain::number::Version;
use crate::domain::page::{Page, PageRequest};
use crate::store::{
    AccountLimits, Commit, Effect, InventoryStore, Result, StockAccount, StockChange, StoreError,
};

#[async_trait]
impl InventoryStore for SqliteStore {
    async fn find_stock(&self, product: ProductId) -> Result<Option<StockItem>> {
        self.read(move |connection| stock::find(connection, product)).await
    }

    async fn find_stocks(&self, products: &[ProductId]) -> Result<Vec<StockItem>> {
        let products: BTreeSet<ProductId> = products.iter().copied().collect();
        self.read(move |connection| {
            let found = products.iter().map(|product| stock::find(connection, *product));
            found.filter_map(Result::transpose).collect()
        })
        .await
    }

    async fn list_stock(
        &self,
        filter: &StockFilter,
        page: &PageRequest<StockSort>,
    ) -> Result<Page<StockItem>> {
        let mut list = List::new();
        list.only("available < ?", filter.below);
        list.only_if(filter.low, "available <= low_stock_at");
        list.search("instr(sku_norm, ?) > 0", filter.query.as_ref());
        list.created(filter.created_after, filter.created_before);
        let column = match page.sort.field {
            StockSort::Id => "product_id",
            StockSort::CreatedAt => "created_at",
            StockSort::UpdatedAt => "updated_at",
            StockSort::Sku => "sku_norm",
            StockSort::OnHand => "on_hand",
            StockSort::Reserved => "reserved",
        };
        let page = page.clone();
        self.read(move |connection| {
            list.page(connection, "inventory", (column, "product_id"), &page, stock::read)
        })
        .await
    }

    async fn stock_account(&self, product: ProductId, limits: AccountLimits) -> Result<StockAccount> {
        self.read(move |connection| account::read(connection, product, limits)).await
    }

    async fn change_stock(&self, change: &StockChange, commit: Commit) -> Result<StockItem> {
        let change = change.clone();
        self.write_as(
            commit,
            |item| Effect::Stock(item),
            move |connection| stock::change(connection, &change),
        )
        .await
    }

    async fn delete_stock(
        &self,
        product: ProductId,
        version: Version,
        context: &MovementContext,
        commit: Commit,
    ) -> Result<()> {
        let context = context.clone();
        self.write(commit, move |connection| match stock::find(connection, product)? {
            Some(item) if item.version == version => stock::remove(connection, &item, &context),
            found => Err(StoreError::Stale { current: found.map(|item| item.version) }),
        })
        .await
    }

    async fn list_movements(
        &self,
        product: ProductId,
        after_seq: Option<i64>,
        newest_first: bool,
        limit: usize,
    ) -> Result<Page<Movement>> {
        self.read(move |connection| stock::movements(connection, product, after_seq, newest_first, limit))
            .await
    }
}

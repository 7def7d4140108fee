//! Counts as they were.
//!
//! The counts of a moment are those after the last movement, in the order of their numbers, that was made at or before it. Movements
//! are numbered in the order in which they took effect, and their times rise with the numbers except where writers waited for each
//! other or their clocks disagree. So the place is found by halving, with some twenty reads of one movement each however long the
//! ledger is, and the [`WINDOW`] movements behind it are then looked through for one that carries an earlier time after all.

use super::Inventory;
use crate::domain::clock::Timestamp;
use crate::domain::id::ProductId;
use crate::domain::inventory::Movement;
use crate::service::error::{Error, Result};
use crate::service::view::PastStockView;

/// How many movements behind the place are looked through. At ten thousand movements of one product a second that is a fifth of a
/// second: more than writers wait, and more than clocks that are kept in step disagree.
const WINDOW: usize = 2000;

impl Inventory {
    /// The stock of a product as it was at a moment; nothing before the first movement.
    ///
    /// # Errors
    /// `Invalid`; `product_not_found`; `stock_not_found` where stock was never kept.
    pub async fn get_at(&self, key: &str, at: &str) -> Result<PastStockView> {
        let at: Timestamp = at.parse().map_err(|invalid| Error::invalid("/at", invalid))?;
        let product = self.product(key).await?;
        let Some(newest) = self.movement(product.id, None, true).await? else {
            // Never moved: then there is a record of nothing, or none.
            self.item(&product).await?;
            return Ok(PastStockView::new(&product, at, None));
        };
        let last =
            if newest.at <= at { Some(newest) } else { self.last_at(product.id, at, newest.seq).await? };
        Ok(PastStockView::new(&product, at, last.as_ref()))
    }

    /// The last movement at or before `at`, which lies before the one numbered `beyond`.
    async fn last_at(&self, product: ProductId, at: Timestamp, beyond: i64) -> Result<Option<Movement>> {
        let (mut low, mut high, mut last) = (0, beyond, None);
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            match self.movement(product, Some(middle - 1), false).await? {
                Some(found) if found.seq < high && found.at <= at => {
                    low = found.seq;
                    last = Some(found);
                }
                _ => high = middle,
            }
        }
        loop {
            let behind = self.stock.list_movements(product, Some(low), false, WINDOW).await;
            let behind = behind.map_err(Error::from_store)?.items;
            let Some(found) = behind.into_iter().rev().find(|movement| movement.at <= at) else {
                return Ok(last);
            };
            low = found.seq;
            last = Some(found);
        }
    }

    /// The next movement after a number, or the newest of all.
    async fn movement(
        &self,
        product: ProductId,
        after: Option<i64>,
        newest_first: bool,
    ) -> Result<Option<Movement>> {
        let page = self.stock.list_movements(product, after, newest_first, 1).await;
        Ok(page.map_err(Error::from_store)?.items.pop())
    }
}

//! Why so much of a product is available.

use super::{Inventory, no_stock};
use crate::domain::inventory::StockLevel;
use crate::service::error::{Error, Result};
use crate::service::view::StockExplanation;
use crate::store::{AccountLimits, StockAccount};

/// How much is shown; the sums are over everything.
const SHOWN: AccountLimits = AccountLimits { orders: 50, holds: 5, movements: 10 };

impl Inventory {
    /// Explains the stock of a product: the open orders that hold it, the holds that end next, the last movements, and whether all of
    /// that agrees. Everything is of one moment.
    ///
    /// # Errors
    /// `Invalid`; `product_not_found`; `stock_not_found` where stock was never kept.
    pub async fn explain(&self, key: &str) -> Result<StockExplanation> {
        let product = self.product(key).await?;
        let account = self.stock.stock_account(product.id, SHOWN).await.map_err(Error::from_store)?;
        if account.item.is_none() && account.movements.is_empty() && account.open_orders == 0 {
            return Err(no_stock(&product));
        }
        Ok(StockExplanation::new(&product, &account, problems(&account)))
    }
}

/// What does not agree, a sentence each: rules 2 to 4 of what must always hold, as far as this product's account shows them.
fn problems(account: &StockAccount) -> Vec<String> {
    let level = account.item.as_ref().map_or(StockLevel::EMPTY, |item| item.level);
    let mut problems = Vec::new();
    if level.reserved() != account.open_pieces {
        problems.push(format!(
            "reserved is {}, but open orders hold {}",
            level.reserved(),
            account.open_pieces
        ));
    }
    let last = account.movements.first();
    let after = last.map_or((0, 0), |last| (last.on_hand_after, last.reserved_after));
    if (level.on_hand(), level.reserved()) != after {
        problems.push(format!(
            "the last movement left {} on hand and {} reserved, but {} and {} are recorded",
            after.0,
            after.1,
            level.on_hand(),
            level.reserved()
        ));
    }
    let seq = last.map_or(0, |last| last.seq);
    if let Some(item) = account.item.as_ref().filter(|item| item.seq != seq) {
        problems.push(format!("the record counts {} movements, but the last is number {seq}", item.seq));
    }
    problems
}

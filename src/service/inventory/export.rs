//! What a file of stock holds.

use super::{Inventory, StockQuery, input};
use crate::domain::inventory::{StockItem, StockSort};
use crate::files::Value;
use crate::files::write::{Entry, Layout};
use crate::service::error::Error;
use crate::service::export::{number, text, walk};

impl Inventory {
    /// The columns of a file of stock: counts, and no story. `reserved` and `available` follow from orders and are passed over when the
    /// file is read.
    pub const LAYOUT: Layout =
        Layout { fields: &["sku", "on_hand", "reserved", "available", "low_stock_at"], lines: &[] };

    /// Hands the stock that matches to `write`, in the order of the products' ids, and says how many records there were. Paging in
    /// `query` is ignored.
    ///
    /// # Errors
    /// `Invalid`; those of the store and of `write`.
    pub async fn export<E: From<Error>>(
        &self,
        query: &StockQuery,
        mut write: impl FnMut(&Entry) -> Result<(), E>,
    ) -> Result<u64, E> {
        let filter = input::filter(query)?;
        let fetch = async |page| self.stock.list_stock(&filter, &page).await;
        walk(StockSort::Id, fetch, input::position, |item| write(&entry(item))).await
    }
}

fn entry(item: &StockItem) -> Entry {
    let values = vec![
        text(&item.sku),
        number(item.level.on_hand()),
        number(item.level.reserved()),
        number(item.level.available()),
        item.low_stock_at.map_or(Value::Null, |count| number(count.get())),
    ];
    Entry { values, lines: Vec::new() }
}

//! Somebody who looks at the stock all the while.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::domain::inventory::StockLevel;
use crate::service::error::{Error, Result};
use crate::store::{Store, StoreError, StoredStock};

/// Between two looks, so that looking does not become the load.
const PAUSE: Duration = Duration::from_millis(2);
/// At least as many products as a trial has.
const ALL: usize = 1000;

/// What was seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Observed {
    /// How many stock records were looked at.
    pub looks: u64,
    /// How many of them were wrong.
    pub wrong: u64,
    /// The first that was.
    pub first: Option<String>,
}

/// Looks at every stock record, again and again, until told to end. What is stored is read as it is: nothing between the database and
/// the look could put it right.
pub(super) async fn observe(store: Arc<dyn Store>, end: CancellationToken) -> Result<Observed> {
    let mut observed = Observed::default();
    while !end.is_cancelled() {
        match store.stored_stock(None, ALL).await {
            Ok(page) => page.items.iter().for_each(|record| look(record, &mut observed)),
            // The next look sees what is there once the store is back.
            Err(StoreError::Unavailable { .. } | StoreError::Timeout) => {}
            Err(error) => return Err(Error::from_store(error)),
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(observed)
}

fn look(record: &StoredStock, observed: &mut Observed) {
    observed.looks += 1;
    let (on_hand, reserved) = (record.on_hand, record.reserved);
    let sound =
        on_hand.zip(reserved).is_some_and(|(on_hand, reserved)| StockLevel::new(on_hand, reserved).is_ok());
    if !sound {
        observed.wrong += 1;
        observed.first.get_or_insert_with(|| {
            let sku = record.sku.as_deref().unwrap_or(&record.key);
            format!("{sku}: on hand {on_hand:?} with reserved {reserved:?}")
        });
    }
}

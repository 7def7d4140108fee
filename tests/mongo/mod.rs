//! Promises of the MongoDB store alone.

mod concurrency;
mod faults;
mod groups;
mod holds;
mod joined;
mod lookups;
mod orphans;
mod plans;
mod reach;
mod schema;

mod server;
mod standalone;
mod stored;

use std::sync::Arc;

use shopctl::store::Store;
use shopctl::store::open::{OpenOptions, StoreUrl, open};

/// A store at this URL, as one process would open it.
async fn store(url: &str) -> Arc<dyn Store> {
    open(&StoreUrl::parse(url).expect("a store URL"), &OpenOptions::default()).await.expect("an open store")
}

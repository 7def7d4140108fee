//! The rules that must always hold, checked on the live store, and what can be mended of them.
//!
//! The walk reads documents page by page and keeps nothing of them but one counter a product. On a store that is being written a
//! count may move between two pages; what looks broken is therefore read once more, all that belongs to it at one moment, and
//! only that is believed. So there are no false alarms, however busy the shop is.

mod catalogue;
mod findings;
mod orders;
mod repair;
mod rules;
mod stock;
mod walk;

pub use findings::{Breach, Findings, Target, Verdict};
pub use repair::{RepairNote, repair};
pub use rules::Rule;

use std::collections::HashMap;
use std::sync::Arc;

use super::error::Result;
use crate::domain::id::ProductId;
use crate::store::Store;

/// How far an examination is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being read: `"orders"`.
    pub what: &'static str,
    /// How many documents of it have been read.
    pub done: u64,
}

/// Is told how far an examination is, after every page.
pub type Watch<'a> = &'a dyn Fn(Progress);

/// What orders hold of each product; also 0, for a product that an order names.
type Open = HashMap<ProductId, i64>;

/// Checks every rule that can be read off a store. Changes nothing.
///
/// # Errors
/// Only the store's: a broken rule is a finding.
pub async fn examine(store: &Arc<dyn Store>, watch: Watch<'_>) -> Result<Findings> {
    let store = &**store;
    let mut findings = Findings::default();
    catalogue::users(store, &mut findings, watch).await?;
    let open = orders::examine(store, &mut findings, watch).await?;
    stock::examine(store, open, &mut findings, watch).await?;
    catalogue::unique(store, &mut findings).await?;
    Ok(findings)
}

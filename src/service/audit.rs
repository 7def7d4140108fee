//! Reading the audit log. Rows are added by what they tell of, in its own step, and nothing changes them.

use std::sync::Arc;

use super::error::{Error, Result};
use super::page::{DEFAULT_LIMIT, Listing};
use super::view::AuditView;
use crate::domain::invalid::Invalid;
use crate::domain::page::Page;
use crate::store::AuditLog;

/// The most rows that are shown at once.
const MAX_ROWS: usize = 10_000;

/// The use cases of the audit log.
pub struct AuditTrail {
    log: Arc<dyn AuditLog>,
}

impl AuditTrail {
    /// On this store.
    pub fn new(log: Arc<dyn AuditLog>) -> Self {
        Self { log }
    }

    /// The newest rows, newest first; [`DEFAULT_LIMIT`] where nobody says how many.
    ///
    /// # Errors
    /// `invalid_limit`.
    pub async fn newest(&self, limit: Option<usize>) -> Result<Listing<AuditView>> {
        let limit = limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_ROWS).contains(&limit) {
            let detail = format!("limit {limit} is not between 1 and {MAX_ROWS}");
            return Err(Error::invalid("/limit", Invalid::new("invalid_limit", detail)));
        }
        // One more than asked for, to know whether more follow.
        let rows = self.log.read_log(limit + 1).await.map_err(Error::from_store)?;
        let page = Page::from_one_more(rows, limit);
        let items = page.items.iter().map(AuditView::from).collect();
        Ok(Listing { items, has_more: page.has_more, next_cursor: None })
    }
}

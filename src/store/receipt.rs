//! Receipts: what is kept of a request in the transaction of its effect, so that it is done once however often it is sent.
//!
//! A receipt and the effect it stands for are there together or not at all. A client that heard nothing (a crash, a fail-over, a
//! time-out) sends the request again and is given the first answer, by whichever process it reaches.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use super::Result;
use crate::domain::clock::Timestamp;
use crate::domain::inventory::StockItem;
use crate::domain::number::OrderNumber;

/// What a write came to, as far as only its transaction knows.
#[derive(Debug, Clone, Copy)]
pub enum Effect<'a> {
    /// It was done as it was asked.
    Done,
    /// The order was given this number.
    Placed(OrderNumber),
    /// This is the stock afterwards.
    Stock(&'a StockItem),
}

/// Puts what a write came to into the answer that is kept.
pub type Answer = Arc<dyn Fn(Effect<'_>) -> String + Send + Sync>;

/// A request that is to be done once.
#[derive(Clone)]
pub struct Receipt {
    /// Names the request: a digest of who asks and of their key.
    pub id: String,
    /// A digest of what is asked: another request under the same key has another.
    pub fingerprint: String,
    /// When it was asked.
    pub at: Timestamp,
    /// From here on it counts as forgotten.
    pub until: Timestamp,
    /// What to answer when it is asked again.
    pub answer: Answer,
}

impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receipt").field("id", &self.id).field("until", &self.until).finish_non_exhaustive()
    }
}

/// A receipt as it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptReceipt {
    /// Of what was asked.
    pub fingerprint: String,
    /// What was answered.
    pub answer: String,
}

/// Keeps receipts.
#[async_trait]
pub trait ReceiptStore: Send + Sync {
    /// The receipt of a request that was done; `None` when there is none, or only one that is forgotten by `at`.
    async fn find_receipt(&self, id: &str, at: Timestamp) -> Result<Option<KeptReceipt>>;

    /// Keeps the receipt of a request that had nothing to write. MUST fail with `Duplicate(Request)` when there is one that is
    /// not forgotten.
    async fn keep_receipt(&self, receipt: &Receipt) -> Result<()>;
}

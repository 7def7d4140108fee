//! Receipts as they are kept.

use mongodb::bson::DateTime;
use serde::{Deserialize, Serialize};

use super::Row;
use crate::domain::clock::Timestamp;
use crate::store::mongo::filter::time;
use crate::store::{Effect, KeptReceipt, Receipt, Result};

/// A document of `idempotency_keys`. The server removes it some time after `expires_at`.
#[derive(Clone, Serialize, Deserialize)]
pub(in crate::store::mongo) struct ReceiptRow {
    #[serde(rename = "_id")]
    id: String,
    fingerprint: String,
    answer: String,
    created_at: DateTime,
    expires_at: DateTime,
}

impl ReceiptRow {
    /// Of a request that came to this.
    pub(in crate::store::mongo) fn after(receipt: &Receipt, effect: Effect<'_>) -> Self {
        Self {
            id: receipt.id.clone(),
            fingerprint: receipt.fingerprint.clone(),
            answer: (receipt.answer)(effect),
            created_at: time(receipt.at),
            expires_at: time(receipt.until),
        }
    }

    /// Whether it counts as forgotten at this moment.
    pub(in crate::store::mongo) fn forgotten(&self, at: Timestamp) -> bool {
        self.expires_at <= time(at)
    }

    /// What it says.
    pub(in crate::store::mongo) fn kept(self) -> KeptReceipt {
        KeptReceipt { fingerprint: self.fingerprint, answer: self.answer }
    }
}

impl Row for ReceiptRow {
    const COLLECTION: &'static str = "idempotency_keys";
    type Value = Self;

    fn into_value(self) -> Result<Self> {
        Ok(self)
    }

    fn of(value: &Self) -> Self {
        value.clone()
    }
}

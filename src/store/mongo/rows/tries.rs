//! Guesses of passwords as they are kept.

use mongodb::bson::{DateTime, Document, doc};
use serde::{Deserialize, Serialize};

use super::{Origin, Row};
use crate::domain::backoff::Tries;
use crate::store::Result;
use crate::store::mongo::filter::time;

/// A document of `sign_in_tries`. The server removes it some time after `forget_at`.
#[derive(Serialize, Deserialize)]
pub(in crate::store::mongo) struct TriesRow {
    #[serde(rename = "_id")]
    key: String,
    count: i64,
    free_at: DateTime,
    forget_at: DateTime,
}

impl TriesRow {
    /// Finds the document of a key as long as it says this.
    pub(in crate::store::mongo) fn unchanged(key: &str, tries: Tries) -> Document {
        doc! {
            "_id": { "$eq": key },
            "count": i64::from(tries.count),
            "free_at": time(tries.free_at),
            "forget_at": time(tries.forget_at),
        }
    }
}

impl Row for TriesRow {
    const COLLECTION: &'static str = "sign_in_tries";
    type Value = (String, Tries);

    fn into_value(self) -> Result<Self::Value> {
        let at = Origin { collection: Self::COLLECTION, key: &self.key };
        let tries = Tries {
            count: u32::try_from(self.count).map_err(|_| at.corrupt("count", "out of range"))?,
            free_at: at.time("free_at", self.free_at)?,
            forget_at: at.time("forget_at", self.forget_at)?,
        };
        Ok((self.key, tries))
    }

    fn of((key, tries): &Self::Value) -> Self {
        Self {
            key: key.clone(),
            count: tries.count.into(),
            free_at: time(tries.free_at),
            forget_at: time(tries.forget_at),
        }
    }
}

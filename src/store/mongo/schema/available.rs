//! What is available of stock that an older program has written.

use mongodb::bson::doc;

use super::validators::is_low;
use crate::store::Result;
use crate::store::mongo::rows::StockRow;
use crate::store::mongo::shared::Shared;

/// The schema from which on it is kept.
pub(in crate::store::mongo) const AVAILABLE_SINCE: i64 = 9;

impl Shared {
    /// Keeps beside every count what follows from it, where nothing stands there yet. What somebody else writes meanwhile has it already. A
    /// record whose counts are none is left as it is, for `doctor` to tell.
    pub(super) async fn keep_available(&self) -> Result<()> {
        let without = doc! {
            "available": { "$exists": false },
            "on_hand": { "$type": ["int", "long"] }, "reserved": { "$type": ["int", "long"] },
        };
        let available = doc! { "$toLong": { "$subtract": ["$on_hand", "$reserved"] } };
        let low = doc! { "$cond": [is_low("$available"), true, "$$REMOVE"] };
        let keep = vec![doc! { "$set": { "available": available } }, doc! { "$set": { "low": low } }];
        // One that breaks a rule already would have the whole command refused.
        let done = self.of::<StockRow>().update_many(without, keep).bypass_document_validation(true).await;
        done.map(drop).map_err(|error| self.explain(&error))
    }
}

//! What the sweep reads of an order: when its hold ends, and which it is.

use mongodb::bson::DateTime;
use serde::{Deserialize, Serialize};

use super::{Origin, Row};
use crate::domain::order::EndedHold;
use crate::store::Result;
use crate::store::mongo::filter::time;

/// Two fields of a document of `orders`.
#[derive(Serialize, Deserialize)]
pub(in crate::store::mongo) struct HoldRow {
    #[serde(rename = "_id")]
    id: String,
    hold_until: DateTime,
}

impl Row for HoldRow {
    const COLLECTION: &'static str = "orders";
    type Value = EndedHold;

    fn into_value(self) -> Result<EndedHold> {
        let at = Origin { collection: Self::COLLECTION, key: &self.id };
        Ok(EndedHold { until: at.time("hold_until", self.hold_until)?, order: at.parse("_id", &self.id)? })
    }

    fn of(hold: &EndedHold) -> Self {
        Self { id: hold.order.to_string(), hold_until: time(hold.until) }
    }
}

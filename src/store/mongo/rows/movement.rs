//! Stock movements as they are kept: written once.

use mongodb::bson::DateTime;
use serde::{Deserialize, Serialize};

use super::{Origin, Row};
use crate::domain::actor::Actor;
use crate::domain::id::ProductId;
use crate::domain::inventory::Movement;
use crate::store::Result;
use crate::store::mongo::filter::time;

/// A document of `stock_movements`.
#[derive(Serialize, Deserialize)]
pub(in crate::store::mongo) struct MovementRow {
    #[serde(rename = "_id")]
    id: String,
    product_id: String,
    seq: i64,
    kind: String,
    on_hand_delta: i64,
    reserved_delta: i64,
    on_hand_after: i64,
    reserved_after: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    order_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    actor: String,
    at: DateTime,
}

/// The `_id` of a product's movement. It sorts by product and then by `seq`, and makes the pair unique, so that the collection needs
/// no other index.
pub(in crate::store::mongo) fn movement_key(product: ProductId, seq: i64) -> String {
    // 2^53 − 1 movements have 16 digits.
    format!("{product}:{:016}", seq.clamp(0, 9_999_999_999_999_999))
}

impl Row for MovementRow {
    const COLLECTION: &'static str = "stock_movements";
    type Value = Movement;

    fn into_value(self) -> Result<Movement> {
        let from = Origin { collection: Self::COLLECTION, key: &self.id };
        Ok(Movement {
            product_id: from.parse("product_id", &self.product_id)?,
            seq: self.seq,
            kind: from.parse("kind", &self.kind)?,
            on_hand_delta: self.on_hand_delta,
            reserved_delta: self.reserved_delta,
            on_hand_after: self.on_hand_after,
            reserved_after: self.reserved_after,
            order_id: from.parse_some("order_id", self.order_id.as_deref())?,
            reason: from.parse_some("reason", self.reason.as_deref())?,
            reference: from.parse_some("reference", self.reference.as_deref())?,
            actor: Actor::from_stored(self.actor),
            at: from.time("at", self.at)?,
        })
    }

    fn of(movement: &Movement) -> Self {
        Self {
            id: movement_key(movement.product_id, movement.seq),
            product_id: movement.product_id.to_string(),
            seq: movement.seq,
            kind: movement.kind.to_string(),
            on_hand_delta: movement.on_hand_delta,
            reserved_delta: movement.reserved_delta,
            on_hand_after: movement.on_hand_after,
            reserved_after: movement.reserved_after,
            order_id: movement.order_id.map(|id| id.to_string()),
            reason: movement.reason.as_ref().map(ToString::to_string),
            reference: movement.reference.as_ref().map(ToString::to_string),
            actor: movement.actor.as_str().to_owned(),
            at: time(movement.at),
        }
    }
}

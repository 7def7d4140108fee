//! Stock records as they are kept: one a product, under its id.

use mongodb::bson::DateTime;
use serde::{Deserialize, Serialize};

use super::{Origin, Row};
use crate::domain::inventory::{StockItem, StockLevel};
use crate::domain::number::Quantity;
use crate::store::Result;
use crate::store::mongo::filter::time;

/// A document of `inventory`.
#[derive(Serialize, Deserialize)]
pub(in crate::store::mongo) struct StockRow {
    /// The product's id, which makes the record the product's only one.
    #[serde(rename = "_id")]
    id: String,
    product_id: String,
    version: i64,
    created_at: DateTime,
    updated_at: DateTime,
    sku: String,
    sku_norm: String,
    on_hand: i64,
    reserved: i64,
    /// What is free to promise. It follows from the counts, and stands here for the lists that go by it; so does `low`.
    #[serde(skip_deserializing)]
    available: i64,
    /// Written only where it is so: an index of the few.
    #[serde(skip_deserializing, skip_serializing_if = "is_false")]
    low: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    low_stock_at: Option<i64>,
    /// Of the last movement.
    seq: i64,
}

impl Row for StockRow {
    const COLLECTION: &'static str = "inventory";
    type Value = StockItem;

    fn into_value(self) -> Result<StockItem> {
        let at = Origin { collection: Self::COLLECTION, key: &self.id };
        if self.product_id != self.id {
            return Err(at.corrupt("product_id", format!("{:?} is not the record's _id", self.product_id)));
        }
        if self.seq < 0 {
            return Err(at.corrupt("seq", format!("{} is below 0", self.seq)));
        }
        Ok(StockItem {
            product_id: at.parse("_id", &self.id)?,
            sku: at.parse("sku", &self.sku)?,
            version: at.version(self.version)?,
            created_at: at.time("created_at", self.created_at)?,
            updated_at: at.time("updated_at", self.updated_at)?,
            level: at.sound("on_hand", StockLevel::new(self.on_hand, self.reserved))?,
            low_stock_at: self
                .low_stock_at
                .map(|threshold| at.sound("low_stock_at", Quantity::new(threshold)))
                .transpose()?,
            seq: self.seq,
        })
    }

    fn of(item: &StockItem) -> Self {
        Self {
            id: item.product_id.to_string(),
            product_id: item.product_id.to_string(),
            version: item.version.get(),
            created_at: time(item.created_at),
            updated_at: time(item.updated_at),
            sku: item.sku.as_str().to_owned(),
            sku_norm: item.sku.norm().to_owned(),
            on_hand: item.level.on_hand(),
            reserved: item.level.reserved(),
            available: item.level.available(),
            low: item.is_low(),
            low_stock_at: item.low_stock_at.map(Quantity::get),
            seq: item.seq,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_false(value: &bool) -> bool {
    !value
}

//! Products as they are kept.

use std::collections::BTreeMap;

use mongodb::bson::DateTime;
use serde::{Deserialize, Serialize};

use super::{Origin, Row};
use crate::domain::money::Money;
use crate::domain::product::{Labels, Product};
use crate::domain::search::words_of;
use crate::store::Result;
use crate::store::mongo::filter::time;
use crate::store::mongo::search_text::search_text;

/// A document of `products`.
#[derive(Serialize, Deserialize)]
pub(in crate::store::mongo) struct ProductRow {
    #[serde(rename = "_id")]
    id: String,
    version: i64,
    created_at: DateTime,
    updated_at: DateTime,
    sku: String,
    sku_norm: String,
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    metadata: BTreeMap<String, String>,
    /// In minor units.
    price: i64,
    currency: String,
    status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    group: Option<String>,
    #[serde(default)]
    options: BTreeMap<String, String>,
    /// The words that a search looks through. They follow from the rest, and older programs kept a text here.
    #[serde(skip_deserializing)]
    search: Vec<String>,
    /// Tags and words as one text, see [`search_text`].
    #[serde(skip_deserializing)]
    search_text: String,
}

impl Row for ProductRow {
    const COLLECTION: &'static str = "products";
    type Value = Product;

    fn into_value(self) -> Result<Product> {
        let at = Origin { collection: Self::COLLECTION, key: &self.id };
        let currency = at.parse("currency", &self.currency)?;
        let tags: Result<Vec<_>> = self.tags.iter().map(|tag| at.parse("tags", tag)).collect();
        Ok(Product {
            id: at.parse("_id", &self.id)?,
            version: at.version(self.version)?,
            created_at: at.time("created_at", self.created_at)?,
            updated_at: at.time("updated_at", self.updated_at)?,
            sku: at.parse("sku", &self.sku)?,
            name: at.parse("name", &self.name)?,
            description: at.parse_some("description", self.description.as_deref())?,
            tags: tags?,
            metadata: labels(at, "metadata", &self.metadata)?,
            price: at.sound("price", Money::from_minor(self.price, currency))?,
            status: at.parse("status", &self.status)?,
            group: at.parse_some("group", self.group.as_deref())?,
            options: labels(at, "options", &self.options)?,
        })
    }

    fn of(product: &Product) -> Self {
        let search = words_of(product);
        let text = |labels: &Labels| labels.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
        Self {
            id: product.id.to_string(),
            version: product.version.get(),
            created_at: time(product.created_at),
            updated_at: time(product.updated_at),
            sku: product.sku.as_str().to_owned(),
            sku_norm: product.sku.norm().to_owned(),
            name: product.name.to_string(),
            description: product.description.as_ref().map(ToString::to_string),
            tags: product.tags.iter().map(ToString::to_string).collect(),
            metadata: text(&product.metadata),
            price: product.price.minor(),
            currency: product.price.currency().to_string(),
            status: product.status.to_string(),
            group: product.group.as_ref().map(ToString::to_string),
            options: text(&product.options),
            search_text: search_text(&product.tags, &search),
            search,
        }
    }
}

fn labels(at: Origin<'_>, field: &'static str, kept: &BTreeMap<String, String>) -> Result<Labels> {
    kept.iter().map(|(label, value)| Ok((at.parse(field, label)?, at.parse(field, value)?))).collect()
}

//! A product as shown.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::invalid::Invalid;
use crate::domain::money::Money;
use crate::domain::number::Version;
use crate::domain::product::{Labels, Product};

/// A product: one sellable SKU.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Product)]
pub struct ProductView {
    /// Names it for ever.
    #[schema(example = "prd_01h455vb4pex5vsknk084sn02q")]
    pub id: String,
    /// Unique whatever the case.
    #[schema(example = "MUG-BLUE")]
    pub sku: String,
    /// What customers read.
    #[schema(example = "Blue mug")]
    pub name: String,
    /// More of it.
    pub description: Option<String>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// For other systems.
    pub metadata: BTreeMap<String, String>,
    /// For one piece, as a decimal with as many places as the currency has.
    #[schema(example = "12.50")]
    pub price: String,
    /// ISO 4217.
    #[schema(example = "EUR")]
    pub currency: String,
    /// `draft`, `active` or `archived`.
    #[schema(example = "active")]
    pub status: String,
    /// What variants share.
    pub group: Option<String>,
    /// What tells the variants of a group apart.
    pub options: BTreeMap<String, String>,
    /// Counts the writes, from 1.
    #[schema(example = 1)]
    pub version: i64,
    /// RFC 3339, UTC, milliseconds.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// RFC 3339, UTC, milliseconds.
    #[schema(format = DateTime)]
    pub updated_at: String,
}

fn labels(labels: &Labels) -> BTreeMap<String, String> {
    labels.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
}

impl ProductView {
    /// The product that it shows.
    ///
    /// # Errors
    /// Where it was not made from one.
    pub(in crate::service) fn product(&self) -> Result<Product, Invalid> {
        let read = |labels: &BTreeMap<String, String>| -> Result<Labels, Invalid> {
            labels.iter().map(|(name, value)| Ok((name.parse()?, value.parse()?))).collect()
        };
        let currency = self.currency.parse()?;
        Ok(Product {
            id: self.id.parse()?,
            version: Version::new(self.version)?,
            created_at: self.created_at.parse()?,
            updated_at: self.updated_at.parse()?,
            sku: self.sku.parse()?,
            name: self.name.parse()?,
            description: self.description.as_deref().map(str::parse).transpose()?,
            tags: self.tags.iter().map(|tag| tag.parse()).collect::<Result<_, _>>()?,
            metadata: read(&self.metadata)?,
            price: Money::parse(&self.price, currency)?,
            status: self.status.parse()?,
            group: self.group.as_deref().map(str::parse).transpose()?,
            options: read(&self.options)?,
        })
    }
}

impl From<&Product> for ProductView {
    fn from(product: &Product) -> Self {
        Self {
            id: product.id.to_string(),
            sku: product.sku.to_string(),
            name: product.name.to_string(),
            description: product.description.as_ref().map(ToString::to_string),
            tags: product.tags.iter().map(ToString::to_string).collect(),
            metadata: labels(&product.metadata),
            price: product.price.to_string(),
            currency: product.price.currency().code().to_owned(),
            status: product.status.as_str().to_owned(),
            group: product.group.as_ref().map(ToString::to_string),
            options: labels(&product.options),
            version: product.version.get(),
            created_at: product.created_at.to_string(),
            updated_at: product.updated_at.to_string(),
        }
    }
}

//! What is sent to the catalogue.

use std::collections::BTreeMap;

use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::body::Content;
use crate::http::json::{Decimal, present};
use crate::http::problem::{FieldProblem, told};
use crate::service::patch::Patch;
use crate::service::products::{NewProduct, ProductChange};

/// A product to create.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProductCreation {
    /// Unique whatever the case.
    #[schema(example = "MUG-BLUE")]
    sku: String,
    /// What customers read.
    #[schema(example = "Blue mug")]
    name: String,
    /// For one piece; a decimal as a string, or a number that is read from its digits.
    #[schema(value_type = String, example = "12.50")]
    price: Decimal,
    /// ISO 4217; the shop's own without.
    #[schema(example = "EUR")]
    currency: Option<String>,
    /// More of it.
    description: Option<String>,
    /// Words to find it by.
    #[serde(default)]
    #[schema(max_items = 50)]
    tags: Vec<String>,
    /// For other systems.
    #[serde(default)]
    metadata: BTreeMap<String, String>,
    /// `draft`, `active` or `archived`; `active` without.
    #[schema(example = "active")]
    status: Option<String>,
    /// What variants share.
    group: Option<String>,
    /// What tells variants apart.
    #[serde(default)]
    options: BTreeMap<String, String>,
    /// Opening stock; no stock is kept without.
    #[schema(minimum = 0, example = 10)]
    stock: Option<i64>,
}

/// What to put in a product's place: every member that is left out is emptied.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProductReplacement {
    /// Unique whatever the case.
    #[schema(example = "MUG-BLUE")]
    sku: String,
    /// What customers read.
    #[schema(example = "Blue mug")]
    name: String,
    /// For one piece; a decimal as a string, or a number that is read from its digits.
    #[schema(value_type = String, example = "12.50")]
    price: Decimal,
    /// ISO 4217; the shop's own without.
    #[schema(example = "EUR")]
    currency: Option<String>,
    /// More of it.
    description: Option<String>,
    /// Words to find it by.
    #[serde(default)]
    #[schema(max_items = 50)]
    tags: Vec<String>,
    /// For other systems.
    #[serde(default)]
    metadata: BTreeMap<String, String>,
    /// `draft`, `active` or `archived`; `active` without.
    #[schema(example = "active")]
    status: Option<String>,
    /// What variants share.
    group: Option<String>,
    /// What tells variants apart.
    #[serde(default)]
    options: BTreeMap<String, String>,
}

/// What to change of a product (RFC 7396): `null` empties a member, what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProductPatch {
    /// New SKU.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    sku: Option<String>,
    /// New name.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    name: Option<String>,
    /// New price.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, value_type = Option<String>, example = "11.00")]
    price: Option<Decimal>,
    /// New currency; needs a price with it.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    currency: Option<String>,
    /// New description.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    description: Patch<String>,
    /// All tags anew.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    tags: Patch<Vec<String>>,
    /// These entries; `null` removes one.
    #[serde(default)]
    #[schema(value_type = Option<BTreeMap<String, Option<String>>>)]
    metadata: Patch<BTreeMap<String, Option<String>>>,
    /// New status.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, example = "archived")]
    status: Option<String>,
    /// New group.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    group: Patch<String>,
    /// These entries; `null` removes one.
    #[serde(default)]
    #[schema(value_type = Option<BTreeMap<String, Option<String>>>)]
    options: Patch<BTreeMap<String, Option<String>>>,
}

impl From<ProductCreation> for NewProduct {
    fn from(body: ProductCreation) -> Self {
        Self {
            sku: body.sku,
            name: body.name,
            price: body.price.0,
            currency: body.currency,
            description: body.description,
            tags: body.tags,
            metadata: body.metadata,
            status: body.status,
            group: body.group,
            options: body.options,
            stock: body.stock,
        }
    }
}

impl From<ProductReplacement> for NewProduct {
    fn from(body: ProductReplacement) -> Self {
        Self {
            sku: body.sku,
            name: body.name,
            price: body.price.0,
            currency: body.currency,
            description: body.description,
            tags: body.tags,
            metadata: body.metadata,
            status: body.status,
            group: body.group,
            options: body.options,
            stock: None,
        }
    }
}

impl Content for ProductCreation {
    fn problems(self) -> Vec<FieldProblem> {
        told(NewProduct::from(self).problems())
    }
}

impl Content for ProductReplacement {
    fn problems(self) -> Vec<FieldProblem> {
        told(NewProduct::from(self).problems())
    }
}

impl Content for ProductPatch {
    fn problems(self) -> Vec<FieldProblem> {
        told(ProductChange::from(self).problems())
    }
}

impl From<ProductPatch> for ProductChange {
    fn from(body: ProductPatch) -> Self {
        Self {
            sku: body.sku,
            name: body.name,
            price: body.price.map(|price| price.0),
            currency: body.currency,
            description: body.description,
            tags: body.tags,
            metadata: body.metadata,
            status: body.status,
            group: body.group,
            options: body.options,
        }
    }
}

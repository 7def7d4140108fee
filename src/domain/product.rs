//! What is sold.

use std::collections::BTreeMap;

use super::clock::Timestamp;
use super::id::ProductId;
use super::money::Money;
use super::number::Version;
use super::sku::Sku;
use super::text::{Description, Group, Label, Name, SearchText, Tag, Value, fold};
use super::words::words;

words! {
    /// Whether a product can be bought.
    ProductStatus, "invalid_status", "product status" {
        /// Being prepared: seen by staff only.
        Draft = "draft",
        /// On sale.
        Active = "active",
        /// No longer sold; past orders keep it.
        Archived = "archived",
    }
}

/// Names and values, sorted by name: `options` tell variants apart, `metadata` is for other systems.
pub type Labels = BTreeMap<Label, Value>;

/// One sellable SKU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// Names it for ever.
    pub id: ProductId,
    /// Counts its writes.
    pub version: Version,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last written.
    pub updated_at: Timestamp,
    /// Unique whatever the case.
    pub sku: Sku,
    /// What customers read.
    pub name: Name,
    /// More of it.
    pub description: Option<Description>,
    /// At most [`MAX_TAGS`](Self::MAX_TAGS), without repeats, in the order given.
    pub tags: Vec<Tag>,
    /// At most [`MAX_LABELS`](Self::MAX_LABELS).
    pub metadata: Labels,
    /// For one piece.
    pub price: Money,
    /// Whether it can be bought.
    pub status: ProductStatus,
    /// What variants share.
    pub group: Option<Group>,
    /// What tells variants of a group apart; at most [`MAX_LABELS`](Self::MAX_LABELS).
    pub options: Labels,
}

impl Product {
    /// The most tags a product may have.
    pub const MAX_TAGS: usize = 50;
    /// The most entries `options` and `metadata` may have.
    pub const MAX_LABELS: usize = 50;

    /// The text that a search looks through: SKU, name, description and tags, one a line, folded.
    /// Both stores keep it beside the product, so both find the same.
    pub fn search_text(&self) -> String {
        let mut parts = vec![self.sku.as_str(), self.name.as_str()];
        parts.extend(self.description.as_ref().map(Description::as_str));
        parts.extend(self.tags.iter().map(Tag::as_str));
        fold(&parts.join("\n"))
    }
}

/// Which products to list; everything given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProductFilter {
    /// With this status.
    pub status: Option<ProductStatus>,
    /// With this tag, exactly.
    pub tag: Option<Tag>,
    /// Of this group, exactly.
    pub group: Option<Group>,
    /// Priced in minor units of any currency at this or more.
    pub min_price: Option<i64>,
    /// Priced in minor units of any currency at this or less.
    pub max_price: Option<i64>,
    /// Priced in this currency (ISO 4217).
    pub currency: Option<super::money::Currency>,
    /// With this text in SKU, name, description or tags.
    pub query: Option<SearchText>,
    /// Created at or after.
    pub created_after: Option<Timestamp>,
    /// Created before.
    pub created_before: Option<Timestamp>,
}

words! {
    /// What products can be sorted by. Ties are broken by id.
    ProductSort, "invalid_sort", "field to sort products by" {
        /// Order of creation.
        Id = "id",
        /// Time of creation.
        CreatedAt = "created_at",
        /// Time of the last write.
        UpdatedAt = "updated_at",
        /// Normalised SKU.
        Sku = "sku",
        /// Name, by code point.
        Name = "name",
        /// Price in minor units.
        Price = "price",
    }
}

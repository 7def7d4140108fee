//! What is sold.

use std::collections::BTreeMap;

use super::clock::Timestamp;
use super::id::ProductId;
use super::money::Money;
use super::number::Version;
use super::search::{ProductSearch, words_of};
use super::sku::Sku;
use super::text::{Description, Group, Label, Name, Tag, Value};
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

    /// What a search looks through, one word a line: see [`words_of`]. Both stores keep it beside the product, so both find the same.
    pub fn search_text(&self) -> String {
        words_of(self).join("\n")
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
    /// Whose SKU, name, tags or description hold words that begin like these.
    pub query: Option<ProductSearch>,
    /// Created at or after.
    pub created_after: Option<Timestamp>,
    /// Created before.
    pub created_before: Option<Timestamp>,
}

words! {
    /// What products can be sorted by. Ties are broken by id, and the order of ids is that of relevance where nothing is looked for.
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
        /// How well it answers the search, the best first; see [`Tier`](super::search::Tier). It has no other direction.
        Relevance = "relevance",
    }
}

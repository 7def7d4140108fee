//! What is written of products, and reading it.

use std::collections::BTreeMap;

use super::Audience;
use super::draft::{Draft, Written, WrittenLabels};
use crate::domain::invalid::Invalid;
use crate::domain::money::{Currency, Money};
use crate::domain::number::Quantity;
use crate::domain::page::{Position, SortBy, SortValue};
use crate::domain::product::{Product, ProductFilter, ProductSort, ProductStatus};
use crate::service::error::{Error, Kind, Problem, Result};
use crate::service::fields::Fields;
use crate::service::page::PageInput;
use crate::service::patch::Patch;

/// A product to create, or to put in another's place, as written.
#[derive(Debug, Default)]
pub struct NewProduct {
    /// Its SKU.
    pub sku: String,
    /// What customers read.
    pub name: String,
    /// For one piece, as a decimal.
    pub price: String,
    /// ISO 4217; the shop's own without.
    pub currency: Option<String>,
    /// More of it.
    pub description: Option<String>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// For other systems.
    pub metadata: BTreeMap<String, String>,
    /// `active` without.
    pub status: Option<String>,
    /// What variants share.
    pub group: Option<String>,
    /// What tells variants apart.
    pub options: BTreeMap<String, String>,
    /// Opening stock; no stock is kept without.
    pub stock: Option<i64>,
}

/// What to change of a product, as written.
#[derive(Debug, Default)]
pub struct ProductChange {
    /// New SKU.
    pub sku: Option<String>,
    /// New name.
    pub name: Option<String>,
    /// New price.
    pub price: Option<String>,
    /// New currency; needs a price with it.
    pub currency: Option<String>,
    /// New description.
    pub description: Patch<String>,
    /// All tags anew.
    pub tags: Patch<Vec<String>>,
    /// These entries; `None` removes one, `Clear` all.
    pub metadata: Patch<BTreeMap<String, Option<String>>>,
    /// New status.
    pub status: Option<String>,
    /// New group.
    pub group: Patch<String>,
    /// These entries; `None` removes one, `Clear` all.
    pub options: Patch<BTreeMap<String, Option<String>>>,
}

/// Which products to list, as written.
#[derive(Debug, Default)]
pub struct ProductQuery {
    /// With this status.
    pub status: Option<String>,
    /// With this tag.
    pub tag: Option<String>,
    /// Of this group.
    pub group: Option<String>,
    /// Priced at this or more, in `currency` or the shop's own.
    pub min_price: Option<String>,
    /// Priced at this or less, in `currency` or the shop's own.
    pub max_price: Option<String>,
    /// Priced in this currency.
    pub currency: Option<String>,
    /// Whose SKU, name, tags or description hold words that begin like these.
    pub query: Option<String>,
    /// Created at or after.
    pub created_after: Option<String>,
    /// Created before.
    pub created_before: Option<String>,
    /// Which part.
    pub page: PageInput,
}

impl NewProduct {
    /// What is wrong with it, whatever the shop holds. A price beside which no currency stands is not looked at.
    pub fn problems(&self) -> Vec<Problem> {
        let mut fields = Fields::new();
        self.opening(&mut fields);
        Draft::parse(&mut fields, &self.written(None));
        fields.into_problems()
    }

    /// The opening stock, if any is written and nothing is wrong with it.
    pub(super) fn opening(&self, fields: &mut Fields) -> Option<Quantity> {
        fields.check("/stock", Quantity::new(self.stock?))
    }

    /// What is written, field by field; a price beside which no currency stands is in the assumed one.
    pub(super) fn written(&self, assumed: Option<Currency>) -> Written<'_> {
        let labels = |entries: &'_ BTreeMap<String, String>| -> Vec<_> {
            entries.iter().map(|(name, value)| (name.clone().into(), Some(value.clone().into()))).collect()
        };
        Written {
            assumed,
            sku: Some(&self.sku),
            name: Some(&self.name),
            price: Some(&self.price),
            currency: self.currency.as_deref(),
            description: Patch::from_flag(self.description.as_deref()),
            tags: Patch::Set(self.tags.iter().map(|tag| tag.as_str().into()).collect()),
            metadata: WrittenLabels { anew: true, entries: labels(&self.metadata) },
            status: self.status.as_deref(),
            group: Patch::from_flag(self.group.as_deref()),
            options: WrittenLabels { anew: true, entries: labels(&self.options) },
        }
    }
}

impl ProductChange {
    /// What is wrong with it, whatever is changed. A price beside which no currency stands is not looked at.
    pub fn problems(&self) -> Vec<Problem> {
        let mut fields = Fields::new();
        Draft::parse(&mut fields, &self.written(None));
        fields.into_problems()
    }

    /// What is written, field by field; a price beside which no currency stands is in the assumed one.
    pub(super) fn written(&self, assumed: Option<Currency>) -> Written<'_> {
        Written {
            assumed,
            sku: self.sku.as_deref(),
            name: self.name.as_deref(),
            price: self.price.as_deref(),
            currency: self.currency.as_deref(),
            description: self.description.as_deref(),
            tags: match &self.tags {
                Patch::Keep => Patch::Keep,
                Patch::Clear => Patch::Clear,
                Patch::Set(tags) => Patch::Set(tags.iter().map(|tag| tag.as_str().into()).collect()),
            },
            metadata: changed(&self.metadata),
            status: self.status.as_deref(),
            group: self.group.as_deref(),
            options: changed(&self.options),
        }
    }
}

fn changed(patch: &Patch<BTreeMap<String, Option<String>>>) -> WrittenLabels<'_> {
    match patch {
        Patch::Keep => WrittenLabels::default(),
        Patch::Clear => WrittenLabels { anew: true, entries: Vec::new() },
        Patch::Set(entries) => {
            let entry = |(name, value): (&'_ String, &'_ Option<String>)| {
                (name.clone().into(), value.clone().map(Into::into))
            };
            WrittenLabels { anew: false, entries: entries.iter().map(entry).collect() }
        }
    }
}

/// Which products to list; amounts are of the currency given or else `own`.
pub(super) fn filter(query: &ProductQuery, audience: Audience, own: Currency) -> Result<ProductFilter> {
    let mut fields = Fields::new();
    let status = fields.optional("/status", query.status.as_deref());
    let tag = fields.optional("/tag", query.tag.as_deref());
    let group = fields.optional("/group", query.group.as_deref());
    let currency = fields.optional::<Currency>("/currency", query.currency.as_deref());
    let text = fields.optional("/q", query.query.as_deref());
    let after = fields.optional("/created_after", query.created_after.as_deref());
    let before = fields.optional("/created_before", query.created_before.as_deref());
    let own = currency.flatten().unwrap_or(own);
    let mut price = |pointer: &str, text: Option<&str>| match text {
        None => Some(None),
        Some(text) => fields.check(pointer, Money::parse(text, own)).map(|money| Some(money.minor())),
    };
    let min = price("/min_price", query.min_price.as_deref());
    let max = price("/max_price", query.max_price.as_deref());
    let (Some(status), Some(tag), Some(group), Some(currency), Some(query), Some(min_price), Some(max_price)) =
        (status, tag, group, currency, text, min, max)
    else {
        return Err(fields.into_error());
    };
    let (Some(created_after), Some(created_before)) = (after, before) else {
        return Err(fields.into_error());
    };
    // A bound is an amount of one currency: without saying which, the shop's own.
    let bounded = min_price.is_some() || max_price.is_some();
    let currency = if bounded { Some(own) } else { currency };
    let status = match (audience, status) {
        (Audience::Staff, status) => status,
        (Audience::Public, None | Some(ProductStatus::Active)) => Some(ProductStatus::Active),
        (Audience::Public, Some(_)) => {
            return Err(Error::new(
                Kind::Forbidden,
                "staff_only",
                "only staff see products that are not on sale",
            ));
        }
    };
    Ok(ProductFilter {
        status,
        tag,
        group,
        min_price,
        max_price,
        currency,
        query,
        created_after,
        created_before,
    })
}

/// By relevance only what a search has found can be sorted, and only the best first.
pub(super) fn require_sense(filter: &ProductFilter, sort: SortBy<ProductSort>) -> Result<()> {
    let why = match sort.field {
        ProductSort::Relevance if filter.query.is_none() => {
            "by relevance only what a search finds can be sorted"
        }
        ProductSort::Relevance if sort.descending => "by relevance the best comes first",
        _ => return Ok(()),
    };
    Err(Error::invalid("/sort", Invalid::new("invalid_sort", why)))
}

pub(super) fn position(filter: &ProductFilter, product: &Product, sort: ProductSort) -> Position {
    let value = match sort {
        ProductSort::Id => SortValue::Text(product.id.to_string()),
        ProductSort::CreatedAt => SortValue::Int(product.created_at.as_millis()),
        ProductSort::UpdatedAt => SortValue::Int(product.updated_at.as_millis()),
        ProductSort::Sku => SortValue::Text(product.sku.norm().to_owned()),
        ProductSort::Name => SortValue::Text(product.name.as_str().to_owned()),
        ProductSort::Price => SortValue::Int(product.price.minor()),
        ProductSort::Relevance => match &filter.query {
            Some(search) => return search.position(product),
            None => SortValue::Text(product.id.to_string()),
        },
    };
    Position { value, id: product.id.to_string() }
}

//! The catalogue.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::error::{Error, Kind, Result};
use super::fields::Fields;
use super::ids::new_uuid;
use super::page::{Listing, PageInput};
use super::patch::Patch;
use super::users::{apply, parse_patch};
use super::view::ProductView;
use super::write::{TRIES, WriteOptions, back_off};
use crate::domain::clock::Clock;
use crate::domain::id::ProductId;
use crate::domain::invalid::Invalid;
use crate::domain::inventory::{MovementContext, StockOp};
use crate::domain::key::ProductKey;
use crate::domain::money::{Currency, Money};
use crate::domain::number::{Quantity, Version};
use crate::domain::page::{Position, SortValue};
use crate::domain::product::{Labels, Product, ProductFilter, ProductSort, ProductStatus};
use crate::domain::text::Tag;
use crate::store::{ProductStore, StoreError, Unique};

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
    /// With this text in SKU, name, description or tags.
    pub query: Option<String>,
    /// Created at or after.
    pub created_after: Option<String>,
    /// Created before.
    pub created_before: Option<String>,
    /// Which part.
    pub page: PageInput,
}

/// Who looks at the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Everybody: only what is on sale.
    Public,
    /// Staff and shells: everything.
    Staff,
}

/// The use cases of the catalogue.
pub struct Products {
    store: Arc<dyn ProductStore>,
    clock: Arc<dyn Clock>,
    currency: Currency,
}

impl Products {
    /// On this store, with the shop's own currency for prices that name none.
    pub fn new(store: Arc<dyn ProductStore>, clock: Arc<dyn Clock>, currency: Currency) -> Self {
        Self { store, clock, currency }
    }

    /// Creates a product, with its opening stock if one is given.
    ///
    /// # Errors
    /// `Invalid`; `sku_taken`.
    pub async fn create(&self, new: NewProduct, options: &WriteOptions) -> Result<ProductView> {
        let now = self.clock.now();
        let mut fields = Fields::new();
        let opening = new.stock.map(|stock| fields.check("/stock", Quantity::new(stock)));
        let parsed = self.parse(&mut fields, &new);
        let (Some(draft), true) = (parsed, opening != Some(None)) else { return Err(fields.into_error()) };
        fields.finish()?;
        let product = Product {
            id: ProductId::from_uuid(new_uuid(now)),
            version: Version::FIRST,
            created_at: now,
            updated_at: now,
            ..draft
        };
        let opening = opening.flatten().map(|quantity| (StockOp::Receive(quantity), self.context(options)));
        self.store
            .insert_product(&product, opening.as_ref(), options.commit())
            .await
            .map_err(|error| store_error(error, &product))?;
        Ok((&product).into())
    }

    /// Creates products one by one; each stands or falls by itself. The results are in the order given.
    pub async fn create_each(
        &self,
        new: Vec<NewProduct>,
        options: &WriteOptions,
    ) -> Vec<Result<ProductView>> {
        let mut results = Vec::with_capacity(new.len());
        for product in new {
            results.push(self.create(product, options).await);
        }
        results
    }

    /// Shows a product; to the public only one that is on sale.
    ///
    /// # Errors
    /// `Invalid`; `product_not_found`.
    pub async fn get(&self, key: &str, audience: Audience) -> Result<ProductView> {
        let product = self.find(key).await?;
        if audience == Audience::Public && product.status != ProductStatus::Active {
            return Err(Error::not_found("product", key));
        }
        Ok((&product).into())
    }

    /// Lists products; to the public only those on sale.
    ///
    /// # Errors
    /// `Invalid`.
    pub async fn list(&self, query: &ProductQuery, audience: Audience) -> Result<Listing<ProductView>> {
        let filter = self.filter(query, audience)?;
        let paging = query.page.parse(&filter, ProductSort::Id)?;
        let page = self.store.list_products(&filter, &paging.request).await.map_err(Error::from_store)?;
        Ok(paging.listing(page, position, |product| ProductView::from(&product)))
    }

    /// Changes single fields of a product.
    ///
    /// # Errors
    /// `Invalid`; `product_not_found`; `sku_taken`; `stale_version`.
    pub async fn update(
        &self,
        key: &str,
        change: &ProductChange,
        options: &WriteOptions,
    ) -> Result<ProductView> {
        self.modify(key, options, |product| apply_change(product, change)).await
    }

    /// Puts other contents in the place of a product's.
    ///
    /// # Errors
    /// As [`update`](Self::update).
    pub async fn replace(&self, key: &str, new: &NewProduct, options: &WriteOptions) -> Result<ProductView> {
        let mut fields = Fields::new();
        let parsed = self.parse(&mut fields, new);
        let Some(draft) = parsed else { return Err(fields.into_error()) };
        fields.finish()?;
        self.modify(key, options, |product| {
            let kept = (product.id, product.version, product.created_at, product.updated_at);
            *product = draft.clone();
            (product.id, product.version, product.created_at, product.updated_at) = kept;
            Ok(())
        })
        .await
    }

    /// Takes a product off sale, or puts it on sale. Saying what is so already changes nothing.
    ///
    /// # Errors
    /// `product_not_found`; `stale_version`.
    pub async fn set_status(
        &self,
        key: &str,
        status: ProductStatus,
        options: &WriteOptions,
    ) -> Result<ProductView> {
        self.modify(key, options, |product| {
            product.status = status;
            Ok(())
        })
        .await
    }

    /// Removes a product that no order names, with its stock.
    ///
    /// # Errors
    /// `product_not_found`; `still_referenced`; `stale_version`.
    pub async fn delete(&self, key: &str, options: &WriteOptions) -> Result<ProductView> {
        let mut attempt = 0;
        loop {
            let product = self.find(key).await?;
            require_version(&product, options)?;
            let context = MovementContext { reason: "product deleted".parse().ok(), ..self.context(options) };
            match self.store.delete_product(product.id, product.version, &context, options.commit()).await {
                Ok(()) => return Ok((&product).into()),
                Err(StoreError::Stale { .. }) if options.if_version.is_none() && attempt < TRIES => {
                    back_off(&mut attempt).await;
                }
                Err(error) => return Err(store_error(error, &product)),
            }
        }
    }

    fn context(&self, options: &WriteOptions) -> MovementContext {
        MovementContext {
            actor: options.actor.clone(),
            at: self.clock.now(),
            order_id: None,
            reason: None,
            reference: None,
        }
    }

    /// A product from what was written; id, version and times are placeholders. `None` where a problem was noted.
    fn parse(&self, fields: &mut Fields, new: &NewProduct) -> Option<Product> {
        let now = self.clock.now();
        let sku = fields.required("/sku", &new.sku);
        let name = fields.required("/name", &new.name);
        let currency = fields.optional("/currency", new.currency.as_deref());
        let currency = currency.map(|given| given.unwrap_or(self.currency));
        // Without a currency a price cannot be read; only the currency is then told.
        let price = currency.and_then(|currency| fields.check("/price", Money::parse(&new.price, currency)));
        let description = fields.optional("/description", new.description.as_deref());
        let status = fields.optional("/status", new.status.as_deref());
        let group = fields.optional("/group", new.group.as_deref());
        let tags = parse_tags(fields, &new.tags);
        let metadata = parse_labels(fields, "/metadata", &new.metadata);
        let options = parse_labels(fields, "/options", &new.options);
        Some(Product {
            id: ProductId::from_uuid(uuid::Uuid::nil()),
            version: Version::FIRST,
            created_at: now,
            updated_at: now,
            sku: sku?,
            name: name?,
            description: description?,
            tags,
            metadata,
            price: price?,
            status: status?.unwrap_or(ProductStatus::Active),
            group: group?,
            options,
        })
    }

    fn filter(&self, query: &ProductQuery, audience: Audience) -> Result<ProductFilter> {
        let mut fields = Fields::new();
        let status = fields.optional("/status", query.status.as_deref());
        let tag = fields.optional("/tag", query.tag.as_deref());
        let group = fields.optional("/group", query.group.as_deref());
        let currency = fields.optional::<Currency>("/currency", query.currency.as_deref());
        let text = fields.optional("/q", query.query.as_deref());
        let after = fields.optional("/created_after", query.created_after.as_deref());
        let before = fields.optional("/created_before", query.created_before.as_deref());
        let own = currency.flatten().unwrap_or(self.currency);
        let mut price = |pointer: &str, text: Option<&str>| match text {
            None => Some(None),
            Some(text) => fields.check(pointer, Money::parse(text, own)).map(|money| Some(money.minor())),
        };
        let min = price("/min_price", query.min_price.as_deref());
        let max = price("/max_price", query.max_price.as_deref());
        let (
            Some(status),
            Some(tag),
            Some(group),
            Some(currency),
            Some(query),
            Some(min_price),
            Some(max_price),
        ) = (status, tag, group, currency, text, min, max)
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

    async fn find(&self, key: &str) -> Result<Product> {
        let parsed: ProductKey = key.parse().map_err(|invalid| Error::invalid("/id", invalid))?;
        let found = self.store.find_product(&parsed).await.map_err(Error::from_store)?;
        found.ok_or_else(|| Error::not_found("product", parsed))
    }

    async fn modify(
        &self,
        key: &str,
        options: &WriteOptions,
        change: impl Fn(&mut Product) -> Result<()>,
    ) -> Result<ProductView> {
        let mut attempt = 0;
        loop {
            let before = self.find(key).await?;
            require_version(&before, options)?;
            let mut after = before.clone();
            change(&mut after)?;
            if after == before && after.sku.as_str() == before.sku.as_str() {
                return Ok((&before).into());
            }
            after.version = before.version.next();
            after.updated_at = self.clock.now();
            match self.store.replace_product(&after, options.commit()).await {
                Ok(()) => return Ok((&after).into()),
                Err(StoreError::Stale { .. }) if options.if_version.is_none() && attempt < TRIES => {
                    back_off(&mut attempt).await;
                }
                Err(error) => return Err(store_error(error, &after)),
            }
        }
    }
}

fn parse_tags(fields: &mut Fields, tags: &[String]) -> Vec<Tag> {
    let mut kept: Vec<Tag> = Vec::new();
    for (index, tag) in tags.iter().enumerate() {
        let tag = fields.check(format!("/tags/{index}"), tag.parse());
        kept.extend(tag.filter(|tag| !kept.contains(tag)));
    }
    if kept.len() > Product::MAX_TAGS {
        let detail = format!("{} tags are more than {}", kept.len(), Product::MAX_TAGS);
        fields.problem("/tags", Invalid::new("too_many_tags", detail));
    }
    kept
}

fn parse_labels(fields: &mut Fields, pointer: &str, entries: &BTreeMap<String, String>) -> Labels {
    let entries = entries.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    fields.labels(pointer, entries, Product::MAX_LABELS)
}

fn apply_labels(
    fields: &mut Fields,
    pointer: &str,
    labels: &mut Labels,
    patch: &Patch<BTreeMap<String, Option<String>>>,
) {
    let entries = match patch {
        Patch::Keep => return,
        Patch::Clear => return labels.clear(),
        Patch::Set(entries) => entries,
    };
    let mut texts: BTreeMap<String, String> =
        labels.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    for (name, value) in entries {
        match value {
            Some(value) => texts.insert(name.trim().to_owned(), value.clone()),
            None => texts.remove(name.trim()),
        };
    }
    *labels = parse_labels(fields, pointer, &texts);
}

fn apply_change(product: &mut Product, change: &ProductChange) -> Result<()> {
    let mut fields = Fields::new();
    let sku = fields.optional("/sku", change.sku.as_deref());
    let name = fields.optional("/name", change.name.as_deref());
    let status = fields.optional("/status", change.status.as_deref());
    let description = parse_patch(&mut fields, "/description", &change.description);
    let group = parse_patch(&mut fields, "/group", &change.group);
    let currency = fields.optional::<Currency>("/currency", change.currency.as_deref());
    match (currency, change.price.as_deref()) {
        (Some(currency), Some(text)) => {
            let currency = currency.unwrap_or(product.price.currency());
            if let Some(price) = fields.check("/price", Money::parse(text, currency)) {
                product.price = price;
            }
        }
        (Some(Some(currency)), None) if currency != product.price.currency() => {
            let detail = format!("a change to {currency} needs the price in {currency} too");
            fields.problem("/currency", Invalid::new("price_missing", detail));
        }
        _ => {}
    }
    match &change.tags {
        Patch::Keep => {}
        Patch::Clear => product.tags.clear(),
        Patch::Set(tags) => product.tags = parse_tags(&mut fields, tags),
    }
    apply_labels(&mut fields, "/metadata", &mut product.metadata, &change.metadata);
    apply_labels(&mut fields, "/options", &mut product.options, &change.options);
    let (Some(sku), Some(name), Some(status), Some(description), Some(group)) =
        (sku, name, status, description, group)
    else {
        return Err(fields.into_error());
    };
    fields.finish()?;
    product.sku = sku.unwrap_or_else(|| product.sku.clone());
    product.name = name.unwrap_or_else(|| product.name.clone());
    product.status = status.unwrap_or(product.status);
    apply(&mut product.description, &description);
    apply(&mut product.group, &group);
    Ok(())
}

fn require_version(product: &Product, options: &WriteOptions) -> Result<()> {
    match options.if_version {
        Some(expected) if expected != product.version => {
            Err(Error::stale("product", &product.sku, Some(product.version.get())))
        }
        _ => Ok(()),
    }
}

fn store_error(error: StoreError, product: &Product) -> Error {
    match error {
        StoreError::Duplicate(Unique::Sku) => {
            let detail = format!("a product with SKU {:?} exists already", product.sku.as_str());
            Error::new(Kind::Conflict, "sku_taken", detail)
                .hint(format!("shopctl product get {}", product.sku))
        }
        StoreError::Referenced(by) => {
            let detail = format!("product {:?} is still needed by {by}", product.sku.as_str());
            Error::new(Kind::Conflict, "still_referenced", detail)
                .hint(format!("shopctl product archive {}", product.sku))
        }
        StoreError::Stale { current } => Error::stale("product", &product.sku, current.map(Version::get)),
        error => Error::from_store(error),
    }
}

fn position(product: &Product, sort: ProductSort) -> Position {
    let value = match sort {
        ProductSort::Id => SortValue::Text(product.id.to_string()),
        ProductSort::CreatedAt => SortValue::Int(product.created_at.as_millis()),
        ProductSort::UpdatedAt => SortValue::Int(product.updated_at.as_millis()),
        ProductSort::Sku => SortValue::Text(product.sku.norm().to_owned()),
        ProductSort::Name => SortValue::Text(product.name.as_str().to_owned()),
        ProductSort::Price => SortValue::Int(product.price.minor()),
    };
    Position { value, id: product.id.to_string() }
}

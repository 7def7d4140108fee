//! The catalogue.

pub(in crate::service) mod draft;
mod export;
mod hand_over;
mod input;

use std::sync::Arc;

pub use hand_over::{HandOver, HandedOver};
pub use input::{NewProduct, ProductChange, ProductQuery};

use self::draft::Draft;
use super::error::{Error, Kind, Result};
use super::fields::Fields;
use super::ids::new_uuid;
use super::once::once;
use super::page::Listing;
use super::view::ProductView;
use super::write::{TRIES, WriteOptions, back_off};
use crate::domain::clock::Clock;
use crate::domain::id::ProductId;
use crate::domain::inventory::{MovementContext, StockOp};
use crate::domain::key::ProductKey;
use crate::domain::money::Currency;
use crate::domain::number::Version;
use crate::domain::product::{Product, ProductSort, ProductStatus};
use crate::store::{ProductStore, StoreError, Unique};

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
        once(&*self.store, options, self.clock.now(), async || {
            let now = self.clock.now();
            let mut fields = Fields::new();
            let opening = new.opening(&mut fields);
            let parsed = self.parse(&mut fields, &new);
            let Some(draft) = parsed else {
                return Err(fields.into_error());
            };
            fields.finish()?;
            let product = Product {
                id: ProductId::from_uuid(new_uuid(now)),
                version: Version::FIRST,
                created_at: now,
                updated_at: now,
                ..draft
            };
            let opening = opening.map(|quantity| (StockOp::Receive(quantity), self.context(options)));
            let view = ProductView::from(&product);
            let answer = view.clone();
            let commit = options.commit(now, move |_| answer.clone());
            self.store
                .insert_product(&product, opening.as_ref(), commit)
                .await
                .map_err(|error| store_error(error, &product))?;
            Ok(view)
        })
        .await
    }

    /// Creates products one by one; each stands or falls by itself. The results are in the order given.
    pub async fn create_each(
        &self,
        new: Vec<NewProduct>,
        options: &WriteOptions,
    ) -> Vec<Result<ProductView>> {
        let mut results = Vec::with_capacity(new.len());
        for (index, product) in new.into_iter().enumerate() {
            results.push(self.create(product, &options.part(&index.to_string())).await);
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

    /// Lists products; to the public only those on sale. What a search finds comes by relevance where nothing else is said.
    ///
    /// # Errors
    /// `Invalid`.
    pub async fn list(&self, query: &ProductQuery, audience: Audience) -> Result<Listing<ProductView>> {
        let filter = input::filter(query, audience, self.currency)?;
        let usual = if filter.query.is_some() { ProductSort::Relevance } else { ProductSort::Id };
        let paging = query.page.parse(&filter, usual)?;
        input::require_sense(&filter, paging.request.sort)?;
        let page = self.store.list_products(&filter, &paging.request).await.map_err(Error::from_store)?;
        let position = |product: &Product, sort| input::position(&filter, product, sort);
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
        self.modify(key, options, |product| {
            let mut fields = Fields::new();
            let draft = Draft::parse(&mut fields, &change.written(Some(product.price.currency())));
            let changed = draft.is_some_and(|draft| draft.change(&mut fields, product));
            if changed { fields.finish() } else { Err(fields.into_error()) }
        })
        .await
    }

    /// Puts other contents in the place of a product's.
    ///
    /// # Errors
    /// As [`update`](Self::update).
    pub async fn replace(&self, key: &str, new: &NewProduct, options: &WriteOptions) -> Result<ProductView> {
        let mut fields = Fields::new();
        let Some(draft) = self.parse(&mut fields, new) else { return Err(fields.into_error()) };
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
        once(&*self.store, options, self.clock.now(), async || {
            let mut attempt = 0;
            loop {
                let product = self.find(key).await?;
                require_version(&product, options)?;
                let context =
                    MovementContext { reason: "product deleted".parse().ok(), ..self.context(options) };
                let view = ProductView::from(&product);
                let answer = view.clone();
                let commit = options.commit(context.at, move |_| answer.clone());
                match self.store.delete_product(product.id, product.version, &context, commit).await {
                    Ok(()) => return Ok(view),
                    Err(StoreError::Stale { .. }) if options.if_version.is_none() && attempt < TRIES => {
                        back_off(&mut attempt).await;
                    }
                    Err(error) => return Err(store_error(error, &product)),
                }
            }
        })
        .await
    }

    /// A product of what was written; id and version are placeholders. `None` where a problem was noted.
    fn parse(&self, fields: &mut Fields, new: &NewProduct) -> Option<Product> {
        let draft = Draft::parse(fields, &new.written(Some(self.currency)))?;
        draft.create(fields, self.currency, self.clock.now())
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
        once(&*self.store, options, self.clock.now(), async || {
            let mut attempt = 0;
            loop {
                let before = self.find(key).await?;
                require_version(&before, options)?;
                let mut after = before.clone();
                change(&mut after)?;
                if after == before && after.sku.as_str() == before.sku.as_str() {
                    return options.settle(&*self.store, self.clock.now(), ProductView::from(&before)).await;
                }
                after.version = before.version.next();
                after.updated_at = self.clock.now();
                let view = ProductView::from(&after);
                let answer = view.clone();
                let commit = options.commit(after.updated_at, move |_| answer.clone());
                match self.store.replace_product(&after, commit).await {
                    Ok(()) => return Ok(view),
                    Err(StoreError::Stale { .. }) if options.if_version.is_none() && attempt < TRIES => {
                        back_off(&mut attempt).await;
                    }
                    Err(error) => return Err(store_error(error, &after)),
                }
            }
        })
        .await
    }
}

fn require_version(product: &Product, options: &WriteOptions) -> Result<()> {
    if options.allow(product.version) {
        return Ok(());
    }
    Err(Error::stale("product", &product.sku, Some(product.version.get())))
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

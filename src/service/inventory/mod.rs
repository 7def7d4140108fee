//! Stock: counting, correcting, taking in, and the history of it all.

mod explain;
mod export;
mod input;
mod past;

use std::sync::Arc;

use self::input::Note;
pub use self::input::{StockNote, StockQuery, correction_problems, count_problems};

use super::error::{Error, Kind, Result};
use super::fields::Fields;
use super::once::once;
use super::page::{Listing, PageInput};
use super::patch::Patch;
use super::view::{MovementView, StockView};
use super::write::{TRIES, WriteOptions, back_off};
use crate::domain::clock::Clock;
use crate::domain::inventory::{
    Movement, MovementContext, MovementSort, StockItem, StockOp, StockRefusal, StockSort,
};
use crate::domain::key::ProductKey;
use crate::domain::number::{Quantity, Version};
use crate::domain::page::{Page, Position, SortValue};
use crate::domain::product::Product;
use crate::domain::text::{Reason, Reference};
use crate::store::{Effect, InventoryStore, Presence, ProductStore, StockChange, StoreError, Unique};

/// The use cases of stock.
pub struct Inventory {
    stock: Arc<dyn InventoryStore>,
    products: Arc<dyn ProductStore>,
    clock: Arc<dyn Clock>,
}

impl Inventory {
    /// On these stores.
    pub fn new(
        stock: Arc<dyn InventoryStore>,
        products: Arc<dyn ProductStore>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { stock, products, clock }
    }

    /// Begins to keep stock of a product.
    ///
    /// # Errors
    /// `Invalid`; `product_not_found`; `stock_exists`.
    pub async fn create(
        &self,
        key: &str,
        quantity: i64,
        note: &StockNote,
        options: &WriteOptions,
    ) -> Result<StockView> {
        let read = |fields: &mut Fields| input::count(fields, quantity, None, note);
        self.change(key, read, Presence::Absent, options).await
    }

    /// Sets what is on hand to what was counted. With `expected`, only if that much was on hand before.
    ///
    /// # Errors
    /// `Invalid`; `product_not_found`; `stock_changed`; `below_reserved`; `stale_version`.
    pub async fn set(
        &self,
        key: &str,
        quantity: i64,
        expected: Option<i64>,
        note: &StockNote,
        options: &WriteOptions,
    ) -> Result<StockView> {
        let read = |fields: &mut Fields| input::count(fields, quantity, expected, note);
        self.change(key, read, Presence::Either, options).await
    }

    /// Corrects by a difference; the reason is needed.
    ///
    /// # Errors
    /// `Invalid`; `reason_missing`; `product_not_found`; `below_reserved`; `stale_version`.
    pub async fn adjust(
        &self,
        key: &str,
        delta: i64,
        note: &StockNote,
        options: &WriteOptions,
    ) -> Result<StockView> {
        let read = |fields: &mut Fields| input::correction(fields, delta, note);
        self.change(key, read, Presence::Either, options).await
    }

    /// Takes in a delivery.
    ///
    /// # Errors
    /// `Invalid`; `product_not_found`; `stale_version`.
    pub async fn receive(
        &self,
        key: &str,
        quantity: i64,
        note: &StockNote,
        options: &WriteOptions,
    ) -> Result<StockView> {
        let read = |fields: &mut Fields| {
            let quantity = fields.check("/quantity", Quantity::at_least_one(quantity));
            let note = note.parse(fields);
            Some((StockOp::Receive(quantity?), note?))
        };
        self.change(key, read, Presence::Either, options).await
    }

    /// Shows the stock of a product.
    ///
    /// # Errors
    /// `Invalid`; `product_not_found`; `stock_not_found`.
    pub async fn get(&self, key: &str) -> Result<StockView> {
        let product = self.product(key).await?;
        Ok((&self.item(&product).await?).into())
    }

    /// Lists stock.
    ///
    /// # Errors
    /// `Invalid`.
    pub async fn list(&self, query: &StockQuery) -> Result<Listing<StockView>> {
        let filter = input::filter(query)?;
        let paging = query.page.parse(&filter, StockSort::Id)?;
        let page = self.stock.list_stock(&filter, &paging.request).await.map_err(Error::from_store)?;
        Ok(paging.listing(page, input::position, |item| StockView::from(&item)))
    }

    /// The movements of a product, oldest first, or newest first with sort `-seq`.
    ///
    /// # Errors
    /// `Invalid`; `product_not_found`.
    pub async fn history(&self, key: &str, page: &PageInput) -> Result<Listing<MovementView>> {
        let product = self.product(key).await?;
        let paging = page.parse(&product.id, MovementSort::Seq)?;
        let after = match paging.request.after.as_ref().map(|position| &position.value) {
            Some(SortValue::Int(seq)) => Some(*seq),
            _ => None,
        };
        let found: Page<Movement> = self
            .stock
            .list_movements(product.id, after, paging.request.sort.descending, paging.request.limit)
            .await
            .map_err(Error::from_store)?;
        let at = |movement: &Movement, _| Position {
            value: SortValue::Int(movement.seq),
            id: movement.seq.to_string(),
        };
        Ok(paging.listing(found, at, |movement| MovementView::from(&movement)))
    }

    /// Stops keeping stock of a product; what is on hand is written down to 0 first.
    ///
    /// # Errors
    /// `product_not_found`; `stock_not_found`; `still_referenced` while something is reserved; `stale_version`.
    pub async fn delete(&self, key: &str, options: &WriteOptions) -> Result<StockView> {
        once(&*self.stock, options, self.clock.now(), async || {
            let product = self.product(key).await?;
            let mut attempt = 0;
            loop {
                let item = self.item(&product).await?;
                if !options.allow(item.version) {
                    return Err(Error::stale("stock of", &product.sku, Some(item.version.get())));
                }
                let reason = "inventory deleted".parse().ok();
                let context = self.context(options, reason, None);
                let view = StockView::from(&item);
                let answer = view.clone();
                let commit = options.commit(context.at, move |_| answer.clone());
                match self.stock.delete_stock(product.id, item.version, &context, commit).await {
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

    async fn product(&self, key: &str) -> Result<Product> {
        let parsed: ProductKey = key.parse().map_err(|invalid| Error::invalid("/id", invalid))?;
        self.product_of(&parsed).await
    }

    async fn product_of(&self, key: &ProductKey) -> Result<Product> {
        let found = self.products.find_product(key).await.map_err(Error::from_store)?;
        found.ok_or_else(|| Error::not_found("product", key))
    }

    async fn item(&self, product: &Product) -> Result<StockItem> {
        let found = self.stock.find_stock(product.id).await.map_err(Error::from_store)?;
        found.ok_or_else(|| no_stock(product))
    }

    async fn change(
        &self,
        key: &str,
        read: impl FnOnce(&mut Fields) -> Option<(StockOp, Note)>,
        presence: Presence,
        options: &WriteOptions,
    ) -> Result<StockView> {
        // What means nothing is refused whatever the key of the request has been used for.
        let mut fields = Fields::new();
        let key = fields.required::<ProductKey>("/id", key);
        let (Some(key), Some((op, note))) = (key, read(&mut fields)) else {
            return Err(fields.into_error());
        };
        once(&*self.stock, options, self.clock.now(), async || {
            let product = self.product_of(&key).await?;
            let if_version = if options.any_version.is_empty() {
                options.if_version
            } else {
                let there = self.item(&product).await?.version;
                if !options.allow(there) {
                    return Err(Error::stale("stock of", &product.sku, Some(there.get())));
                }
                Some(there)
            };
            let change = StockChange {
                product_id: product.id,
                op: Some(op),
                low_stock_at: match note.low_stock_at {
                    Patch::Keep => None,
                    Patch::Clear => Some(None),
                    Patch::Set(at) => Some(Some(at)),
                },
                presence,
                if_version,
                context: self.context(options, note.reason.clone(), note.reference.clone()),
            };
            let commit = options.commit(change.context.at, |effect| match effect {
                Effect::Stock(item) => Some(StockView::from(item)),
                Effect::Done | Effect::Placed(_) => None,
            });
            let item = self.stock.change_stock(&change, commit).await;
            Ok((&item.map_err(|error| store_error(error, &product))?).into())
        })
        .await
    }

    fn context(
        &self,
        options: &WriteOptions,
        reason: Option<Reason>,
        reference: Option<Reference>,
    ) -> MovementContext {
        MovementContext {
            actor: options.actor.clone(),
            at: self.clock.now(),
            order_id: None,
            reason,
            reference,
        }
    }
}

fn no_stock(product: &Product) -> Error {
    let detail = format!("no stock is kept of product {:?}", product.sku.as_str());
    Error::new(Kind::NotFound, "stock_not_found", detail)
        .hint(format!("shopctl inventory set {} 0", product.sku))
}

fn store_error(error: StoreError, product: &Product) -> Error {
    match error {
        StoreError::Stale { current: None } => no_stock(product),
        StoreError::Stale { current } => Error::stale("stock of", &product.sku, current.map(Version::get)),
        StoreError::Referenced(by) => {
            let detail = format!("stock of {:?} is still needed by {by}", product.sku.as_str());
            Error::new(Kind::Conflict, "still_referenced", detail)
        }
        StoreError::Duplicate(Unique::StockRecord) => {
            let detail = format!("stock of product {:?} is kept already", product.sku.as_str());
            Error::new(Kind::Conflict, "stock_exists", detail)
                .hint(format!("shopctl inventory set {} QTY", product.sku))
        }
        StoreError::Refused { refusal: refusal @ StockRefusal::BelowReserved { .. }, sku } => {
            let hint =
                format!("shopctl inventory explain {sku} shows which orders; ship or cancel them first");
            Error::from_store(StoreError::Refused { sku, refusal }).hint(hint)
        }
        StoreError::Refused { refusal: refusal @ StockRefusal::Unexpected { .. }, sku } => {
            let hint = format!(
                "somebody was quicker: see shopctl inventory history {sku} --sort -seq, and count again"
            );
            Error::from_store(StoreError::Refused { sku, refusal }).hint(hint)
        }
        error => Error::from_store(error),
    }
}

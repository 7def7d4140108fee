//! Products.

use async_trait::async_trait;
use mongodb::ClientSession;
use mongodb::bson::doc;

use super::MongoStore;
use super::filter::{by_id, by_version};
use super::lookup::Key;
use super::rows::{self, OrderRow, ProductRow, Row, StockRow};
use super::shared::Shared;
use super::single::{Insert, Replace, before, replace};
use super::transaction::{Attempt, Fault, Step};
use crate::domain::id::ProductId;
use crate::domain::inventory::{MovementContext, StockItem, StockOp};
use crate::domain::key::ProductKey;
use crate::domain::number::Version;
use crate::domain::page::{Page, PageRequest};
use crate::domain::product::{Product, ProductFilter, ProductSort};
use crate::store::plan::{StockWrite, decide_opening, decide_removal};
use crate::store::{Commit, ProductStore, Result, StoreError, Unique};

/// A new product with its first stock.
struct InsertWithStock {
    product: Product,
    stock: StockWrite,
}

#[async_trait]
impl Step for InsertWithStock {
    type Output = ();

    async fn run(&self, store: &Shared, session: &mut ClientSession) -> Attempt<()> {
        let row = rows::encode::<ProductRow>(&self.product)?;
        store.of::<ProductRow>().insert_one(row).session(&mut *session).await?;
        store.write_stock(session, std::slice::from_ref(&self.stock)).await
    }

    async fn done_before(&self, store: &Shared) -> Result<Option<()>> {
        let found = store.find_one::<ProductRow>(by_id(self.product.id)).await?;
        Ok(found.filter(|found| *found == self.product).map(drop))
    }
}

/// A product's next version with another SKU, which its stock record takes over.
struct Rename(Product);

#[async_trait]
impl Step for Rename {
    type Output = ();

    async fn run(&self, store: &Shared, session: &mut ClientSession) -> Attempt<()> {
        let product = &self.0;
        let row = rows::encode::<ProductRow>(product)?;
        let matched = match before(product.version) {
            Some(version) => {
                let filter = by_version(product.id, version);
                let done = store.of::<ProductRow>().replace_one(filter, row).session(&mut *session).await?;
                done.matched_count == 1
            }
            None => false,
        };
        if !matched {
            return Err(store.stale_in(session, ProductRow::COLLECTION, by_id(product.id)).await?.into());
        }
        let Some(item) = store.stock_in(session, product.id).await? else { return Ok(()) };
        let filter = by_version(product.id, item.version);
        let renamed = StockItem {
            sku: product.sku.clone(),
            version: item.version.next(),
            updated_at: product.updated_at,
            ..item
        };
        let row = rows::encode::<StockRow>(&renamed)?;
        let done = store.of::<StockRow>().replace_one(filter, row).session(session).await?;
        if done.matched_count == 1 { Ok(()) } else { Err(Fault::Again) }
    }

    async fn done_before(&self, store: &Shared) -> Result<Option<()>> {
        let found = store.find_one::<ProductRow>(by_id(self.0.id)).await?;
        Ok(found.filter(|found| *found == self.0).map(drop))
    }
}

/// A product's end, with that of its stock record.
struct Delete {
    id: ProductId,
    version: Version,
    context: MovementContext,
}

#[async_trait]
impl Step for Delete {
    type Output = ();

    async fn run(&self, store: &Shared, session: &mut ClientSession) -> Attempt<()> {
        let Some(product) = store.product_in(session, self.id).await? else {
            return Err(StoreError::Stale { current: None }.into());
        };
        if product.version != self.version {
            return Err(StoreError::Stale { current: Some(product.version) }.into());
        }
        let named = doc! { "lines.product_id": { "$eq": self.id.to_string() } };
        match store.of::<OrderRow>().count_documents(named).session(&mut *session).await? {
            0 => {}
            1 => return Err(StoreError::Referenced("1 order".to_owned()).into()),
            many => return Err(StoreError::Referenced(format!("{many} orders")).into()),
        }
        let done = store
            .of::<ProductRow>()
            .delete_one(by_version(self.id, self.version))
            .session(&mut *session)
            .await?;
        if done.deleted_count != 1 {
            return Err(Fault::Again);
        }
        let item = if let Some(item) = store.stock_in(session, self.id).await? {
            item
        } else {
            // Written and removed at once, so that this step and one that makes the record now are in each other's way, and
            // no record is left without its product.
            let item = StockItem::empty(self.id, product.sku, self.context.at, 0);
            let row = rows::encode::<StockRow>(&item)?;
            store.of::<StockRow>().insert_one(row).session(&mut *session).await?;
            item
        };
        if let Some(movement) = decide_removal(&item, &self.context)? {
            store.write_movements(session, &[&movement]).await?;
        }
        store.remove_stock(session, &item).await
    }

    async fn done_before(&self, store: &Shared) -> Result<Option<()>> {
        Ok(if store.any::<ProductRow>(by_id(self.id)).await? { None } else { Some(()) })
    }
}

fn key_of(key: &ProductKey) -> Key {
    match key {
        ProductKey::Id(id) => Key::id(id),
        ProductKey::Sku(sku) => Key::text("sku_norm", sku.norm()),
    }
}

/// Whether another product has this SKU.
async fn sku_taken(store: &Shared, product: &Product) -> Result<bool> {
    let other = doc! { "sku_norm": { "$eq": product.sku.norm() }, "_id": { "$ne": product.id.to_string() } };
    store.any::<ProductRow>(other).await
}

#[async_trait]
impl ProductStore for MongoStore {
    async fn insert_product(
        &self,
        product: &Product,
        opening: Option<&(StockOp, MovementContext)>,
        commit: Commit,
    ) -> Result<()> {
        let product = product.clone();
        let stock = opening.map(|opening| decide_opening(&product, opening)).transpose()?;
        self.run(async move |store| {
            store.ready(&commit).await?;
            if let Some(stock) = stock {
                return store.transact(&InsertWithStock { product, stock }, &commit).await;
            }
            if commit.receipt().is_some() {
                return store.transact(&Insert::<ProductRow>(product), &commit).await;
            }
            if commit.is_dry_run() {
                let same_id = store.any::<ProductRow>(by_id(product.id)).await?;
                return match (same_id, sku_taken(&store, &product).await?) {
                    (true, _) => Err(StoreError::Duplicate(Unique::Id)),
                    (_, true) => Err(StoreError::Duplicate(Unique::Sku)),
                    _ => Ok(()),
                };
            }
            let done = store.of::<ProductRow>().insert_one(rows::encode::<ProductRow>(&product)?).await;
            done.map(drop).map_err(|error| store.explain(&error))
        })
        .await
    }

    async fn find_product(&self, key: &ProductKey) -> Result<Option<Product>> {
        self.look_up(&self.shared.products, key_of(key)).await
    }

    async fn find_products(&self, keys: &[ProductKey]) -> Result<Vec<Product>> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        self.look_up_all(&self.shared.products, keys.iter().map(key_of).collect()).await
    }

    async fn list_products(
        &self,
        filter: &ProductFilter,
        page: &PageRequest<ProductSort>,
    ) -> Result<Page<Product>> {
        let (filter, page) = (filter.clone(), page.clone());
        self.run(async move |store| store.list_products(&filter, &page).await).await
    }

    async fn replace_product(&self, product: &Product, commit: Commit) -> Result<()> {
        let product = product.clone();
        self.run(async move |store| {
            store.ready(&commit).await?;
            // Which of the two ways does not hang on this read being fresh: both are guarded by the version, and a version
            // has one SKU.
            let current = store.find_one::<ProductRow>(by_id(product.id)).await?;
            if current.is_some_and(|current| current.sku.as_str() != product.sku.as_str()) {
                return store.transact(&Rename(product), &commit).await;
            }
            let (id, version) = (product.id.to_string(), product.version);
            if commit.receipt().is_some() {
                return store
                    .transact(&Replace::<ProductRow> { id, next: version, value: product }, &commit)
                    .await;
            }
            replace::<ProductRow>(&store, id, version, &product, commit.is_dry_run()).await?;
            if commit.is_dry_run() && sku_taken(&store, &product).await? {
                return Err(StoreError::Duplicate(Unique::Sku));
            }
            Ok(())
        })
        .await
    }

    async fn delete_product(
        &self,
        id: ProductId,
        version: Version,
        context: &MovementContext,
        commit: Commit,
    ) -> Result<()> {
        let step = Delete { id, version, context: context.clone() };
        self.run(async move |store| {
            store.ready(&commit).await?;
            store.transact(&step, &commit).await
        })
        .await
    }
}

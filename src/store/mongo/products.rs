//! Products.

use async_trait::async_trait;
use mongodb::ClientSession;
use mongodb::bson::{Document, doc};

use super::MongoStore;
use super::filter::{Filter, by_id, by_version};
use super::list::{SortKey, Walk};
use super::lookup::Key;
use super::rows::{self, OrderRow, ProductRow, Row, StockRow};
use super::shared::Shared;
use super::single::{Insert, Replace, before, replace};
use super::transaction::{Attempt, Fault, Step};
use crate::domain::id::ProductId;
use crate::domain::inventory::{MovementContext, StockItem, StockOp};
use crate::domain::key::ProductKey;
use crate::domain::money::Currency;
use crate::domain::number::Version;
use crate::domain::page::{Page, PageRequest};
use crate::domain::product::{Product, ProductFilter, ProductSort, ProductStatus};
use crate::domain::search::{ProductSearch, Span, Tier};
use crate::domain::text::{Group, Tag};
use crate::store::plan::{StockWrite, decide_opening, decide_removal};
use crate::store::search::best_first;
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

/// What a list looks for beside its filter.
enum Sought {
    /// Nothing.
    All,
    /// What stands in a tier of a search, or a better one.
    Tier(Tier, Vec<Vec<Span>>),
}

/// One filter for each status that may be, and for each place where the rarest word of a search may stand: the lists of each are walked
/// side by side.
fn matching(filter: &ProductFilter, sought: &Sought) -> Vec<Document> {
    let of_status = |status: &ProductStatus| {
        let mut of_status = Filter::default();
        of_status
            .equals("status", Some(status.as_str()))
            .equals("tags", filter.tag.as_ref().map(Tag::as_str))
            .equals("group", filter.group.as_ref().map(Group::as_str))
            .equals("currency", filter.currency.map(Currency::code))
            .between("price", filter.min_price, filter.max_price)
            .created(filter.created_after, filter.created_before);
        of_status
    };
    let statuses = filter.status.as_ref().map_or(ProductStatus::ALL, std::slice::from_ref);
    let text = || filter.query.as_ref().map(ProductSearch::text).unwrap_or_default();
    let walks = statuses.iter().flat_map(|status| match sought {
        Sought::All => vec![of_status(status).build()],
        Sought::Tier(Tier::SkuIs, _) => vec![of_status(status).equals("sku_norm", Some(text())).build()],
        Sought::Tier(Tier::SkuBegins, _) => vec![of_status(status).begins("sku_norm", text()).build()],
        Sought::Tier(_, words) => {
            let Some((rarest, others)) = words.split_first() else { return Vec::new() };
            let walk = |span: &Span| {
                let mut walk = of_status(status);
                walk.holds("search", span);
                for spans in others {
                    walk.also_holds("search", spans);
                }
                walk.build()
            };
            rarest.iter().map(walk).collect()
        }
    });
    walks.collect()
}

/// By which index a list is found: that of the filter that picks the fewest, else that of its order.
fn index_for(filter: &ProductFilter, sought: &Sought, sort: ProductSort) -> &'static str {
    match sort {
        _ if let Sought::Tier(Tier::SkuIs | Tier::SkuBegins, _) = sought => "list_status_sku_norm",
        _ if let Sought::Tier(..) = sought => "list_search_status",
        _ if filter.group.is_some() => "list_group_status",
        _ if filter.tag.is_some() => "list_tags_status",
        ProductSort::Id | ProductSort::Relevance => "list_status__id",
        ProductSort::CreatedAt => "list_status_created_at",
        ProductSort::UpdatedAt => "list_status_updated_at",
        ProductSort::Sku => "list_status_sku_norm",
        ProductSort::Name => "list_status_name",
        ProductSort::Price => "list_status_price",
    }
}

fn sort_key(field: ProductSort) -> SortKey {
    match field {
        // Without a search all are equally relevant.
        ProductSort::Id | ProductSort::Relevance => SortKey::Id,
        ProductSort::CreatedAt => SortKey::Time("created_at"),
        ProductSort::UpdatedAt => SortKey::Time("updated_at"),
        ProductSort::Sku => SortKey::Unique("sku_norm"),
        ProductSort::Name => SortKey::Field("name"),
        ProductSort::Price => SortKey::Field("price"),
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

impl Shared {
    async fn walk_tier(
        &self,
        filter: &ProductFilter,
        search: &ProductSearch,
        tier: Tier,
        request: PageRequest<ProductSort>,
    ) -> Result<Vec<Product>> {
        let sought = Sought::Tier(tier, search.new_spans(tier));
        let sort = request.sort.field;
        let (key, index) = (sort_key(sort), index_for(filter, &sought, sort));
        let walk = Walk { filters: matching(filter, &sought), index, older: None };
        self.rows::<ProductRow, _>(&walk, key, &request, request.limit).await
    }
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
        self.run(async move |store| match &filter.query {
            Some(search) if page.sort.field == ProductSort::Relevance => {
                let walk = |tier, request| store.walk_tier(&filter, search, tier, request);
                best_first(search, &page, walk).await
            }
            query => {
                let sought = query.as_ref().map_or(Sought::All, |search| {
                    let tier = search.tiers().last().copied().unwrap_or(Tier::SkuBegins);
                    Sought::Tier(tier, search.spans(tier))
                });
                let (key, index) = (sort_key(page.sort.field), index_for(&filter, &sought, page.sort.field));
                let walk = Walk { filters: matching(&filter, &sought), index, older: None };
                store.page::<ProductRow, _>(&walk, key, &page).await
            }
        })
        .await
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

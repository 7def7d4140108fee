//! Products.

use std::collections::BTreeSet;

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, params};

use super::SqliteStore;
use super::list::List;
use super::{prepare, product_rows, stock};
use crate::domain::id::ProductId;
use crate::domain::inventory::{MovementContext, StockOp};
use crate::domain::key::ProductKey;
use crate::domain::number::Version;
use crate::domain::page::{Page, PageRequest};
use crate::domain::product::{Product, ProductFilter, ProductSort};
use crate::domain::search::{Tier, words_of};
use crate::store::plan::decide_opening;
use crate::store::search::best_first;
use crate::store::{Commit, ProductStore, Result, StoreError};

/// Keeps the words of every product in the way of schema 8, which has a table and triggers for them from then on. A product that
/// cannot be read has none.
pub(super) fn keep_words(connection: &Connection) -> Result<()> {
    let mut all = connection.prepare("SELECT * FROM products")?;
    let mut update = connection.prepare("UPDATE products SET search = ? WHERE id = ?")?;
    let mut rows = all.query([])?;
    let mut words = Vec::new();
    while let Some(row) = rows.next()? {
        let id: String = row.get("id")?;
        words.push((
            id,
            product_rows::read(row)
                .map_or_else(|_| "[]".to_owned(), |product| product_rows::words_text(&product)),
        ));
    }
    for (id, words) in words {
        update.execute([words, id])?;
    }
    Ok(())
}

fn find(connection: &Connection, key: &ProductKey) -> Result<Option<Product>> {
    let (sql, value) = match key {
        ProductKey::Id(id) => ("SELECT * FROM products WHERE id = ?", id.to_string()),
        ProductKey::Sku(sku) => ("SELECT * FROM products WHERE sku_norm = ?", sku.norm().to_owned()),
    };
    let mut statement = connection.prepare_cached(sql)?;
    statement.query_row([value], |row| Ok(product_rows::read(row))).optional()?.transpose()
}

/// Fails with `Stale` unless the product is there in this version.
fn expect_version(connection: &Connection, id: ProductId, version: Version) -> Result<()> {
    super::expect_version(connection, "SELECT version FROM products WHERE id = ?", &id.to_string(), version)
}

/// Adds a product, with its first stock.
fn insert(
    connection: &Connection,
    product: &Product,
    opening: Option<&(StockOp, MovementContext)>,
) -> Result<()> {
    product_rows::add(connection, product, &words_of(product))?;
    open_stock(connection, product, opening)
}

/// Adds the first stock of a product that was just added.
pub(super) fn open_stock(
    connection: &Connection,
    product: &Product,
    opening: Option<&(StockOp, MovementContext)>,
) -> Result<()> {
    match opening {
        Some(opening) => stock::write(connection, &decide_opening(product, opening)?),
        None => Ok(()),
    }
}

fn delete(connection: &Connection, id: ProductId, version: Version, context: &MovementContext) -> Result<()> {
    expect_version(connection, id, version)?;
    let orders: i64 = connection.query_row(
        "SELECT count(DISTINCT order_id) FROM order_lines WHERE product_id = ?",
        [id.to_string()],
        |row| row.get(0),
    )?;
    if orders > 0 {
        let noun = if orders == 1 { "order" } else { "orders" };
        return Err(StoreError::Referenced(format!("{orders} {noun}")));
    }
    if let Some(item) = stock::find(connection, id)? {
        stock::remove(connection, &item, context)?;
    }
    connection.execute("DELETE FROM products WHERE id = ?", [id.to_string()])?;
    Ok(())
}

/// The products that match, whatever is looked for.
fn matching(filter: &ProductFilter) -> List {
    let mut list = List::new();
    list.only("status = ?", filter.status.map(|status| status.as_str().to_owned()));
    list.only(
        "id IN (SELECT product_id FROM product_tags WHERE tag = ?)",
        filter.tag.as_ref().map(|tag| tag.as_str().to_owned()),
    );
    list.only("variant_group = ?", filter.group.as_ref().map(|group| group.as_str().to_owned()));
    list.only("price >= ?", filter.min_price);
    list.only("price <= ?", filter.max_price);
    list.only("currency = ?", filter.currency.map(|currency| currency.code().to_owned()));
    list.created(filter.created_after, filter.created_before);
    list
}

fn column(sort: ProductSort) -> &'static str {
    match sort {
        // Without a search all are equally relevant.
        ProductSort::Id | ProductSort::Relevance => "id",
        ProductSort::CreatedAt => "created_at",
        ProductSort::UpdatedAt => "updated_at",
        ProductSort::Sku => "sku_norm",
        ProductSort::Name => "name",
        ProductSort::Price => "price",
    }
}

#[async_trait]
impl ProductStore for SqliteStore {
    async fn insert_product(
        &self,
        product: &Product,
        opening: Option<&(StockOp, MovementContext)>,
        commit: Commit,
    ) -> Result<()> {
        let (product, opening) = (product.clone(), opening.cloned());
        self.write(commit, move |connection| insert(connection, &product, opening.as_ref())).await
    }

    async fn find_product(&self, key: &ProductKey) -> Result<Option<Product>> {
        let key = key.clone();
        self.read(move |connection| find(connection, &key)).await
    }

    async fn find_products(&self, keys: &[ProductKey]) -> Result<Vec<Product>> {
        let keys = keys.to_vec();
        self.read(move |connection| {
            let mut seen = BTreeSet::new();
            let mut products = Vec::new();
            for key in &keys {
                products.extend(find(connection, key)?.filter(|product| seen.insert(product.id)));
            }
            Ok(products)
        })
        .await
    }

    async fn list_products(
        &self,
        filter: &ProductFilter,
        page: &PageRequest<ProductSort>,
    ) -> Result<Page<Product>> {
        let Some(search) = filter.query.as_ref().filter(|_| page.sort.field == ProductSort::Relevance) else {
            let (filter, page) = (filter.clone(), page.clone());
            return self
                .read(move |connection| {
                    let mut list = matching(&filter);
                    if let Some(search) = &filter.query {
                        prepare::require_words(connection)?;
                        match search.worst() {
                            Tier::SkuBegins => list.sku_begins(search.text()),
                            tier => list.words(&search.spans(tier)),
                        }
                    }
                    list.page(
                        connection,
                        "products",
                        (column(page.sort.field), "id"),
                        &page,
                        product_rows::read,
                    )
                })
                .await;
        };
        best_first(search, page, |tier, request| {
            let (filter, search) = (filter.clone(), search.clone());
            self.read(move |connection| {
                prepare::require_words(connection)?;
                let mut list = matching(&filter);
                match tier {
                    Tier::SkuIs => list.only("sku_norm = ?", Some(search.text().to_owned())),
                    Tier::SkuBegins => list.sku_begins(search.text()),
                    _ => list.words(&search.new_spans(tier)),
                }
                let columns = (column(request.sort.field), "id");
                list.rows(connection, "products", columns, &request, request.limit, product_rows::read)
            })
        })
        .await
    }

    async fn replace_product(&self, product: &Product, commit: Commit) -> Result<()> {
        let product = product.clone();
        self.write(commit, move |connection| {
            product_rows::replace(connection, &product, &words_of(&product))?;
            // A changed SKU is a write of the stock record too, so its version counts it.
            connection
                .prepare_cached(
                    "UPDATE inventory SET sku = ?1, sku_norm = ?2, version = version + 1, updated_at = ?3 \
                     WHERE product_id = ?4 AND sku IS NOT ?1",
                )?
                .execute(params![
                    product.sku.as_str(),
                    product.sku.norm(),
                    product.updated_at.as_millis(),
                    product.id.to_string(),
                ])?;
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
        let context = context.clone();
        self.write(commit, move |connection| delete(connection, id, version, &context)).await
    }
}

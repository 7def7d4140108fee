//! Products.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use async_trait::async_trait;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};

use super::SqliteStore;
use super::decode::Fields;
use super::list::List;
use super::{prepare, stock};
use crate::domain::id::ProductId;
use crate::domain::inventory::{MovementContext, StockOp};
use crate::domain::key::ProductKey;
use crate::domain::money::Money;
use crate::domain::number::Version;
use crate::domain::page::{Page, PageRequest};
use crate::domain::product::{Labels, Product, ProductFilter, ProductSort};
use crate::domain::search::{Tier, words_of};
use crate::domain::text::{Description, Group, Tag};
use crate::store::plan::decide_opening;
use crate::store::search::best_first;
use crate::store::{Commit, ProductStore, Result, StoreError};

pub(super) fn read(row: &Row<'_>) -> Result<Product> {
    let fields = Fields::new(row, "products", "id");
    let currency = fields.parse("currency")?;
    Ok(Product {
        id: fields.parse("id")?,
        version: fields.version()?,
        created_at: fields.at("created_at")?,
        updated_at: fields.at("updated_at")?,
        sku: fields.parse("sku")?,
        name: fields.parse("name")?,
        description: fields.maybe("description")?,
        tags: read_tags(&fields)?,
        metadata: read_labels(&fields, "metadata")?,
        price: fields.checked("price", |minor| Money::from_minor(minor, currency))?,
        status: fields.parse("status")?,
        group: fields.maybe("variant_group")?,
        options: read_labels(&fields, "options")?,
    })
}

fn read_tags(fields: &Fields<'_>) -> Result<Vec<Tag>> {
    let texts: Vec<String> = serde_json::from_str(&fields.get::<String>("tags")?)
        .map_err(|error| fields.corrupt("tags", error))?;
    texts.iter().map(|text| text.parse().map_err(|error| fields.corrupt("tags", error))).collect()
}

fn read_labels(fields: &Fields<'_>, field: &'static str) -> Result<Labels> {
    let texts: BTreeMap<String, String> =
        serde_json::from_str(&fields.get::<String>(field)?).map_err(|error| fields.corrupt(field, error))?;
    let pair = |(label, value): (String, String)| Ok((label.parse()?, value.parse()?));
    texts
        .into_iter()
        .map(pair)
        .collect::<std::result::Result<_, crate::domain::invalid::Invalid>>()
        .map_err(|error| fields.corrupt(field, error))
}

fn labels_text(labels: &Labels) -> String {
    let texts: serde_json::Map<String, serde_json::Value> =
        labels.iter().map(|(label, value)| (label.to_string(), value.as_str().into())).collect();
    serde_json::Value::Object(texts).to_string()
}

/// The words of a product as they are kept.
pub(super) fn words_text(product: &Product) -> String {
    serde_json::Value::from(words_of(product)).to_string()
}

/// Keeps the words of every product in the way of schema 8, which has a table and triggers for them from then on. A product that
/// cannot be read has none.
pub(super) fn keep_words(connection: &Connection) -> Result<()> {
    let mut all = connection.prepare("SELECT * FROM products")?;
    let mut update = connection.prepare("UPDATE products SET search = ? WHERE id = ?")?;
    let mut rows = all.query([])?;
    let mut words = Vec::new();
    while let Some(row) = rows.next()? {
        let id: String = row.get("id")?;
        words.push((id, read(row).map_or_else(|_| "[]".to_owned(), |product| words_text(&product))));
    }
    for (id, words) in words {
        update.execute([words, id])?;
    }
    Ok(())
}

/// The columns of a product in the order of [`values`], the key first.
const COLUMNS: [&str; 16] = [
    "id",
    "version",
    "created_at",
    "updated_at",
    "sku",
    "sku_norm",
    "name",
    "description",
    "tags",
    "metadata",
    "price",
    "currency",
    "status",
    "variant_group",
    "options",
    "search",
];
const ID: usize = 0;
const VERSION: usize = 1;
const TAGS: usize = 8;
const SEARCH: usize = 15;

/// A product that has these words as it is kept.
fn values(product: &Product, words: &[String]) -> [Value; COLUMNS.len()] {
    let text = |text: &str| Value::Text(text.to_owned());
    let maybe = |found: Option<&str>| found.map_or(Value::Null, text);
    let tags: serde_json::Value = product.tags.iter().map(Tag::as_str).collect();
    [
        product.id.to_string().into(),
        product.version.get().into(),
        product.created_at.as_millis().into(),
        product.updated_at.as_millis().into(),
        text(product.sku.as_str()),
        text(product.sku.norm()),
        text(product.name.as_str()),
        maybe(product.description.as_ref().map(Description::as_str)),
        tags.to_string().into(),
        labels_text(&product.metadata).into(),
        product.price.minor().into(),
        text(product.price.currency().code()),
        text(product.status.as_str()),
        maybe(product.group.as_ref().map(Group::as_str)),
        labels_text(&product.options).into(),
        serde_json::Value::from(words).to_string().into(),
    ]
}

static INSERT: LazyLock<String> = LazyLock::new(|| {
    format!("INSERT INTO products ({}) VALUES ({})", COLUMNS.join(", "), ["?"; COLUMNS.len()].join(", "))
});
static LOOK: LazyLock<String> =
    LazyLock::new(|| format!("SELECT {} FROM products WHERE id = ?", COLUMNS.join(", ")));

/// Adds a product that has these words.
pub(super) fn add(connection: &Connection, product: &Product, words: &[String]) -> Result<()> {
    connection.prepare_cached(&INSERT)?.execute(params_from_iter(values(product, words)))?;
    Ok(())
}

/// Tags and words as they were kept before a change, where it has changed them.
#[derive(Default)]
pub(super) struct Before {
    pub(super) tags: Option<String>,
    pub(super) words: Option<String>,
}

/// Writes a product that has these words over its version before. Only what is another now is written: every column that a statement names
/// has its indexes changed, whatever is put into it, and there are a dozen.
pub(super) fn replace(connection: &Connection, product: &Product, words: &[String]) -> Result<Before> {
    let expected = super::version_before(product.version)?;
    let after = values(product, words);
    let (mut before, mut changed) = (Before::default(), Vec::new());
    {
        let mut look = connection.prepare_cached(&LOOK)?;
        let mut rows = look.query([&after[ID]])?;
        let Some(row) = rows.next()? else { return Err(StoreError::Stale { current: None }) };
        let version = row.get_ref(VERSION)?;
        if version != ValueRef::Integer(expected.get()) {
            let current = version.as_i64().ok().and_then(|found| Version::new(found).ok());
            return Err(StoreError::Stale { current });
        }
        for (at, value) in after.iter().enumerate() {
            if row.get_ref(at)? == ValueRef::from(value) {
                continue;
            }
            changed.push(at);
            match at {
                TAGS => before.tags = Some(row.get(at)?),
                SEARCH => before.words = Some(row.get(at)?),
                _ => {}
            }
        }
    }
    let named: Vec<String> = changed.iter().map(|&at| format!("{} = ?", COLUMNS[at])).collect();
    let sql = format!("UPDATE products SET {} WHERE id = ?", named.join(", "));
    let bound = changed.iter().chain([&ID]).map(|&at| &after[at]);
    match connection.prepare_cached(&sql)?.execute(params_from_iter(bound))? {
        1 => Ok(before),
        _ => Err(StoreError::Internal(format!("product {} went inside a transaction", product.id))),
    }
}

fn find(connection: &Connection, key: &ProductKey) -> Result<Option<Product>> {
    let (sql, value) = match key {
        ProductKey::Id(id) => ("SELECT * FROM products WHERE id = ?", id.to_string()),
        ProductKey::Sku(sku) => ("SELECT * FROM products WHERE sku_norm = ?", sku.norm().to_owned()),
    };
    let mut statement = connection.prepare_cached(sql)?;
    statement.query_row([value], |row| Ok(read(row))).optional()?.transpose()
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
    add(connection, product, &words_of(product))?;
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
                        match search.tiers().last() {
                            Some(Tier::Anywhere) => list.words(&search.spans(Tier::Anywhere)),
                            _ => list.sku_begins(search.text()),
                        }
                    }
                    list.page(connection, "products", (column(page.sort.field), "id"), &page, read)
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
                list.rows(connection, "products", columns, &request, request.limit, read)
            })
        })
        .await
    }

    async fn replace_product(&self, product: &Product, commit: Commit) -> Result<()> {
        let product = product.clone();
        self.write(commit, move |connection| {
            replace(connection, &product, &words_of(&product))?;
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

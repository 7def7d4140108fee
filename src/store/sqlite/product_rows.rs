//! Products as they are kept.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Row, params_from_iter};

use super::decode::Fields;
use crate::domain::money::Money;
use crate::domain::number::Version;
use crate::domain::product::{Labels, Product};
use crate::domain::search::words_of;
use crate::domain::text::{Description, Group, Tag};
use crate::store::{Result, StoreError};

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

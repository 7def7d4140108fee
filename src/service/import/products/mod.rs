//! Products in files.

mod row;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use serde_json::Value as Json;

use self::row::ProductRow;
use super::noun::{By, Change, Decided, Decision, Noun, UndoRow, Undone, taken_back, told};
use crate::domain::id::ProductId;
use crate::domain::import::{Import, ImportMode};
use crate::domain::inventory::StockOp;
use crate::domain::key::ProductKey;
use crate::domain::money::Currency;
use crate::domain::product::{Labels, Product};
use crate::domain::text::{Description, Group, Tag};
use crate::files::Record;
use crate::service::error::{Error, Problem, Result};
use crate::service::fields::Fields;
use crate::service::view::ProductView;
use crate::store::{ImportWrite, Store};

/// Products, by SKU.
pub(super) struct ProductNoun {
    store: Arc<dyn Store>,
    import: Import,
    own: Currency,
    /// Whether changes are shown, for a plan.
    shows: bool,
    by: By,
    /// Rows that say a first stock of a product that is there.
    late_stock: AtomicU64,
}

impl ProductNoun {
    pub(super) fn new(store: Arc<dyn Store>, import: Import, own: Currency, shows: bool, by: By) -> Self {
        Self { store, import, own, shows, by, late_stock: AtomicU64::new(0) }
    }

    fn create(&self, ordinal: u64, row: ProductRow) -> Decision {
        let mut fields = Fields::new();
        let made = row.draft.create(&mut fields, self.own, self.import.started_at);
        let Some(mut product) = made else { return Decision::Reject(fields.into_problems()) };
        let undo = match row.kept.id {
            None => {
                product.id = ProductId::from_uuid(self.import.uuid_of(ordinal));
                UndoRow::Made(ordinal)
            }
            Some(id) => {
                product.id = id;
                UndoRow::Brought(id.to_string(), row.kept.first_version().get())
            }
        };
        let undo = match row.kept.version {
            Some(version) => UndoRow::Brought(product.id.to_string(), version.get()),
            None => undo,
        };
        product.version = row.kept.first_version();
        (product.created_at, product.updated_at) = row.kept.times(self.import.started_at);
        let opening = row.stock.map(|stock| (StockOp::Receive(stock), self.by.context(&self.import, None)));
        let shown = self.shows.then(|| (Json::Null, shown(&product)));
        let write = ImportWrite::InsertProduct(Box::new(product), opening);
        Decision::Create(Box::new(Change { write, undo, shown }))
    }

    fn change(&self, row: ProductRow, before: &Product) -> Decision {
        let mut fields = Fields::new();
        let mut after = before.clone();
        if !row.draft.change(&mut fields, &mut after) {
            return Decision::Reject(fields.into_problems());
        }
        // It goes by this SKU whatever the case; how it is spelled is not a file's to change.
        after.sku = before.sku.clone();
        if after == *before {
            return Decision::Unchanged;
        }
        after.version = before.version.next();
        after.updated_at = self.import.started_at;
        let undo = UndoRow::Changed(after.id.to_string(), after.version.get(), differing(before, &after));
        let shown = self.shows.then(|| (shown(before), shown(&after)));
        Decision::Update(Box::new(Change {
            write: ImportWrite::ReplaceProduct(Box::new(after)),
            undo,
            shown,
        }))
    }

    /// What is there of these rows, by SKU and by id.
    async fn look(&self, rows: &[(u64, ProductRow)]) -> Result<HashMap<String, Product>> {
        let mut keys: Vec<ProductKey> =
            rows.iter().map(|(_, row)| ProductKey::Sku(row.sku.clone())).collect();
        keys.extend(rows.iter().filter_map(|(_, row)| row.kept.id).map(ProductKey::Id));
        let found = self.store.find_products(&keys).await.map_err(Error::from_store)?;
        Ok(found.into_iter().map(|product| (product.sku.norm().to_owned(), product)).collect())
    }

    fn decide_one(
        &self,
        ordinal: u64,
        row: ProductRow,
        found: Option<Product>,
        ids: &HashMap<ProductId, String>,
    ) -> Decision {
        let refuse = |code: &'static str, detail: String| {
            Decision::Reject(vec![Problem { pointer: "/sku".to_owned(), code, detail }])
        };
        let sku = row.sku.as_str();
        match (found, self.import.mode) {
            (None, ImportMode::Update) => {
                refuse("product_not_found", format!("product {sku:?} does not exist"))
            }
            (None, _) => match row.kept.id.and_then(|id| Some((id, ids.get(&id)?))) {
                Some((id, other)) => {
                    let detail = format!("product {id} is there already, with SKU {other:?}");
                    Decision::Reject(vec![Problem { pointer: "/id".to_owned(), code: "id_taken", detail }])
                }
                None => self.create(ordinal, row),
            },
            (Some(found), ImportMode::Insert) => {
                if found.id == ProductId::from_uuid(self.import.uuid_of(ordinal)) {
                    return Decision::Unchanged;
                }
                refuse("sku_taken", format!("a product with SKU {:?} exists already", found.sku.as_str()))
            }
            (Some(found), _) => {
                if row.stock.is_some() {
                    self.late_stock.fetch_add(1, Ordering::Relaxed);
                }
                self.change(row, &found)
            }
        }
    }
}

#[async_trait]
impl Noun for ProductNoun {
    type Row = ProductRow;

    fn parse(&self, record: &Record) -> std::result::Result<ProductRow, Vec<Problem>> {
        let assumed = (self.import.mode == ImportMode::Insert).then_some(self.own);
        row::read(record, assumed)
    }

    fn key<'a>(&self, row: &'a ProductRow) -> &'a str {
        row.sku.norm()
    }

    fn needs_look(&self, row: &ProductRow) -> bool {
        self.import.mode != ImportMode::Upsert || row.kept.id.is_some() || !row.draft.stands_alone()
    }

    fn writes_blindly(&self) -> bool {
        self.import.mode == ImportMode::Insert
    }

    async fn decide(&self, rows: Vec<(u64, ProductRow)>, look: bool) -> Result<Vec<Decided>> {
        let mut found = if look { self.look(&rows).await? } else { HashMap::new() };
        let ids: HashMap<ProductId, String> = if rows.iter().any(|(_, row)| row.kept.id.is_some()) {
            found.values().map(|product| (product.id, product.sku.to_string())).collect()
        } else {
            HashMap::new()
        };
        let decided = rows.into_iter().map(|(ordinal, row)| {
            let product = found.remove(row.sku.norm());
            let version = product.as_ref().map(|product| product.version.get());
            Decided { found: version, decision: self.decide_one(ordinal, row, product, &ids) }
        });
        Ok(decided.collect())
    }

    fn remarks(&self) -> Vec<(String, u64)> {
        match self.late_stock.load(Ordering::Relaxed) {
            0 => Vec::new(),
            rows => vec![("stock of products that are there already was left alone".to_owned(), rows)],
        }
    }

    async fn undo(&self, import: &Import, row: &UndoRow) -> Result<Undone> {
        let (id, version, before) = row.thing(import, ProductId::from_uuid)?;
        let found = self.store.find_product(&ProductKey::Id(id)).await.map_err(Error::from_store)?;
        let Some(product) = found else { return Ok(Undone::Gone) };
        let sku = product.sku.to_string();
        if product.version.get() != version {
            return Ok(Undone::moved_on(sku, product.version));
        }
        let done = match before {
            None => self.remove(&product).await?,
            Some(before) => self.put_back(product, before).await?,
        };
        Ok(Undone::of(sku, done))
    }
}

impl ProductNoun {
    /// Removes a product that an import made, with its stock; unless somebody sold, counted or received any since.
    async fn remove(&self, product: &Product) -> Result<std::result::Result<(), String>> {
        let stock = self.store.find_stock(product.id).await.map_err(Error::from_store)?;
        if stock.is_some_and(|stock| stock.seq > 1) {
            return Ok(Err("its stock has moved since".to_owned()));
        }
        let context = self.by.context(&self.import, taken_back());
        told(self.store.delete_product(product.id, product.version, &context, self.by.commit()).await)
    }

    /// Gives a product that an import changed the members it had before.
    async fn put_back(&self, product: Product, before: &Json) -> Result<std::result::Result<(), String>> {
        let mut view = shown(&product);
        if let (Some(members), Some(before)) = (view.as_object_mut(), before.as_object()) {
            members.extend(before.iter().map(|(name, value)| (name.clone(), value.clone())));
        }
        let view: ProductView = serde_json::from_value(view).map_err(Error::internal)?;
        let mut restored = view.product().map_err(|invalid| Error::internal(invalid.detail))?;
        restored.version = product.version.next();
        restored.updated_at = self.by.at;
        restored.sku = product.sku;
        told(self.store.replace_product(&restored, self.by.commit()).await)
    }
}

/// The members of a product that another has otherwise, as they are shown.
fn differing(product: &Product, other: &Product) -> Json {
    let labels = |labels: &Labels| -> Json {
        labels.iter().map(|(name, value)| (name.as_str().to_owned(), Json::from(value.as_str()))).collect()
    };
    let mut members = serde_json::Map::new();
    let mut put = |differs: bool, name: &str, value: &dyn Fn() -> Json| {
        if differs {
            members.insert(name.to_owned(), value());
        }
    };
    put(product.name != other.name, "name", &|| product.name.as_str().into());
    put(product.description != other.description, "description", &|| {
        product.description.as_ref().map(Description::as_str).into()
    });
    put(product.tags != other.tags, "tags", &|| product.tags.iter().map(Tag::as_str).collect());
    put(product.metadata != other.metadata, "metadata", &|| labels(&product.metadata));
    put(product.price != other.price, "price", &|| product.price.to_string().into());
    let (currency, another) = (product.price.currency(), other.price.currency());
    put(currency != another, "currency", &|| currency.code().into());
    put(product.status != other.status, "status", &|| product.status.as_str().into());
    put(product.group != other.group, "group", &|| product.group.as_ref().map(Group::as_str).into());
    put(product.options != other.options, "options", &|| labels(&product.options));
    Json::Object(members)
}

fn shown(product: &Product) -> Json {
    // Texts, numbers and lists of them always serialise.
    serde_json::to_value(ProductView::from(product)).unwrap_or_default()
}

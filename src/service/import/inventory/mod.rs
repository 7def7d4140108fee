//! Stock in files: what is on hand, a difference, or what is expected to be there.

mod row;

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value as Json;

use self::row::{Said, StockRow};
use super::noun::{By, Change, Decided, Decision, Noun, UndoRow, Undone, taken_back, told};
use crate::domain::id::ProductId;
use crate::domain::import::{Import, ImportMode};
use crate::domain::inventory::{StockItem, StockLevel, StockOp};
use crate::domain::key::ProductKey;
use crate::domain::number::Quantity;
use crate::domain::product::Product;
use crate::domain::text::Reason;
use crate::files::Record;
use crate::service::error::{Error, Problem, Result};
use crate::service::patch::Patch;
use crate::service::view::StockView;
use crate::store::{ImportWrite, Presence, StockChange, Store};

/// Stock, by SKU.
pub(super) struct StockNoun {
    store: Arc<dyn Store>,
    import: Import,
    /// Whether changes are shown, for a plan.
    shows: bool,
    /// Whether a record must still be in the version in which it was found, as a plan that is applied asks.
    strict: bool,
    by: By,
}

impl StockNoun {
    pub(super) fn new(store: Arc<dyn Store>, import: Import, shows: bool, strict: bool, by: By) -> Self {
        Self { store, import, shows, strict, by }
    }

    fn decide_one(&self, row: &StockRow, product: Option<&Product>, found: Option<&StockItem>) -> Decision {
        let refuse = |pointer: &str, code: &'static str, detail: String| {
            Decision::Reject(vec![Problem { pointer: pointer.to_owned(), code, detail }])
        };
        let Some(product) = product else {
            let detail = format!("product {:?} does not exist", row.key.to_string());
            return refuse("/sku", "product_not_found", detail);
        };
        let sku = product.sku.as_str();
        match (found, self.import.mode) {
            (None, ImportMode::Update) => {
                return refuse("/sku", "stock_not_found", format!("no stock is kept of {sku:?}"));
            }
            (Some(_), ImportMode::Insert) => {
                let detail = format!("stock of {sku:?} is kept already; --mode upsert changes it");
                return refuse("/sku", "stock_exists", detail);
            }
            _ => {}
        }
        let level = found.map_or(StockLevel::EMPTY, |item| item.level);
        let op = match row.said {
            Said::Nothing => None,
            Said::Count(to, expected) => Some(StockOp::Count { to, expected }),
            Said::Delta(0, None) => return Decision::Unchanged,
            Said::Delta(delta, None) => Some(StockOp::Adjust(delta)),
            Said::Delta(delta, Some(expected)) => match Quantity::new(expected.get().saturating_add(delta)) {
                Ok(to) => Some(StockOp::Count { to, expected: Some(expected) }),
                Err(invalid) => return refuse("/delta", invalid.code, invalid.detail),
            },
            Said::Expected(count) => Some(StockOp::Count { to: count, expected: Some(count) }),
        };
        let after = match op.map(|op| level.apply(op)) {
            Some(Err(refusal)) => {
                let field = match row.said {
                    Said::Delta(..) => "/delta",
                    Said::Expected(_) => "/expected",
                    Said::Nothing | Said::Count(..) => "/on_hand",
                };
                return refuse(field, refusal.code(), format!("{sku:?}: {refusal}"));
            }
            Some(Ok(after)) => after,
            None => level,
        };
        let before = found.and_then(|item| item.low_stock_at);
        let threshold = match row.low_stock_at {
            Patch::Set(threshold) if before != Some(threshold) => Patch::Set(threshold),
            Patch::Clear if before.is_some() => Patch::Clear,
            _ => Patch::Keep,
        };
        let op = op.filter(|op| !matches!(op, StockOp::Count { .. }) || found.is_none() || after != level);
        if found.is_some() && op.is_none() && threshold.is_keep() {
            return Decision::Unchanged;
        }
        self.write(product, found, op, &threshold, row.reason.clone())
    }

    fn write(
        &self,
        product: &Product,
        found: Option<&StockItem>,
        op: Option<StockOp>,
        low_stock_at: &Patch<Quantity>,
        reason: Option<Reason>,
    ) -> Decision {
        // A correction needs a reason; that of a row that gives none is its file.
        let reason = reason.or_else(|| {
            let told = format!("import of {}", self.import.file);
            matches!(op, Some(StockOp::Adjust(_))).then(|| told.parse().ok()).flatten()
        });
        let change = StockChange {
            product_id: product.id,
            op,
            low_stock_at: match low_stock_at {
                Patch::Keep => None,
                Patch::Clear => Some(None),
                Patch::Set(threshold) => Some(Some(*threshold)),
            },
            presence: if found.is_some() { Presence::Present } else { Presence::Absent },
            if_version: found.filter(|_| self.strict).map(|item| item.version),
            context: self.by.context(&self.import, reason),
        };
        let shown = self.shows.then(|| shown(product, found, &change));
        let id = product.id.to_string();
        let undo = match found {
            None => UndoRow::Brought(id, 1),
            Some(item) => {
                // Only what the row changes is put back.
                let mut before = serde_json::Map::new();
                if op.is_some() {
                    before.insert("on_hand".to_owned(), item.level.on_hand().into());
                }
                if !low_stock_at.is_keep() {
                    before.insert("low_stock_at".to_owned(), item.low_stock_at.map(Quantity::get).into());
                }
                UndoRow::Changed(id, item.version.next().get(), Json::Object(before))
            }
        };
        let change = Box::new(Change { write: ImportWrite::ChangeStock(Box::new(change)), undo, shown });
        if found.is_some() { Decision::Update(change) } else { Decision::Create(change) }
    }

    /// Gives a record what it held before.
    async fn put_back(&self, item: &StockItem, before: &Json) -> Result<std::result::Result<(), String>> {
        let count = |name: &str| {
            let count = before.get(name).and_then(Json::as_i64).map(Quantity::new).transpose();
            count.map_err(|invalid| Error::internal(invalid.detail))
        };
        let (on_hand, threshold) = (count("on_hand")?, count("low_stock_at")?);
        let change = StockChange {
            product_id: item.product_id,
            op: on_hand.map(|to| StockOp::Count { to, expected: None }),
            // A threshold that the import left alone stays; one that it set where there was none goes.
            low_stock_at: before.get("low_stock_at").map(|_| threshold),
            presence: Presence::Present,
            if_version: Some(item.version),
            context: self.by.context(&self.import, taken_back()),
        };
        told(self.store.change_stock(&change, self.by.commit()).await)
    }
}

#[async_trait]
impl Noun for StockNoun {
    type Row = StockRow;

    fn parse(&self, record: &Record) -> std::result::Result<StockRow, Vec<Problem>> {
        row::read(record)
    }

    fn key<'a>(&self, row: &'a StockRow) -> &'a str {
        &row.norm
    }

    fn needs_look(&self, _row: &StockRow) -> bool {
        true
    }

    fn writes_blindly(&self) -> bool {
        false
    }

    async fn decide(&self, rows: Vec<(u64, StockRow)>, _look: bool) -> Result<Vec<Decided>> {
        let keys: Vec<ProductKey> = rows.iter().map(|(_, row)| row.key.clone()).collect();
        let products = self.store.find_products(&keys).await.map_err(Error::from_store)?;
        let ids: Vec<ProductId> = products.iter().map(|product| product.id).collect();
        let stocks = self.store.find_stocks(&ids).await.map_err(Error::from_store)?;
        let mut stocks: HashMap<ProductId, StockItem> =
            stocks.into_iter().map(|item| (item.product_id, item)).collect();
        let by_sku: HashMap<&str, &Product> =
            products.iter().map(|product| (product.sku.norm(), product)).collect();
        let by_id: HashMap<ProductId, &Product> =
            products.iter().map(|product| (product.id, product)).collect();
        let decided = rows.iter().map(|(_, row)| {
            let product = match &row.key {
                ProductKey::Sku(sku) => by_sku.get(sku.norm()).copied(),
                ProductKey::Id(id) => by_id.get(id).copied(),
            };
            let found = product.and_then(|product| stocks.remove(&product.id));
            let version = found.as_ref().map(|item| item.version.get());
            Decided { found: version, decision: self.decide_one(row, product, found.as_ref()) }
        });
        Ok(decided.collect())
    }

    async fn undo(&self, import: &Import, row: &UndoRow) -> Result<Undone> {
        let (id, version, before) = row.thing(import, ProductId::from_uuid)?;
        let Some(item) = self.store.find_stock(id).await.map_err(Error::from_store)? else {
            return Ok(Undone::Gone);
        };
        let sku = item.sku.to_string();
        if item.version.get() != version {
            return Ok(Undone::Refused(sku, "its stock has moved since".to_owned()));
        }
        let done = match before {
            None => {
                let context = self.by.context(&self.import, taken_back());
                told(self.store.delete_stock(id, item.version, &context, self.by.commit()).await)?
            }
            Some(before) => self.put_back(&item, before).await?,
        };
        Ok(Undone::of(sku, done))
    }
}

/// A record before and after, as they are shown.
fn shown(product: &Product, found: Option<&StockItem>, change: &StockChange) -> (Json, Json) {
    let view = |item: &StockItem| serde_json::to_value(StockView::from(item)).unwrap_or_default();
    let empty = StockItem::empty(product.id, product.sku.clone(), change.context.at, 0);
    let mut after = found.unwrap_or(&empty).clone();
    if let Some(op) = change.op {
        // It was refused before where it cannot be.
        after.level = after.level.apply(op).unwrap_or(after.level);
    }
    after.low_stock_at = change.low_stock_at.unwrap_or(after.low_stock_at);
    if found.is_some() {
        after.version = after.version.next();
        after.updated_at = change.context.at;
    }
    (found.map_or(Json::Null, view), view(&after))
}

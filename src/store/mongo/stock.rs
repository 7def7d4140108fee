//! Reading and writing stock inside a transaction.

use std::collections::{BTreeMap, BTreeSet};

use mongodb::ClientSession;
use mongodb::bson::{Document, RawDocumentBuf, doc};

use super::error::{code, code_of};
use super::filter::{by_id, by_version};
use super::rows::{self, MovementRow, ProductRow, StockRow, movement_key};
use super::shared::Shared;
use super::transaction::{Attempt, Fault};
use crate::domain::id::ProductId;
use crate::domain::inventory::{Movement, MovementContext, StockEffect, StockItem, StockOp};
use crate::domain::product::Product;
use crate::domain::sku::Sku;
use crate::store::plan::{Found, StockWrite, decide_effects};
use crate::store::{Result, StoreError, crash};

impl Shared {
    /// Applies an order's stock effects, all or none.
    pub(super) async fn apply_effects(
        &self,
        session: &mut ClientSession,
        effects: &[StockEffect],
        context: &MovementContext,
    ) -> Attempt<()> {
        if effects.is_empty() {
            return Ok(());
        }
        let found = self.stock_for(session, &effects.iter().collect::<Vec<_>>(), context).await?;
        let writes = decide_effects(effects, &found, context)?;
        self.write_stock(session, &writes).await
    }

    /// The stock records that effects touch, each product once.
    pub(super) async fn stock_for(
        &self,
        session: &mut ClientSession,
        effects: &[&StockEffect],
        context: &MovementContext,
    ) -> Attempt<BTreeMap<ProductId, Found>> {
        let ids: Vec<String> = effects.iter().map(|effect| effect.product_id.to_string()).collect();
        let mut kept = self.find_in::<StockRow>(session, doc! { "_id": { "$in": ids } }).await?;
        let mut found = BTreeMap::new();
        for effect in effects {
            let id = effect.product_id;
            let one = match kept.remove(&id.to_string()) {
                Some(item) => Found { item, stored: true },
                // Nothing can be taken from a record that is not there, so nothing else of it matters.
                None if !matches!(effect.op, StockOp::Return(_)) => {
                    Found { item: StockItem::empty(id, effect.sku.clone(), context.at, 0), stored: false }
                }
                None => {
                    let sku = self.sku_in(session, id).await?.unwrap_or_else(|| effect.sku.clone());
                    let last = self.last_seq_in(session, id).await?;
                    Found { item: StockItem::empty(id, sku, context.at, last), stored: false }
                }
            };
            found.insert(id, one);
        }
        Ok(found)
    }

    /// One product's stock record.
    pub(super) async fn stock_in(
        &self,
        session: &mut ClientSession,
        product: ProductId,
    ) -> Attempt<Option<StockItem>> {
        Ok(self.find_in::<StockRow>(session, by_id(product)).await?.into_values().next())
    }

    /// A product.
    pub(super) async fn product_in(
        &self,
        session: &mut ClientSession,
        product: ProductId,
    ) -> Attempt<Option<Product>> {
        Ok(self.find_in::<ProductRow>(session, by_id(product)).await?.into_values().next())
    }

    /// Products by id.
    pub(super) async fn products_in(
        &self,
        session: &mut ClientSession,
        ids: &[ProductId],
    ) -> Attempt<BTreeMap<String, Product>> {
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
        self.find_in::<ProductRow>(session, doc! { "_id": { "$in": ids } }).await
    }

    /// Of which products stock has ever moved: whose does has a first movement.
    pub(super) async fn moved_before(
        &self,
        session: &mut ClientSession,
        ids: &[ProductId],
    ) -> Attempt<BTreeSet<ProductId>> {
        if ids.is_empty() {
            return Ok(BTreeSet::new());
        }
        let firsts: BTreeMap<String, ProductId> = ids.iter().map(|&id| (movement_key(id, 1), id)).collect();
        let keys: Vec<&String> = firsts.keys().collect();
        let mut cursor = self
            .documents("stock_movements")
            .find(doc! { "_id": { "$in": keys } })
            .projection(doc! { "_id": 1 })
            .session(&mut *session)
            .await?;
        let mut moved = BTreeSet::new();
        while cursor.advance(&mut *session).await? {
            moved.extend(firsts.get(&rows::key_of(cursor.current())));
        }
        Ok(moved)
    }

    /// A product's SKU; `None` when it is gone.
    pub(super) async fn sku_in(
        &self,
        session: &mut ClientSession,
        product: ProductId,
    ) -> Attempt<Option<Sku>> {
        Ok(self.product_in(session, product).await?.map(|product| product.sku))
    }

    /// `seq` of a product's last movement; 0 when there is none.
    pub(super) async fn last_seq_in(&self, session: &mut ClientSession, product: ProductId) -> Attempt<i64> {
        let range = doc! { "$gte": movement_key(product, 0), "$lte": movement_key(product, i64::MAX) };
        let last = self
            .documents("stock_movements")
            .find_one(doc! { "_id": range })
            .sort(doc! { "_id": -1 })
            .session(session)
            .await?;
        match last {
            Some(raw) => Ok(rows::decode::<MovementRow>(&raw)?.seq),
            None => Ok(0),
        }
    }

    /// Writes records, each over the one that this transaction has read, and their movements.
    pub(super) async fn write_stock(
        &self,
        session: &mut ClientSession,
        writes: &[StockWrite],
    ) -> Attempt<()> {
        let (mut fresh, mut changed) = (Vec::new(), Vec::new());
        for write in writes {
            let row = rows::encode::<StockRow>(&write.item)?;
            match write.replaces {
                None => fresh.push(row),
                Some(_) => changed.push((write.item.product_id.to_string(), row)),
            }
        }
        self.replace_many::<StockRow>(session, &changed).await?;
        if !changed.is_empty() {
            crash::point("stock:written");
        }
        if !fresh.is_empty() {
            match self.of::<StockRow>().insert_many(fresh).session(&mut *session).await {
                Err(error) if code_of(&error) == Some(code::DUPLICATE_KEY) => return Err(Fault::Again),
                done => drop(done?),
            }
        }
        let movements: Vec<&Movement> = writes.iter().filter_map(|write| write.movement.as_ref()).collect();
        self.write_movements(session, &movements).await
    }

    /// Writes movements.
    pub(super) async fn write_movements(
        &self,
        session: &mut ClientSession,
        movements: &[&Movement],
    ) -> Attempt<()> {
        if movements.is_empty() {
            return Ok(());
        }
        let rows: Result<Vec<RawDocumentBuf>> =
            movements.iter().map(|movement| rows::encode::<MovementRow>(movement)).collect();
        self.of::<MovementRow>().insert_many(rows?).session(session).await?;
        crash::point("movement:written");
        Ok(())
    }

    /// Removes a record as it was read.
    pub(super) async fn remove_stock(&self, session: &mut ClientSession, item: &StockItem) -> Attempt<()> {
        let filter = by_version(item.product_id, item.version);
        let done = self.of::<StockRow>().delete_one(filter).session(session).await?;
        if done.deleted_count == 1 { Ok(()) } else { Err(Fault::Again) }
    }

    /// The version that a document has now, for `Stale`.
    pub(super) async fn stale_in(
        &self,
        session: &mut ClientSession,
        collection: &'static str,
        filter: Document,
    ) -> Attempt<StoreError> {
        let versions = doc! { "version": 1 };
        let found = self.documents(collection).find_one(filter).projection(versions).session(session).await?;
        Ok(super::single::stale(collection, found.as_ref())?)
    }
}

//! Reading documents as they are, damaged or not.

use async_trait::async_trait;
use futures_util::TryStreamExt;
use mongodb::ClientSession;
use mongodb::bson::{Bson, Document, RawDocument, RawDocumentBuf, doc};

use super::MongoStore;
use super::filter::by_id;
use super::rows::{self, MovementRow, OrderRow, ProductRow, Row, StockRow, UserRow, kept, movement_key};
use super::schema::{AVAILABLE_SINCE, SEARCH_TEXT_SINCE};
use super::shared::Shared;
use super::transaction::{Attempt, Fault, Step};
use crate::domain::id::ProductId;
use crate::domain::product::Product;
use crate::store::{
    Account, Audit, Commit, Duplicate, Duplicates, Numbering, Result, StoreError, StoredMovement,
    StoredOrder, StoredProduct, StoredStock, StoredUser, Stretch, Unique,
};

/// At most this many shared values are counted.
const MOST_DUPLICATES: i64 = 1000;

impl Shared {
    async fn stretch<R: Row, T>(
        &self,
        after: Option<String>,
        limit: usize,
        read: impl Fn(&RawDocument) -> Result<T>,
    ) -> Result<Stretch<T>> {
        let filter = after.map_or_else(Document::new, |after| doc! { "_id": { "$gt": after } });
        let (rows, batch) =
            (i64::try_from(limit).unwrap_or(i64::MAX), u32::try_from(limit).unwrap_or(u32::MAX));
        let found = self.of::<R>().find(filter).sort(doc! { "_id": 1 }).limit(rows).batch_size(batch).await;
        let cursor = found.map_err(|error| self.explain(&error))?;
        let found: Vec<RawDocumentBuf> = cursor.try_collect().await.map_err(|error| self.explain(&error))?;
        let next = found.last().filter(|_| found.len() >= limit).map(|raw| rows::key_of(raw));
        let items: Result<Vec<T>> = found.iter().map(|raw| read(raw)).collect();
        Ok(Stretch { items: items?, next })
    }

    /// Everything that concerns the stock of a product, as this session sees it.
    pub(super) async fn account_in(
        &self,
        session: &mut ClientSession,
        product: ProductId,
    ) -> Attempt<Account> {
        let mut account = Account::empty();
        let found = self.of::<ProductRow>().find_one(by_id(product)).session(&mut *session).await?;
        if let Some(raw) = found {
            account.sku = Some(kept::product(&raw)?.sku.unwrap_or_default());
        }
        let found = self.of::<StockRow>().find_one(by_id(product)).session(&mut *session).await?;
        account.stock = found.map(|raw| kept::stock(&raw)).transpose()?;
        let range = doc! { "$gte": movement_key(product, 0), "$lte": movement_key(product, i64::MAX) };
        let movements = self.of::<MovementRow>();
        let found = movements.find(doc! { "_id": range }).sort(doc! { "_id": 1 });
        let mut found = found.session(&mut *session).await?;
        while found.advance(&mut *session).await? {
            let movement = kept::movement(found.current())?;
            account.chain.follow(movement.seq, movement.link.as_ref().map_err(String::as_str).copied());
        }
        let id = product.to_string();
        let orders = self.of::<OrderRow>();
        let found = orders
            .find(doc! { "lines.product_id": { "$eq": &id } })
            .projection(doc! { "number": 1, "lines": 1 });
        let mut found = found.session(&mut *session).await?;
        while found.advance(&mut *session).await? {
            let order = kept::order_name(found.current());
            match kept::lines(found.current()) {
                Some(lines) => {
                    for line in lines.iter().filter(|line| line.product_id == id) {
                        account.add_line(line, &order);
                    }
                }
                None => account.doubtful = Some(order),
            }
        }
        Ok(account)
    }

    async fn largest_number(&self) -> Result<Option<i64>> {
        let orders = self.of::<OrderRow>();
        let found = orders
            .find_one(doc! { "number": { "$type": ["int", "long"] } })
            .sort(doc! { "number": -1 })
            .projection(doc! { "number": 1 });
        let found = found.await.map_err(|error| self.explain(&error))?;
        Ok(found.and_then(|raw| kept::order_name(&raw).parse().ok()))
    }

    /// Where the numbering of orders stands.
    pub(super) async fn numbering(&self) -> Result<Numbering> {
        // The largest first: a counter that is read later is never behind an order that was there earlier.
        let largest = self.largest_number().await?;
        match self.last_order_number().await {
            Ok(counter) => Ok(Numbering { counter, largest }),
            Err(StoreError::Corrupt { .. }) => Ok(Numbering { counter: None, largest }),
            Err(error) => Err(error),
        }
    }

    async fn duplicates(&self, collection: &str, field: &str) -> Result<Duplicates> {
        let documents = self.documents(collection);
        let path = format!("${field}");
        let shared = documents
            .aggregate(vec![
                doc! { "$match": { field: { "$type": ["string", "int", "long"] } } },
                doc! { "$project": { "_id": 0, field: 1 } },
                doc! { "$group": { "_id": path, "documents": { "$sum": 1 } } },
                doc! { "$match": { "documents": { "$gt": 1 } } },
                doc! { "$sort": { "_id": 1 } },
                doc! { "$limit": MOST_DUPLICATES },
            ])
            .allow_disk_use(true)
            .await;
        let shared = shared.map_err(|error| self.explain(&error))?;
        let shared: Vec<Document> = shared.try_collect().await.map_err(|error| self.explain(&error))?;
        let mut duplicates = Duplicates::default();
        for value in shared.iter().filter_map(|found| found.get("_id")) {
            // Looked up again: a document that was removed and made anew during the look at all of them was counted twice.
            let found = documents
                .find(doc! { field: { "$eq": value } })
                .projection(doc! { "_id": 1 })
                .limit(10)
                .await;
            let found = found.map_err(|error| self.explain(&error))?;
            let found: Vec<RawDocumentBuf> =
                found.try_collect().await.map_err(|error| self.explain(&error))?;
            let mut keys: Vec<String> = found.iter().map(|raw| rows::key_of(raw)).collect();
            if keys.len() < 2 {
                continue;
            }
            keys.sort();
            duplicates.values += 1;
            let value = match value {
                Bson::String(text) => text.clone(),
                other => other.to_string(),
            };
            duplicates.first.get_or_insert(Duplicate { value, keys });
        }
        Ok(duplicates)
    }
}

/// Reads the account of a product.
struct Read(ProductId);

#[async_trait]
impl Step for Read {
    type Output = Account;

    async fn run(&self, store: &Shared, session: &mut ClientSession) -> Attempt<Account> {
        store.account_in(session, self.0).await
    }
}

impl Shared {
    async fn account(&self, product: ProductId) -> Result<Account> {
        match self.transact(&Read(product), &Commit::DryRun).await {
            // Without transactions nobody can place orders or change stock, so nothing moves between the reads.
            Err(StoreError::NeedsReplicaSet) => {
                let mut session = self.client.start_session().await.map_err(|error| self.explain(&error))?;
                match self.account_in(&mut session, product).await {
                    Ok(account) => Ok(account),
                    Err(Fault::Driver(error)) => Err(self.explain(&error)),
                    Err(Fault::Refused(error)) => Err(error),
                    Err(Fault::Again | Fault::There) => Err(StoreError::Timeout),
                }
            }
            outcome => outcome,
        }
    }
}

#[async_trait]
impl Audit for MongoStore {
    async fn stored_users(&self, after: Option<&str>, limit: usize) -> Result<Stretch<StoredUser>> {
        let after = after.map(str::to_owned);
        self.run(async move |store| store.stretch::<UserRow, _>(after, limit, kept::user).await).await
    }

    async fn stored_products(&self, after: Option<&str>, limit: usize) -> Result<Stretch<StoredProduct>> {
        let after = after.map(str::to_owned);
        self.run(async move |store| {
            let mut found = store.stretch::<ProductRow, _>(after, limit, kept::product).await?;
            // What a program of an older schema has written is no damage: it is seen to by the first write of this one.
            if store.stored_schema().await?.is_some_and(|found| found < SEARCH_TEXT_SINCE) {
                let right = |stored: &StoredProduct| stored.product.as_ref().ok().map(Product::search_text);
                found.items.iter_mut().for_each(|stored| stored.search = right(stored));
            }
            Ok(found)
        })
        .await
    }

    async fn stored_orders(&self, after: Option<&str>, limit: usize) -> Result<Stretch<StoredOrder>> {
        let after = after.map(str::to_owned);
        self.run(async move |store| store.stretch::<OrderRow, _>(after, limit, kept::order).await).await
    }

    async fn stored_stock(&self, after: Option<&str>, limit: usize) -> Result<Stretch<StoredStock>> {
        let after = after.map(str::to_owned);
        self.run(async move |store| {
            let mut found = store.stretch::<StockRow, _>(after, limit, kept::stock).await?;
            // As above.
            if store.stored_schema().await?.is_some_and(|found| found < AVAILABLE_SINCE) {
                found.items.iter_mut().for_each(|stock| stock.listed = true);
            }
            Ok(found)
        })
        .await
    }

    async fn stored_movements(&self, after: Option<&str>, limit: usize) -> Result<Stretch<StoredMovement>> {
        let after = after.map(str::to_owned);
        self.run(async move |store| store.stretch::<MovementRow, _>(after, limit, kept::movement).await).await
    }

    async fn account(&self, product: ProductId) -> Result<Account> {
        self.run(async move |store| store.account(product).await).await
    }

    async fn duplicates(&self, of: Unique) -> Result<Duplicates> {
        let (collection, field) = match of {
            Unique::Email => ("users", "email_norm"),
            Unique::Sku => ("products", "sku_norm"),
            Unique::OrderNumber => ("orders", "number"),
            Unique::ExternalRef => ("orders", "external_ref"),
            Unique::StockRecord | Unique::Request | Unique::ImportBatch | Unique::Id => {
                return Ok(Duplicates::default());
            }
        };
        self.run(async move |store| store.duplicates(collection, field).await).await
    }

    async fn numbering(&self) -> Result<Numbering> {
        self.run(async move |store| store.numbering().await).await
    }
}

//! Numbers that rise: order numbers, and the version of the schema.

use mongodb::bson::{Document, doc};
use mongodb::options::{Acknowledgment, ReturnDocument, WriteConcern};

use super::error::{code, code_of};
use super::rows::OrderRow;
use super::shared::Shared;
use crate::domain::number::OrderNumber;
use crate::store::{Result, StoreError};

const COLLECTION: &str = "counters";
const ORDERS: &str = "orders";
const SCHEMA: &str = "schema";
const TRANSFER: &str = "transfer";

impl Shared {
    /// The next `count` order numbers; the first is returned. Taken outside the orders' transaction, where all orders would wait for
    /// one document; orders that fail after this leave a gap.
    ///
    /// A dry run looks and takes nothing.
    pub(super) async fn take_order_numbers(&self, count: usize, dry_run: bool) -> Result<OrderNumber> {
        if dry_run {
            let last = self.counter(ORDERS).await?.unwrap_or(OrderNumber::FIRST - 1);
            return number(last + 1);
        }
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let value = doc! { "$add": [{ "$ifNull": ["$value", OrderNumber::FIRST - 1] }, count] };
        let last = self.move_order_counter(value).await?;
        number(last - count + 1)
    }

    /// Brings the counter of order numbers up to the largest that an order has: somebody set it back.
    pub(super) async fn mend_order_counter(&self) -> Result<()> {
        let largest = self
            .of::<OrderRow>()
            .find_one(doc! {})
            .sort(doc! { "number": -1 })
            .projection(doc! { "number": 1 })
            .await
            .map_err(|error| self.explain(&error))?;
        let largest = largest.and_then(|raw| raw.get_i64("number").ok()).unwrap_or(OrderNumber::FIRST - 1);
        self.move_order_counter(doc! { "$max": ["$value", largest] }).await.map(drop)
    }

    /// Sets the counter of order numbers to what an expression gives, and returns that.
    async fn move_order_counter(&self, value: Document) -> Result<i64> {
        // The orders themselves are written after this and wait for a majority and its journal, which then hold this too.
        let quick = WriteConcern::builder().w(Acknowledgment::Nodes(1)).build();
        let mut repeats = 0;
        loop {
            let moved = self
                .database
                .collection::<Document>(COLLECTION)
                .find_one_and_update(doc! { "_id": ORDERS }, vec![doc! { "$set": { "value": &value } }])
                .upsert(true)
                .return_document(ReturnDocument::After)
                .write_concern(quick.clone())
                .await;
            match moved {
                // Two first orders at once may both try to make the counter.
                Err(error) if code_of(&error) == Some(code::DUPLICATE_KEY) && repeats < 10 => repeats += 1,
                Err(error) => return Err(self.explain(&error)),
                Ok(counter) => return Ok(value_of(ORDERS, counter.as_ref())?.unwrap_or_default()),
            }
        }
    }

    /// The order number that was given last; `None` before the first.
    pub(super) async fn last_order_number(&self) -> Result<Option<i64>> {
        self.counter(ORDERS).await
    }

    /// Brings the counter up to this number; never down, whatever others have taken meanwhile.
    pub(super) async fn raise_order_number(&self, least: i64) -> Result<()> {
        // What is no number sorts above every number, so `$max` alone would keep it.
        let current = doc! { "$cond": [{ "$isNumber": "$value" }, { "$toLong": "$value" }, 0_i64] };
        let raised = self
            .database
            .collection::<Document>(COLLECTION)
            .update_one(
                doc! { "_id": ORDERS },
                vec![doc! { "$set": { "value": { "$max": [current, least] } } }],
            )
            .upsert(true)
            .await;
        raised.map(drop).map_err(|error| self.explain(&error))
    }

    /// Sets the counter to this number, whatever it was.
    pub(super) async fn set_order_counter(&self, last: i64) -> Result<()> {
        let counters = self.database.collection::<Document>(COLLECTION);
        let set = doc! { "$set": { "value": last } };
        let done = counters.update_one(doc! { "_id": ORDERS }, set).upsert(true).await;
        done.map(drop).map_err(|error| self.explain(&error))
    }

    /// See [`Transfer::transfer_mark`](crate::store::Transfer::transfer_mark).
    pub(super) async fn transfer_mark(&self) -> Result<Option<String>> {
        let found = self.database.collection::<Document>(COLLECTION).find_one(doc! { "_id": TRANSFER }).await;
        let found = found.map_err(|error| self.explain(&error))?;
        let mark = found.map(|mark| mark.get_str("mark").map(str::to_owned));
        mark.transpose().map_err(|error| corrupt(TRANSFER, error.to_string()))
    }

    /// Adds the mark; there is none.
    pub(super) async fn add_transfer_mark(&self, mark: &str) -> Result<()> {
        let row = doc! { "_id": TRANSFER, "value": 1_i64, "mark": mark };
        let added = self.database.collection::<Document>(COLLECTION).insert_one(row).await;
        added.map(drop).map_err(|error| self.explain(&error))
    }

    /// Takes the mark away.
    pub(super) async fn remove_transfer_mark(&self) -> Result<()> {
        let removed =
            self.database.collection::<Document>(COLLECTION).delete_one(doc! { "_id": TRANSFER }).await;
        removed.map(drop).map_err(|error| self.explain(&error))
    }

    /// The version of the schema in the store; `None` before the first `init`.
    pub(super) async fn stored_schema(&self) -> Result<Option<i64>> {
        self.counter(SCHEMA).await
    }

    /// Notes the version of the schema; never a smaller one than is there.
    pub(super) async fn note_schema(&self, version: i64) -> Result<()> {
        let mut repeats = 0;
        loop {
            let noted = self
                .database
                .collection::<Document>(COLLECTION)
                .update_one(doc! { "_id": SCHEMA }, doc! { "$max": { "value": version } })
                .upsert(true)
                .await;
            match noted {
                Err(error) if code_of(&error) == Some(code::DUPLICATE_KEY) && repeats < 10 => repeats += 1,
                Err(error) => return Err(self.explain(&error)),
                Ok(_) => return Ok(()),
            }
        }
    }

    async fn counter(&self, name: &'static str) -> Result<Option<i64>> {
        let found = self.database.collection::<Document>(COLLECTION).find_one(doc! { "_id": name }).await;
        value_of(name, found.map_err(|error| self.explain(&error))?.as_ref())
    }
}

fn value_of(name: &'static str, counter: Option<&Document>) -> Result<Option<i64>> {
    let Some(counter) = counter else { return Ok(None) };
    // A person may have written it, and the shell writes doubles and 32-bit numbers.
    let value = counter.get_i64("value").or_else(|_| counter.get_i32("value").map(i64::from));
    value.map(Some).map_err(|error| corrupt(name, error.to_string()))
}

fn number(value: i64) -> Result<OrderNumber> {
    OrderNumber::new(value).map_err(|invalid| corrupt(ORDERS, invalid.detail))
}

fn corrupt(name: &'static str, detail: String) -> StoreError {
    StoreError::Corrupt { collection: COLLECTION, key: name.to_owned(), field: "value", detail }
}

//! One transaction an order that writes what shopctl writes.

use std::sync::atomic::{AtomicI64, Ordering};

use mongodb::bson::{DateTime, Document, doc};
use mongodb::options::ReturnDocument;
use mongodb::{ClientSession, Database};

use crate::bare::{Body, copy_stock};

/// Where the documents go, and what they look like.
pub(crate) struct Same {
    pub(crate) database: Database,
    /// An order that shopctl has placed, and the movement that it left.
    order: Document,
    movement: Document,
    /// Of the last order. shopctl draws numbers from the database, some at a time.
    number: AtomicI64,
}

impl Same {
    /// Makes collections like those of the shop, which has one order.
    pub(crate) async fn prepare(database: Database) -> Self {
        for name in ["orders", "stock_movements", "inventory"] {
            like(&database, name).await;
        }
        copy_stock(&database, doc! { "$merge": "same_inventory" }).await;
        let one = async |name: &str, filter: Document| {
            let found = database.collection::<Document>(name).find_one(filter).await.expect("an answer");
            found.unwrap_or_else(|| panic!("one of {name}"))
        };
        let order = one("orders", doc! {}).await;
        let movement = one("stock_movements", doc! { "kind": "reserve" }).await;
        let number = AtomicI64::new(order.get_i64("number").expect("a number"));
        Self { database, order, movement, number }
    }

    pub(crate) fn next_number(&self) -> i64 {
        self.number.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// What happens in the transaction: the product is looked at, the stock is taken under a guard, and movement and order are written.
    pub(crate) async fn place(
        &self,
        session: &mut ClientSession,
        body: &Body,
        number: i64,
    ) -> mongodb::error::Result<bool> {
        let collection = |name: &str| self.database.collection::<Document>(name);
        let product =
            collection("products").find_one(doc! { "_id": &body.id }).session(&mut *session).await?;
        if product.is_none_or(|product| !product.get_str("status").is_ok_and(|is| is == "active")) {
            return Ok(false);
        }
        let now = DateTime::now();
        let enough = doc! { "$gte": [{ "$subtract": ["$on_hand", "$reserved"] }, body.quantity] };
        let take = doc! {
            "$inc": { "reserved": body.quantity, "available": -body.quantity, "version": 1_i64, "seq": 1_i64 },
            "$set": { "updated_at": now },
        };
        let taken = collection("same_inventory")
            .find_one_and_update(doc! { "_id": &body.id, "$expr": enough }, take)
            .return_document(ReturnDocument::After)
            .session(&mut *session)
            .await?;
        let Some(stock) = taken else { return Ok(false) };
        let count = |name: &str| stock.get_i64(name).expect("a count");
        let id = format!("ord_{number:026}");
        let mut movement = self.movement.clone();
        movement.extend(doc! {
            "_id": format!("{}:{:016}", body.id, count("seq")), "product_id": &body.id, "seq": count("seq"),
            "on_hand_after": count("on_hand"), "reserved_after": count("reserved"), "order_id": &id, "at": now,
        });
        collection("same_stock_movements").insert_one(movement).session(&mut *session).await?;
        let mut order = self.order.clone();
        order.extend(doc! { "_id": id, "number": number, "created_at": now, "updated_at": now });
        collection("same_orders").insert_one(order).session(session).await?;
        Ok(true)
    }
}

/// Makes a collection with the indexes and the validator of another.
async fn like(database: &Database, name: &str) {
    let first = |answer: Document| {
        let batch = answer.get_document("cursor").and_then(|cursor| cursor.get_array("firstBatch"));
        let all: Vec<Document> =
            batch.expect("a list").iter().filter_map(|one| one.as_document().cloned()).collect();
        all
    };
    let listed = database.run_command(doc! { "listCollections": 1, "filter": { "name": name } }).await;
    let options = first(listed.expect("a list"))[0].get_document("options").expect("options").clone();
    let (to, validator) = (format!("same_{name}"), options.get_document("validator").expect("a validator"));
    database.run_command(doc! { "create": &to, "validator": validator }).await.expect("a collection");
    let indexes = first(database.run_command(doc! { "listIndexes": name }).await.expect("indexes"));
    database.run_command(doc! { "createIndexes": to, "indexes": indexes }).await.expect("indexes");
}

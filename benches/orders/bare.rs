//! What to measure against: one transaction an order, with the driver's own retries, and nothing else.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use mongodb::bson::{Document, doc};
use mongodb::options::{Acknowledgment, ReadConcern, TransactionOptions, WriteConcern};
use mongodb::{Client, Database};
use serde::Deserialize;

use crate::load::Figures;
use crate::same::Same;

/// What an order is to a bare handler.
#[derive(Clone, Copy)]
pub(crate) enum Order {
    /// Product, quantity and status, in a collection without rules, and a counter of what is reserved.
    Least,
    /// The documents that shopctl writes, in collections with the same indexes and validators.
    Same,
}

impl Order {
    pub(crate) const fn flag(self) -> &'static str {
        match self {
            Self::Least => "--bare-least",
            Self::Same => "--bare-same",
        }
    }
}

#[derive(Deserialize)]
pub(crate) struct Body {
    pub(crate) id: String,
    pub(crate) quantity: i64,
}

/// If this process was started as a handler: serves until it is killed.
pub(crate) fn serve_if_told(words: &[String]) -> bool {
    for order in [Order::Least, Order::Same] {
        if let Some(at) = words.iter().position(|word| word == order.flag()) {
            serve(&words[at + 1], order);
            return true;
        }
    }
    false
}

fn serve(url: &str, order: Order) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let mut options = mongodb::options::ClientOptions::parse(url).await.expect("a URL");
        options.max_pool_size = Some(128);
        options.write_concern = Some(durable());
        let database = Client::with_options(options).expect("a client").database("shop");
        // Stock of its own: what it writes breaks the rules of the shop, which are checked afterwards.
        let app = match order {
            Order::Least => {
                database.create_collection("bare_orders").await.expect("a collection");
                copy_stock(&database, doc! { "$out": "bare_stock" }).await;
                Router::new().route("/orders", post(place)).with_state(database)
            }
            Order::Same => {
                let same = Arc::new(Same::prepare(database).await);
                Router::new().route("/orders", post(place_same)).with_state(same)
            }
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        println!("{}", listener.local_addr().expect("its address"));
        axum::serve(listener, app).await.expect("it serves");
    });
}

/// Copies the stock with this last stage.
pub(crate) async fn copy_stock(database: &Database, stage: Document) {
    let inventory = database.collection::<Document>("inventory");
    let mut copied = inventory.aggregate(vec![stage]).await.expect("a copy of the stock");
    while copied.advance().await.expect("a copy of the stock") {}
}

fn durable() -> WriteConcern {
    WriteConcern::builder().w(Acknowledgment::Majority).journal(true).build()
}

fn transaction() -> TransactionOptions {
    TransactionOptions::builder().read_concern(ReadConcern::snapshot()).write_concern(durable()).build()
}

async fn place(State(database): State<Database>, Json(body): Json<Body>) -> (StatusCode, Json<Answer>) {
    let mut session = database.client().start_session().await.expect("a session");
    let placed = session
        .start_transaction()
        .with_options(transaction())
        .and_run((&database, &body), |session, (database, body)| {
            Box::pin(async move {
                // The order first, with what would make a repeat known before stock is touched.
                let order = doc! { "product": &body.id, "quantity": body.quantity, "status": "pending" };
                let orders = database.collection::<Document>("bare_orders");
                orders.insert_one(order).session(&mut *session).await?;
                let guard =
                    doc! { "$expr": { "$gte": [{ "$subtract": ["$on_hand", "$reserved"] }, body.quantity] } };
                let mut filter = doc! { "_id": &body.id };
                filter.extend(guard);
                let take = doc! { "$inc": { "reserved": body.quantity } };
                let stock = database.collection::<Document>("bare_stock");
                let done = stock.update_one(filter, take).session(session).await?;
                Ok(done.matched_count == 1)
            })
        })
        .await;
    answer(&placed)
}

async fn place_same(State(same): State<Arc<Same>>, Json(body): Json<Body>) -> (StatusCode, Json<Answer>) {
    let number = same.next_number();
    let mut session = same.database.client().start_session().await.expect("a session");
    let placed = session
        .start_transaction()
        .with_options(transaction())
        .and_run((&*same, &body), move |session, (same, body)| Box::pin(same.place(session, body, number)))
        .await;
    answer(&placed)
}

fn answer(placed: &mongodb::error::Result<bool>) -> (StatusCode, Json<Answer>) {
    let status = match placed {
        Ok(true) => StatusCode::CREATED,
        Ok(false) => StatusCode::CONFLICT,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    };
    (status, Json(Answer { status: "pending" }))
}

#[derive(serde::Serialize)]
struct Answer {
    status: &'static str,
}

/// An order for one of each of these, as the handler takes it.
pub(crate) async fn bodies(url: &str, skus: &[String]) -> Vec<String> {
    use futures_util::TryStreamExt;
    let client = Client::with_uri_str(url).await.expect("a client");
    let stock = client.database("shop").collection::<Document>("inventory");
    let all: Vec<Document> =
        stock.find(doc! {}).await.expect("the stock").try_collect().await.expect("the stock");
    assert_eq!(all.len(), skus.len());
    all.iter()
        .map(|item| format!(r#"{{"id":"{}","quantity":1}}"#, item.get_str("_id").expect("an id")))
        .collect()
}

/// One transaction an order on a file, by one caller, as fast as it goes.
pub(crate) fn sqlite(path: &Path, seconds: Duration) -> Figures {
    let mut connection = rusqlite::Connection::open(path).expect("a file");
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
             CREATE TABLE stock (id TEXT PRIMARY KEY, on_hand INTEGER, reserved INTEGER); \
             CREATE TABLE orders (id INTEGER PRIMARY KEY, product TEXT, quantity INTEGER); \
             INSERT INTO stock VALUES ('p', 1000000000, 0);",
        )
        .expect("tables");
    let (mut times, begun) = (Vec::new(), Instant::now());
    while begun.elapsed() < seconds {
        let asked = Instant::now();
        let transaction = connection
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
            .expect("a transaction");
        let taken = transaction
            .execute(
                "UPDATE stock SET reserved = reserved + 1 WHERE id = 'p' AND on_hand - reserved >= 1",
                [],
            )
            .expect("an update");
        assert_eq!(taken, 1);
        transaction.execute("INSERT INTO orders (product, quantity) VALUES ('p', 1)", []).expect("an insert");
        transaction.commit().expect("a commit");
        times.push(asked.elapsed());
    }
    Figures::new(times, 0, begun.elapsed())
}

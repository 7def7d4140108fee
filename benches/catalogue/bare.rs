//! What to measure against: axum and the driver, and one operation of the driver a request.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use futures_util::TryStreamExt;
use mongodb::bson::{DateTime, Document, Regex, cstr, doc};
use mongodb::options::{Acknowledgment, WriteConcern};
use mongodb::{Client, Collection};
use serde::Deserialize;

/// What has this program serve as a handler.
pub(crate) const FLAG: &str = "--bare";

/// If this process was started as a handler: serves until it is killed.
pub(crate) fn serve_if_told(words: &[String]) -> bool {
    let Some(at) = words.iter().position(|word| word == FLAG) else { return false };
    serve(&words[at + 1]);
    true
}

fn serve(url: &str) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let mut options = mongodb::options::ClientOptions::parse(url).await.expect("a URL");
        options.max_pool_size = Some(128);
        options.write_concern =
            Some(WriteConcern::builder().w(Acknowledgment::Majority).journal(true).build());
        let products = Client::with_options(options)
            .expect("a client")
            .database("shop")
            .collection::<Document>("products");
        let app = Router::new()
            .route("/products/{id}", get(show))
            .route("/products", get(list).post(create))
            .with_state(products);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        println!("{}", listener.local_addr().expect("its address"));
        axum::serve(listener, app).await.expect("it serves");
    });
}

async fn show(
    State(products): State<Collection<Document>>,
    Path(id): Path<String>,
) -> Json<Option<Document>> {
    Json(products.find_one(doc! { "_id": id }).await.expect("an answer"))
}

#[derive(Deserialize)]
struct Wanted {
    limit: i64,
    q: Option<String>,
}

/// One query, which leaves it to the server how to find what holds every word, in the order of ids.
async fn list(
    State(products): State<Collection<Document>>,
    Query(wanted): Query<Wanted>,
) -> Json<Vec<Document>> {
    let word = |word: &str| {
        let places = ["n", "t", "d"].map(|place| Regex {
            pattern: format!("^{place}{word}").try_into().expect("no NUL"),
            options: cstr!("").into(),
        });
        doc! { "search": { "$in": places.to_vec() } }
    };
    let mut filter = doc! { "status": "active" };
    if let Some(q) = &wanted.q {
        filter.insert("$and", q.split(' ').map(word).collect::<Vec<_>>());
    }
    let found = products.find(filter).sort(doc! { "_id": 1 }).limit(wanted.limit).await.expect("an answer");
    Json(found.try_collect().await.expect("an answer"))
}

#[derive(Deserialize)]
struct New {
    sku: String,
    name: String,
}

/// The document that shopctl writes.
async fn create(State(products): State<Collection<Document>>, Json(new): Json<New>) -> StatusCode {
    let (now, norm) = (DateTime::now(), new.sku.to_lowercase());
    let words: Vec<String> = norm.split('-').map(|word| format!("n{word}")).collect();
    let product = doc! {
        "_id": format!("prd_{norm}"), "version": 1_i64, "created_at": now, "updated_at": now, "sku": new.sku, "sku_norm": norm,
        "name": new.name, "tags": [], "metadata": {}, "price": 1250_i64, "currency": "EUR", "status": "active", "options": {},
        "search_text": format!("\n{}\n", words.join("\n")), "search": words,
    };
    match products.insert_one(product).await {
        Ok(_) => StatusCode::CREATED,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

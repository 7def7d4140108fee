//! What to measure against: the drivers, and nothing else.

use std::path::Path;
use std::time::{Duration, Instant};

use futures_util::{StreamExt, TryStreamExt, stream};
use mongodb::bson::{DateTime, Document, RawArrayBuf, RawDocumentBuf, cstr, doc, rawdoc};
use mongodb::options::{Acknowledgment, ReadConcern, TransactionOptions, WriteConcern};
use mongodb::{Client, ClientSession, Collection, Database};

use crate::file::{Product, product};

/// How long the driver takes to insert all rows, and to change all of them.
pub(crate) struct Bare {
    pub(crate) insert: Duration,
    pub(crate) change: Duration,
}

/// An id that rises with the row, as those of products do.
fn id(n: u64) -> String {
    format!("prd_01h455vb4p{n:016}")
}

/// When the rows of an edition were written.
fn at(edition: u64) -> i64 {
    1_767_225_600_000 + i64::try_from(edition).expect("small")
}

fn document(n: u64, edition: u64) -> RawDocumentBuf {
    let Product { sku, name, description, tags: [one, other], price, group, size, erp } = product(n, edition);
    let (norm, version) = (sku.to_lowercase(), 1 + i64::try_from(edition).expect("small"));
    let [made, now] = [0, edition].map(|edition| DateTime::from_millis(at(edition)));
    let words = words(&sku, &name, &description, [&one, &other]);
    let text = format!("\n={one}\n={other}\n{}\n", words.join("\n"));
    let search: RawArrayBuf = words.into_iter().collect();
    rawdoc! {
        "_id": id(n), "version": version, "created_at": made, "updated_at": now, "sku": sku, "sku_norm": norm, "name": name,
        "description": description, "tags": [one, other], "metadata": { "erp": erp }, "price": price, "currency": "EUR",
        "status": "active", "group": group, "options": { "size": size }, "search": search,
        "search_text": text,
    }
}

/// The words that a search looks through, as a shop keeps them.
fn words(sku: &str, name: &str, description: &str, tags: [&str; 2]) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    let mut kept = Vec::new();
    for (place, text) in [('n', name), ('t', sku), ('t', tags[0]), ('t', tags[1]), ('d', description)] {
        for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            let word = word.to_lowercase();
            if seen.insert(word.clone()) {
                kept.push(format!("{place}{word}"));
            }
        }
    }
    kept
}

/// What the driver does with a batch.
#[derive(Clone, Copy)]
enum Way {
    /// Each row by itself is there or not.
    Rows,
    /// All of the batch is there or nothing.
    Transaction,
}

/// `insert_many`, 4 batches of 1,000 in flight, then looking up and replacing in batches, 2 in flight; in a collection with the indexes and
/// the validator of `products`. Then the same with a transaction for each batch.
pub(crate) async fn mongo(url: &str, rows: u64) -> [Bare; 2] {
    let mut options = mongodb::options::ClientOptions::parse(url).await.expect("a URL");
    options.write_concern = Some(durable());
    let database = Client::with_options(options).expect("a client").database("shop");
    let mut all = Vec::new();
    for way in [Way::Rows, Way::Transaction] {
        let bare = collection(&database).await;
        let insert = timed(rows, 4, |from, to| insert(bare.clone(), way, from, to)).await;
        let change = timed(rows, 2, |from, to| change(bare.clone(), database.clone(), way, from, to)).await;
        bare.drop().await.expect("it goes");
        all.push(Bare { insert, change });
    }
    all.try_into().unwrap_or_else(|_| unreachable!("two ways"))
}

fn durable() -> WriteConcern {
    WriteConcern::builder().w(Acknowledgment::Majority).journal(true).build()
}

/// A collection with the indexes and the validator of `products`.
async fn collection(database: &Database) -> Collection<RawDocumentBuf> {
    let listed = database
        .run_command(doc! { "listCollections": 1, "filter": { "name": "products" } })
        .await
        .expect("a list");
    let found =
        listed.get_document("cursor").and_then(|cursor| cursor.get_array("firstBatch")).expect("a list");
    let validator =
        found[0].as_document().and_then(|found| found.get_document("options").ok()).expect("options");
    let validator = validator.get_document("validator").expect("a validator").clone();
    database.run_command(doc! { "create": "bare", "validator": validator }).await.expect("a collection");
    let indexes = database.run_command(doc! { "listIndexes": "products" }).await.expect("indexes");
    let indexes =
        indexes.get_document("cursor").and_then(|cursor| cursor.get_array("firstBatch")).expect("indexes");
    let indexes: Vec<Document> = indexes.iter().filter_map(|index| index.as_document().cloned()).collect();
    database.run_command(doc! { "createIndexes": "bare", "indexes": indexes }).await.expect("indexes");
    database.collection("bare")
}

/// How long it takes to do this with every batch of 1,000, so many at once.
async fn timed<F>(rows: u64, in_flight: usize, with: impl Fn(u64, u64) -> F) -> Duration
where
    F: Future<Output = ()> + Send + 'static,
{
    let begun = Instant::now();
    stream::iter(batches(rows, 1000))
        .map(|(from, to)| tokio::spawn(with(from, to)))
        .buffered(in_flight)
        .for_each(|done| async { done.expect("no panic") })
        .await;
    begun.elapsed()
}

async fn insert(bare: Collection<RawDocumentBuf>, way: Way, from: u64, to: u64) {
    let documents: Vec<RawDocumentBuf> = (from..to).map(|n| document(n, 0)).collect();
    match way {
        Way::Rows => drop(bare.insert_many(&documents).await.expect("an insert")),
        Way::Transaction => {
            let mut session = begin(bare.client()).await;
            bare.insert_many(&documents).session(&mut session).await.expect("an insert");
            session.commit_transaction().await.expect("a commit");
        }
    }
}

async fn begin(client: &Client) -> ClientSession {
    let mut session = client.start_session().await.expect("a session");
    let options =
        TransactionOptions::builder().read_concern(ReadConcern::snapshot()).write_concern(durable()).build();
    session.start_transaction().with_options(options).await.expect("a transaction");
    session
}

async fn change(bare: Collection<RawDocumentBuf>, database: Database, way: Way, from: u64, to: u64) {
    let skus: Vec<String> = (from..to).map(|n| product(n, 1).sku.to_lowercase()).collect();
    let found = bare.find(doc! { "sku_norm": { "$in": skus } }).await.expect("an answer");
    let found: Vec<RawDocumentBuf> = found.try_collect().await.expect("documents");
    assert_eq!(found.len() as u64, to - from);
    let updates: Vec<RawDocumentBuf> = (from..to)
        .map(|n| rawdoc! { "q": { "_id": id(n), "version": 1_i64 }, "u": document(n, 1) })
        .collect();
    let updates = updates.into_iter().fold(RawArrayBuf::new(), |mut all, update| {
        all.push(update);
        all
    });
    let mut command = rawdoc! { "update": "bare", "updates": updates };
    let done = match way {
        Way::Rows => {
            command.append(cstr!("writeConcern"), rawdoc! { "w": "majority", "j": true });
            database.run_raw_command(command).await.expect("an update")
        }
        Way::Transaction => {
            let mut session = begin(bare.client()).await;
            let done = database.run_raw_command(command).session(&mut session).await.expect("an update");
            session.commit_transaction().await.expect("a commit");
            done
        }
    };
    assert_eq!(done.get_i32("n").ok(), i32::try_from(to - from).ok());
}

fn batches(rows: u64, size: u64) -> impl Iterator<Item = (u64, u64)> {
    (0..rows.div_ceil(size)).map(move |n| (n * size, ((n + 1) * size).min(rows)))
}

/// One transaction for 5,000 rows, on a file with the schema of a shop.
pub(crate) fn sqlite(path: &Path, rows: u64) -> Bare {
    let mut connection = rusqlite::Connection::open(path).expect("a file");
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
             PRAGMA cache_size = -16384;",
        )
        .expect("settings");
    let insert = "INSERT INTO products (id, version, created_at, updated_at, sku, sku_norm, name, description, tags, metadata, \
                  price, currency, status, variant_group, options, search) VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, \
                  'EUR', 'active', ?11, ?12, ?13)";
    let change = "UPDATE products SET version = ?2, updated_at = ?3, sku = ?4, sku_norm = ?5, name = ?6, description = ?7, \
                  tags = ?8, metadata = ?9, price = ?10, variant_group = ?11, options = ?12, search = ?13 \
                  WHERE id = ?1 AND version = ?2 - 1";
    let mut run = |sql: &str, edition: u64| {
        let begun = Instant::now();
        for (from, to) in batches(rows, 5000) {
            let transaction = connection
                .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
                .expect("a transaction");
            {
                let mut look =
                    transaction.prepare_cached("SELECT * FROM products WHERE sku_norm = ?").expect("sound");
                let mut statement = transaction.prepare_cached(sql).expect("a statement");
                for n in from..to {
                    let Product { sku, name, description, tags: [one, other], price, group, size, erp } =
                        product(n, edition);
                    let norm = sku.to_lowercase();
                    if edition > 0 {
                        let found: String = look.query_row([&norm], |row| row.get("id")).expect("a row");
                        assert_eq!(found, id(n));
                    }
                    let words = words(&sku, &name, &description, [&one, &other]);
                    let search = format!("[\"{}\"]", words.join("\",\""));
                    let done = statement.execute(rusqlite::params![
                        id(n),
                        i64::try_from(edition).expect("small") + 1,
                        at(edition),
                        sku,
                        norm,
                        name,
                        description,
                        format!("[\"{one}\",\"{other}\"]"),
                        format!("{{\"erp\":\"{erp}\"}}"),
                        price,
                        group,
                        format!("{{\"size\":\"{size}\"}}"),
                        search,
                    ]);
                    assert_eq!(done.expect("a row"), 1);
                }
            }
            transaction.commit().expect("a commit");
        }
        begun.elapsed()
    };
    Bare { insert: run(insert, 0), change: run(change, 1) }
}

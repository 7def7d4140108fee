//! Tags and words are kept beside the products by triggers, and by a batch of an import without them: both keep the same.

use std::sync::Arc;

use rusqlite::Connection;
use shopctl::domain::import::Tally;
use shopctl::domain::product::Product;
use shopctl::store::open::OpenOptions;
use shopctl::store::sqlite::SqliteStore;
use shopctl::store::{BatchWrite, Commit, ImportStore, ImportWrite, ProductStore, RowOutcome, StoreError};

use crate::support::builders::{import, product};
use crate::support::store::fresh_path;

/// Tags and words as they are kept, and as the products say they should be.
fn kept(raw: &Connection) -> [Vec<(String, String)>; 4] {
    [
        "SELECT tag, product_id FROM product_tags ORDER BY 1, 2",
        "SELECT DISTINCT value, products.id FROM products, json_each(tags) ORDER BY 1, 2",
        "SELECT word, product_id FROM product_words ORDER BY 1, 2",
        "SELECT DISTINCT value, products.id FROM products, json_each(search) ORDER BY 1, 2",
    ]
    .map(|sql| {
        let mut statement = raw.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.map(Result::unwrap).collect()
    })
}

/// Checks that they are the same, and gives how many tags and words there are.
fn agreed(raw: &Connection) -> (usize, usize) {
    let [tags, tags_wanted, words, words_wanted] = kept(raw);
    assert_eq!(tags, tags_wanted);
    assert_eq!(words, words_wanted);
    (tags.len(), words.len())
}

fn batch(number: u64, writes: Vec<ImportWrite>) -> BatchWrite {
    let record = |_: &[RowOutcome]| (Tally::default(), String::new());
    BatchWrite { import: import(1).id, number, writes, record: Arc::new(record) }
}

fn with(sku: &str, name: &str, tags: &[&str]) -> Product {
    let tags = tags.iter().map(|tag| tag.parse().unwrap()).collect();
    Product { name: name.parse().unwrap(), tags, ..product(sku) }
}

fn next(product: &Product, name: &str, tags: &[&str]) -> Product {
    Product { version: product.version.next(), id: product.id, ..with(product.sku.as_str(), name, tags) }
}

#[tokio::test]
async fn a_batch_keeps_the_tags_and_words_that_the_triggers_would() {
    let (_directory, path) = fresh_path();
    let store = SqliteStore::open(&path, &OpenOptions::default()).await.unwrap();
    store.begin_import(&import(1)).await.unwrap();
    let (mug, cup) = (with("MUG", "Blue mug", &["new", "blue"]), with("CUP", "A cup cup", &[]));
    let inserts = [&mug, &cup].map(|product| ImportWrite::InsertProduct(Box::new(product.clone()), None));
    store.write_import(batch(1, inserts.into())).await.unwrap();
    let raw = Connection::open(&path).unwrap();
    let (tags, words) = agreed(&raw);
    assert!(tags == 2 && words > 5, "{tags} {words}");
    let (mug, cup) = (next(&mug, "Green mug", &["green", "new"]), next(&cup, "A cup cup", &["old"]));
    let replaces = [&mug, &cup].map(|product| ImportWrite::ReplaceProduct(Box::new(product.clone())));
    store.write_import(batch(2, replaces.into())).await.unwrap();
    assert_eq!(agreed(&raw).0, 3);
    // One that fails leaves things as they were, and the triggers on.
    let failing = vec![
        ImportWrite::ReplaceProduct(Box::new(next(&mug, "Red", &["red"]))),
        ImportWrite::InsertProduct(Box::new(with("CUP", "Again", &["again"])), None),
    ];
    let refused = store.write_import(batch(3, failing)).await.unwrap_err();
    assert!(matches!(refused, StoreError::Duplicate(_)), "{refused:?}");
    let before = kept(&raw);
    agreed(&raw);
    let plate = with("PLATE", "A plate", &["flat"]);
    store.insert_product(&plate, None, Commit::Keep).await.unwrap();
    store.replace_product(&next(&cup, "Another", &[]), Commit::Keep).await.unwrap();
    assert_eq!(agreed(&raw).0, 3);
    assert_ne!(kept(&raw), before);
}

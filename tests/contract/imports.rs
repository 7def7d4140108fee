//! Promises of `ImportStore`.

use std::sync::Arc;

use shopctl::domain::import::{Import, ImportFilter, ImportNoun, ImportSort, ImportState, Tally};
use shopctl::domain::inventory::StockOp;
use shopctl::domain::number::Version;
use shopctl::domain::product::{Product, ProductStatus};
use shopctl::store::{BatchWrite, Commit, ImportBatch, ImportWrite, RowOutcome, StoreError, Unique};

use crate::support::at_once::at_once;
use crate::support::builders::{at, context, import, page, product, q};
use crate::support::dump::{assert_sound, dump};
use crate::support::store::{TestStore, level};

contract![
    keeps_what_was_recorded_of_an_import,
    finds_the_last_import_of_a_name_that_was_not_taken_back,
    ends_an_import_only_from_the_state_it_is_in,
    lists_imports_in_the_order_in_which_they_began,
    writes_the_rows_of_a_batch_and_its_record_together,
    a_batch_that_was_written_before_is_told_as_such,
    a_row_that_is_not_as_it_was_decided_on_fails_the_whole_batch,
    of_16_that_write_one_batch_at_once_one_does,
    batches_of_different_numbers_are_in_nobodys_way,
];

fn ended(import: &Import, state: ImportState) -> Import {
    let tally = Tally { created: 1, updated: 2, unchanged: 3, rejected: 4 };
    Import { state, ended_at: Some(at(9)), tally, ..import.clone() }
}

fn batch(import: &Import, number: u64, writes: Vec<ImportWrite>) -> BatchWrite {
    let record = |outcomes: &[RowOutcome]| {
        let created = outcomes.len() as u64;
        (Tally { created, ..Tally::default() }, format!("{created} rows, \"quoted\""))
    };
    BatchWrite { import: import.id, number, writes, record: Arc::new(record) }
}

fn insert(product: &Product) -> ImportWrite {
    ImportWrite::InsertProduct(Box::new(product.clone()), None)
}

fn changed(product: &Product) -> Product {
    Product { version: product.version.next(), status: ProductStatus::Archived, ..product.clone() }
}

async fn keeps_what_was_recorded_of_an_import(store: &TestStore) {
    let one = import(1);
    assert_eq!(store.find_import(one.id).await.unwrap(), None);
    store.begin_import(&one).await.unwrap();
    assert_eq!(store.find_import(one.id).await.unwrap(), Some(one.clone()));
    assert_fails!(store.begin_import(&one).await, StoreError::Duplicate(Unique::Id));
    let done = ended(&one, ImportState::Done);
    store.end_import(&done, ImportState::Running).await.unwrap();
    assert_eq!(store.find_import(one.id).await.unwrap(), Some(done));
}

async fn finds_the_last_import_of_a_name_that_was_not_taken_back(store: &TestStore) {
    assert_eq!(store.find_import_once("once 1").await.unwrap(), None);
    for n in 1..=4 {
        store.begin_import(&import(n)).await.unwrap();
    }
    let found = async || store.find_import_once("once 1").await.unwrap().map(|import| import.id);
    assert_eq!(found().await, Some(import(3).id));
    store.end_import(&ended(&import(3), ImportState::Undone), ImportState::Running).await.unwrap();
    assert_eq!(found().await, Some(import(1).id));
}

async fn ends_an_import_only_from_the_state_it_is_in(store: &TestStore) {
    let one = import(1);
    let done = ended(&one, ImportState::Done);
    assert_fails!(store.end_import(&done, ImportState::Running).await, StoreError::Stale { current: None });
    store.begin_import(&one).await.unwrap();
    assert_fails!(store.end_import(&done, ImportState::Done).await, StoreError::Stale { .. });
    store.end_import(&done, ImportState::Running).await.unwrap();
    assert_fails!(store.end_import(&done, ImportState::Running).await, StoreError::Stale { .. });
}

async fn lists_imports_in_the_order_in_which_they_began(store: &TestStore) {
    for n in 1..=3 {
        store.begin_import(&import(n)).await.unwrap();
    }
    store.end_import(&ended(&import(2), ImportState::Done), ImportState::Running).await.unwrap();
    let listed = async |filter: ImportFilter, descending| {
        let found = store.list_imports(&filter, &page(ImportSort::Id, descending, 2)).await.unwrap();
        (found.items.iter().map(|import| import.id).collect::<Vec<_>>(), found.has_more)
    };
    let id = |n| import(n).id;
    assert_eq!(listed(ImportFilter::default(), true).await, (vec![id(3), id(2)], true));
    let running = ImportFilter { state: Some(ImportState::Running), noun: Some(ImportNoun::Products) };
    assert_eq!(listed(running, false).await, (vec![id(1), id(3)], false));
    let users = ImportFilter { state: None, noun: Some(ImportNoun::Users) };
    assert_eq!(listed(users, false).await, (vec![], false));
}

async fn writes_the_rows_of_a_batch_and_its_record_together(store: &TestStore) {
    let one = import(1);
    store.begin_import(&one).await.unwrap();
    let (mug, cup, old) = (product("MUG"), product("CUP"), product("OLD"));
    store.insert_product(&old, None, Commit::Keep).await.unwrap();
    let opening = Some((StockOp::Receive(q(7)), context()));
    let writes = vec![
        ImportWrite::InsertProduct(Box::new(mug.clone()), opening),
        ImportWrite::ReplaceProduct(Box::new(changed(&old))),
        insert(&cup),
    ];
    let outcomes = store.write_import(batch(&one, 0, writes)).await.unwrap();
    assert!(matches!(outcomes[..], [RowOutcome::Written, RowOutcome::Written, RowOutcome::Written]));
    store.write_import(batch(&one, 2, Vec::new())).await.unwrap();
    let dump = dump(store).await;
    let mut expected = vec![mug.clone(), cup, changed(&old)];
    expected.sort_by_key(|product| product.id);
    assert_eq!(dump.products, expected);
    assert_eq!(level(store, &mug).await, (7, 0));
    assert_sound(store).await;
    let tally = |created| Tally { created, ..Tally::default() };
    let kept =
        |number, created, undo: &str| ImportBatch { number, tally: tally(created), undo: undo.to_owned() };
    let all = store.import_batches(one.id, 0, 9).await.unwrap();
    assert_eq!(all, [kept(0, 3, ""), kept(2, 0, "")]);
    assert_eq!(store.import_batches(one.id, 1, 9).await.unwrap(), [kept(2, 0, "")]);
    assert_eq!(store.import_batches(one.id, 0, 1).await.unwrap(), [kept(0, 3, "")]);
    let whole = store.find_import_batch(one.id, 0).await.unwrap();
    assert_eq!(whole, Some(kept(0, 3, "3 rows, \"quoted\"")));
    assert_eq!(store.find_import_batch(one.id, 1).await.unwrap(), None);
    assert_eq!(store.import_batches(import(2).id, 0, 9).await.unwrap(), []);
}

async fn a_batch_that_was_written_before_is_told_as_such(store: &TestStore) {
    let one = import(1);
    store.begin_import(&one).await.unwrap();
    let mug = product("MUG");
    store.write_import(batch(&one, 0, vec![insert(&mug)])).await.unwrap();
    let before = dump(store).await;
    for writes in [vec![insert(&mug)], vec![insert(&product("CUP"))], Vec::new()] {
        let again = store.write_import(batch(&one, 0, writes)).await;
        assert_fails!(again, StoreError::Duplicate(Unique::ImportBatch));
    }
    assert_eq!(dump(store).await, before);
}

async fn a_row_that_is_not_as_it_was_decided_on_fails_the_whole_batch(store: &TestStore) {
    let one = import(1);
    store.begin_import(&one).await.unwrap();
    let (mug, gone) = (product("MUG"), product("GONE"));
    store.insert_product(&mug, None, Commit::Keep).await.unwrap();
    let before = dump(store).await;
    let fresh = || insert(&product("CUP"));
    let taken = vec![fresh(), insert(&product("mug"))];
    assert_fails!(store.write_import(batch(&one, 0, taken)).await, StoreError::Duplicate(Unique::Sku));
    let later = Product { version: Version::new(3).unwrap(), ..mug.clone() };
    for stale in [later, changed(&gone)] {
        let writes = vec![fresh(), ImportWrite::ReplaceProduct(Box::new(stale))];
        assert_fails!(store.write_import(batch(&one, 0, writes)).await, StoreError::Stale { .. });
    }
    assert_eq!(dump(store).await, before);
    assert_eq!(store.find_import_batch(one.id, 0).await.unwrap(), None);
}

async fn of_16_that_write_one_batch_at_once_one_does(store: &TestStore) {
    let one = import(1);
    store.begin_import(&one).await.unwrap();
    let products: Vec<Product> = (0..20).map(|n| product(&format!("P{n}"))).collect();
    let outcomes = at_once(16, |_| {
        let (store, one, products) = (store.share(), one.clone(), products.clone());
        async move { store.write_import(batch(&one, 0, products.iter().map(insert).collect())).await }
    });
    let mut done = 0;
    for outcome in outcomes.await {
        match outcome {
            Ok(_) => done += 1,
            Err(StoreError::Duplicate(Unique::ImportBatch)) => {}
            Err(error) => panic!("{error:?}"),
        }
    }
    assert_eq!((done, dump(store).await.products.len()), (1, 20));
}

async fn batches_of_different_numbers_are_in_nobodys_way(store: &TestStore) {
    let one = import(1);
    store.begin_import(&one).await.unwrap();
    let outcomes = at_once(16, |n| {
        let (store, one) = (store.share(), one.clone());
        let products: Vec<Product> = (0..20).map(|m| product(&format!("P{n}-{m}"))).collect();
        async move { store.write_import(batch(&one, n as u64, products.iter().map(insert).collect())).await }
    });
    for outcome in outcomes.await {
        outcome.unwrap();
    }
    assert_eq!(dump(store).await.products.len(), 320);
    assert_eq!(store.import_batches(one.id, 0, 99).await.unwrap().len(), 16);
}

//! Indexes and validators.

use mongodb::bson::{DateTime, Document, doc};
use shopctl::domain::inventory::{StockFilter, StockOp, StockSort};
use shopctl::domain::product::{ProductFilter, ProductSort};
use shopctl::domain::user::{UserFilter, UserSort};
use shopctl::store::{Commit, Maintenance, Premises, StockChange, StoreError};
use tokio::task::JoinSet;

use super::store;
use crate::support::builders::{at, change, context, for_order, order_of, page, product, q, user};
use crate::support::mongod::TestDatabase;

pub(super) async fn problems(store: &(impl Maintenance + ?Sized)) -> Vec<String> {
    let checks = store.check_structure().await.expect("an answer");
    let wrong = checks.into_iter().filter_map(|check| Some(format!("{}: {}", check.name, check.problem?)));
    wrong.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn sixteen_processes_that_start_at_once_make_one_sound_schema() {
    let database = TestDatabase::fresh();
    let mut starting = JoinSet::new();
    for n in 0..16 {
        let store = store(&database.url()).await;
        starting.spawn(async move {
            store.init().await?;
            store.insert_user(&user(&format!("u{n}@example.com")), Commit::Keep).await
        });
    }
    for outcome in starting.join_all().await {
        outcome.unwrap();
    }
    let store = store(&database.url()).await;
    assert_eq!(problems(&*store).await, Vec::<String>::new());
    let info = store.info().await.unwrap();
    assert_eq!((info.schema, info.counts.users, info.transactions), (info.schema_known, 16, true));
    assert_eq!(info.topology, "replica set rs0");
}

#[tokio::test]
async fn reads_and_dry_runs_make_nothing() {
    let database = TestDatabase::fresh();
    let store = store(&database.url()).await;
    store.list_users(&UserFilter::default(), &page(UserSort::Id, false, 5)).await.unwrap();
    store.insert_user(&user("ada@example.com"), Commit::DryRun).await.unwrap();
    let mug = product("MUG");
    let opening = (StockOp::Receive(q(3)), context());
    store.insert_product(&mug, Some(&opening), Commit::DryRun).await.unwrap();
    let order = order_of(&[(&mug, 1)]);
    let refused = store
        .place_order(&order, &Premises::default(), &for_order(&order), Commit::DryRun)
        .await
        .unwrap_err();
    assert!(matches!(refused, StoreError::NotOnSale(_)), "{refused:?}");
    assert_eq!(store.info().await.unwrap().schema, 0);
    let collections = database.raw().await.list_collection_names().await.unwrap();
    assert_eq!(collections, Vec::<String>::new());
}

#[tokio::test]
async fn a_check_names_what_is_missing_and_init_mends_it() {
    let database = TestDatabase::fresh();
    let store = store(&database.url()).await;
    assert!(
        problems(&*store).await.contains(&"schema version: the store has not been initialised".to_owned())
    );
    store.init().await.unwrap();
    let raw = database.raw().await;
    raw.collection::<Document>("users").drop_index("email_norm_1").await.unwrap();
    raw.run_command(doc! { "collMod": "inventory", "validator": {} }).await.unwrap();
    let found = problems(&*store).await;
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found.contains(&"index users.email_norm_1: missing".to_owned()), "{found:?}");
    store.init().await.unwrap();
    assert_eq!(problems(&*store).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_store_of_the_first_schema_is_brought_up_to_date_by_the_first_write() {
    let database = TestDatabase::fresh();
    let first = store(&database.url()).await;
    let mug = product("MUG");
    let opening = (StockOp::Receive(q(3)), context());
    first.insert_product(&mug, Some(&opening), Commit::Keep).await.unwrap();
    let order = order_of(&[(&mug, 1)]);
    first.place_order(&order, &Premises::default(), &for_order(&order), Commit::Keep).await.unwrap();
    let raw = database.raw().await;
    raw.collection::<Document>("orders").drop_index("hold_until_1__id_1").await.unwrap();
    raw.run_command(doc! { "collMod": "products", "validator": {} }).await.unwrap();
    let text = doc! { "$set": { "search": "mug\nMug" } };
    raw.collection::<Document>("products").update_one(doc! {}, text).await.unwrap();
    let counters = raw.collection::<Document>("counters");
    counters.update_one(doc! { "_id": "schema" }, doc! { "$set": { "value": 1_i64 } }).await.unwrap();

    let store = store(&database.url()).await;
    let due = store.ended_holds(at(86_400_000), None, 9).await.unwrap().items;
    assert_eq!(due.len(), 1, "it can be read as it is");
    assert_eq!(store.info().await.unwrap().schema, 1, "whoever only looks changes nothing");
    let search = ProductFilter { query: Some("mu".parse().unwrap()), ..ProductFilter::default() };
    let found = async || store.list_products(&search, &page(ProductSort::Relevance, false, 5)).await.unwrap();
    assert_eq!(found().await.items.len(), 1, "by the SKU");
    store.insert_user(&user("ada@example.com"), Commit::Keep).await.unwrap();
    let kept = raw.collection::<Document>("products").find_one(doc! {}).await.unwrap().unwrap();
    assert!(kept.get_array("search").is_ok_and(|words| words.contains(&"nmug".into())), "{kept}");
    assert_eq!(found().await.items, [mug]);
    let info = store.info().await.unwrap();
    assert_eq!((info.schema, info.counts.orders), (info.schema_known, 1));
    assert_eq!(problems(&*store).await, Vec::<String>::new());
}

#[tokio::test]
async fn stock_that_an_older_program_has_counted_is_listed_by_what_is_available() {
    let database = TestDatabase::fresh();
    let first = store(&database.url()).await;
    let goods = [product("MUG"), product("CUP"), product("POT"), product("JUG")];
    for (product, (count, threshold)) in
        goods.iter().zip([(3, Some(5)), (9, Some(5)), (2, None), (9, Some(2))])
    {
        let change = StockChange {
            low_stock_at: Some(threshold.map(q)),
            ..change(product.id, StockOp::Receive(q(count)))
        };
        first.insert_product(product, None, Commit::Keep).await.unwrap();
        first.change_stock(&change, Commit::Keep).await.unwrap();
    }
    // As the schema before left it.
    let raw = database.raw().await;
    raw.run_command(doc! { "collMod": "inventory", "validator": {} }).await.unwrap();
    let inventory = raw.collection::<Document>("inventory");
    let bare = doc! { "$unset": { "available": 1, "low": 1 } };
    inventory.update_many(doc! {}, bare).await.unwrap();
    for index in ["list_available__id", "list_low__id", "list_created_at__id"] {
        inventory.drop_index(index).await.unwrap();
    }
    let former = doc! {
        "createIndexes": "inventory",
        "indexes": [{ "key": { "created_at": 1, "_id": 1 }, "name": "list_created_at__id" },
            { "key": { "_id": 1, "created_at": 1 }, "name": "list__id_created_at" }],
    };
    raw.run_command(former).await.unwrap();
    let counters = raw.collection::<Document>("counters");
    counters.update_one(doc! { "_id": "schema" }, doc! { "$set": { "value": 8_i64 } }).await.unwrap();

    let store = store(&database.url()).await;
    let listed = async |filter: StockFilter| {
        let found = store.list_stock(&filter, &page(StockSort::Sku, false, 9)).await.unwrap().items;
        found.iter().map(|item| item.sku.to_string()).collect::<Vec<_>>()
    };
    for written in [false, true] {
        if written {
            // A record that nothing can be worked out of is in nobody's way.
            let damage = doc! { "$set": { "on_hand": "nine" } };
            inventory.update_one(doc! { "sku": "JUG" }, damage).await.unwrap();
            store.insert_user(&user("ada@example.com"), Commit::Keep).await.unwrap();
        }
        let stock = store.stored_stock(None, 9).await.unwrap().items;
        let listless: Vec<_> =
            stock.iter().filter(|stock| !stock.listed).filter_map(|stock| stock.sku.clone()).collect();
        assert_eq!(listless, Vec::<String>::new(), "no damage of its own");
        let none = StockFilter::default();
        assert_eq!(listed(StockFilter { below: Some(4), ..none.clone() }).await, ["MUG", "POT"], "{written}");
        assert_eq!(listed(StockFilter { low: true, ..none.clone() }).await, ["MUG"], "{written}");
    }
    let kept = inventory.find_one(doc! { "sku": "MUG" }).await.unwrap().unwrap();
    assert_eq!((kept.get_i64("available").ok(), kept.get_bool("low").ok()), (Some(3), Some(true)), "{kept}");
    assert_eq!(problems(&*store).await, Vec::<String>::new());
    let names = inventory.list_index_names().await.unwrap();
    assert!(!names.contains(&"list__id_created_at".to_owned()), "{names:?}");
}

#[tokio::test]
async fn a_store_of_a_newer_program_is_left_alone() {
    let database = TestDatabase::fresh();
    let counters = database.raw().await.collection::<Document>("counters");
    counters.insert_one(doc! { "_id": "schema", "value": 99_i64 }).await.unwrap();
    let store = store(&database.url()).await;
    for outcome in [
        store.init().await,
        store.insert_user(&user("ada@example.com"), Commit::Keep).await,
        store.insert_user(&user("ada@example.com"), Commit::DryRun).await,
    ] {
        assert!(matches!(outcome, Err(StoreError::NewerSchema { found: 99, .. })), "{outcome:?}");
    }
    assert_eq!(database.raw().await.list_collection_names().await.unwrap(), ["counters"]);
}

#[tokio::test]
async fn a_hand_written_update_cannot_oversell() {
    let database = TestDatabase::fresh();
    let store = store(&database.url()).await;
    let mug = product("MUG");
    let opening = (StockOp::Receive(q(3)), context());
    store.insert_product(&mug, Some(&opening), Commit::Keep).await.unwrap();
    let inventory = database.raw().await.collection::<Document>("inventory");
    let this = doc! { "product_id": mug.id.to_string() };
    for change in [
        doc! { "$inc": { "reserved": 4_i64 } },
        doc! { "$set": { "on_hand": -1_i64 } },
        doc! { "$set": { "reserved": -1_i64 } },
        doc! { "$set": { "on_hand": "many" } },
        doc! { "$set": { "on_hand": 2.5 } },
        doc! { "$unset": { "seq": 1 } },
        doc! { "$set": { "on_hand": 9_i64 } },
        doc! { "$set": { "available": 2_i64 } },
        doc! { "$set": { "low_stock_at": 3_i64 } },
        doc! { "$set": { "low": true } },
    ] {
        let refused = inventory.update_one(this.clone(), change.clone()).await;
        assert!(refused.is_err(), "{change}");
    }
    let level = store.find_stock(mug.id).await.unwrap().unwrap().level;
    assert_eq!((level.on_hand(), level.reserved()), (3, 0));
}

#[tokio::test]
async fn the_search_for_ended_holds_walks_an_index() {
    let database = TestDatabase::fresh();
    let store = store(&database.url()).await;
    store.init().await.unwrap();
    let raw = database.raw().await;
    let (collection, filter, sort) = (
        "orders",
        doc! { "status": { "$eq": "pending" }, "hold_until": { "$lte": DateTime::from_millis(5) } },
        doc! { "hold_until": 1, "_id": 1 },
    );
    let find = doc! { "find": collection, "filter": filter.clone(), "sort": sort.clone(), "limit": 21 };
    let explained = raw.run_command(doc! { "explain": find, "verbosity": "queryPlanner" }).await.unwrap();
    let plan =
        explained.get_document("queryPlanner").unwrap().get_document("winningPlan").unwrap().to_string();
    assert!(!plan.contains("COLLSCAN") && !plan.contains("\"SORT\""), "{collection} {filter} {sort}: {plan}");
}

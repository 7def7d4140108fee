//! Documents that somebody else wrote, and odd ones of our own.

use mongodb::bson::{Bson, Document, doc};
use shopctl::domain::product::{Labels, ProductFilter, ProductSort};
use shopctl::store::{Commit, StoreError};

use super::store;
use crate::support::builders::{page, product, user};
use crate::support::mongod::TestDatabase;

#[tokio::test]
async fn a_damaged_document_is_named_with_its_collection_key_and_field() {
    let database = TestDatabase::fresh();
    let store = store(&database.url()).await;
    let raw = database.raw().await;
    let ada = user("ada@example.com");
    store.insert_user(&ada, Commit::Keep).await.unwrap();
    let users = raw.collection::<Document>("users");
    for (field, value, named) in [
        ("role", Bson::from("boss"), "role"),
        ("email", Bson::from("nobody"), "email"),
        ("version", Bson::from(0_i64), "version"),
        ("version", Bson::from("one"), "document"),
        ("created_at", Bson::from(5_i64), "document"),
        ("name", Bson::from("two\nlines"), "name"),
    ] {
        let sound = users.find_one(doc! {}).await.unwrap().unwrap();
        let damage = doc! { "$set": { field: value } };
        users.update_one(doc! {}, damage).bypass_document_validation(true).await.unwrap();
        let error = store.find_user(&ada.id.into()).await.unwrap_err();
        let StoreError::Corrupt { collection, key, field: found, .. } = &error else { panic!("{error:?}") };
        assert_eq!(
            (*collection, key.as_str(), *found),
            ("users", ada.id.to_string().as_str(), named),
            "{error}"
        );
        users.replace_one(doc! {}, sound).await.unwrap();
    }
    assert!(store.find_user(&ada.id.into()).await.unwrap().is_some());
}

#[tokio::test]
async fn a_document_that_the_shell_wrote_with_narrow_numbers_is_read() {
    let database = TestDatabase::fresh();
    let store = store(&database.url()).await;
    let ada = user("ada@example.com");
    store.insert_user(&ada, Commit::Keep).await.unwrap();
    let users = database.raw().await.collection::<Document>("users");
    users.update_one(doc! {}, doc! { "$set": { "version": 1, "auth_epoch": 0 } }).await.unwrap();
    assert_eq!(store.find_user(&ada.id.into()).await.unwrap(), Some(ada));
}

#[tokio::test]
async fn labels_that_look_like_operators_are_only_labels() {
    let database = TestDatabase::fresh();
    let store = store(&database.url()).await;
    let mut odd = product("$gt");
    let labels = ["$gt", "a.b", "$ref", "$id", "$oid", "$numberLong", "$date", "_id", "", "$", ".", "$$ROOT"];
    let labels: Labels =
        labels.iter().filter_map(|name| Some((name.parse().ok()?, "5".parse().ok()?))).collect();
    assert_eq!(labels.len(), 11);
    (odd.metadata, odd.options) = (labels.clone(), labels);
    store.insert_product(&odd, None, Commit::Keep).await.unwrap();
    assert_eq!(store.find_product(&odd.id.into()).await.unwrap().as_ref(), Some(&odd));
    odd.version = odd.version.next();
    store.replace_product(&odd, Commit::Keep).await.unwrap();
    let listed =
        store.list_products(&ProductFilter::default(), &page(ProductSort::Name, true, 5)).await.unwrap();
    assert_eq!(listed.items, [odd]);
}

//! Changing products, and what changes with them.

use std::collections::BTreeMap;

use shopctl::service::orders::{NewOrder, OrderItem};
use shopctl::service::patch::Patch;
use shopctl::service::products::{Audience, NewProduct, ProductChange, ProductQuery};

use super::stage::{Stage, by, code};

#[tokio::test]
async fn every_bad_field_of_an_input_is_named_at_once() {
    let stage = Stage::new().await;
    let new = NewProduct {
        sku: String::new(),
        name: "x".repeat(201),
        price: "1.999".into(),
        status: Some("sold".into()),
        tags: vec!["ok".into(), String::new()],
        metadata: BTreeMap::from([("a/b".into(), String::new())]),
        stock: Some(-1),
        ..NewProduct::default()
    };
    let error = stage.products.create(new, &by()).await.err().unwrap();
    let mut named: Vec<(&str, &str)> = error.problems.iter().map(|p| (p.pointer.as_str(), p.code)).collect();
    named.sort_unstable();
    assert_eq!(
        named,
        vec![
            ("/metadata/a~1b", "invalid_value"),
            ("/name", "invalid_name"),
            ("/price", "too_many_decimals"),
            ("/sku", "invalid_sku"),
            ("/status", "invalid_status"),
            ("/stock", "invalid_quantity"),
            ("/tags/1", "invalid_tag"),
        ]
    );
}

#[tokio::test]
async fn a_merge_patch_touches_only_what_it_names() {
    let stage = Stage::new().await;
    let new = NewProduct {
        sku: "MUG".into(),
        name: "Mug".into(),
        price: "4.00".into(),
        description: Some("A mug".into()),
        metadata: BTreeMap::from([("a".into(), "1".into()), ("b".into(), "2".into())]),
        ..NewProduct::default()
    };
    stage.products.create(new, &by()).await.unwrap();
    let change = ProductChange {
        description: Patch::Clear,
        metadata: Patch::Set(BTreeMap::from([("a".into(), None), ("c".into(), Some("3".into()))])),
        ..ProductChange::default()
    };
    let after = stage.products.update("MUG", &change, &by()).await.unwrap();
    assert_eq!(after.description, None);
    assert_eq!(after.metadata, BTreeMap::from([("b".into(), "2".into()), ("c".into(), "3".into())]));
    assert_eq!((after.name.as_str(), after.price.as_str(), after.version), ("Mug", "4.00", 2));
    let again = stage.products.update("MUG", &ProductChange::default(), &by()).await.unwrap();
    assert_eq!(again.version, 2, "nothing to change is no write");
}

#[tokio::test]
async fn a_placed_line_keeps_name_sku_and_price_whatever_happens_to_the_product() {
    let stage = Stage::new().await;
    stage.product("MUG", "4.00", 10).await;
    let new = NewOrder {
        email: Some("ada@example.com".into()),
        items: vec![OrderItem { product: "MUG".into(), quantity: 2 }],
        ..NewOrder::default()
    };
    let placed = stage.orders.place(new, &by()).await.unwrap();
    let change = ProductChange {
        sku: Some("CUP".into()),
        name: Some("Cup".into()),
        price: Some("9.00".into()),
        ..ProductChange::default()
    };
    stage.products.update("MUG", &change, &by()).await.unwrap();
    let later = stage.orders.get(&placed.id, shopctl::service::orders::Scope::All).await.unwrap();
    assert_eq!(later, placed);
    assert_eq!((later.lines[0].sku.as_str(), later.total.as_str()), ("MUG", "8.00"));
}

#[tokio::test]
async fn a_currency_is_not_changed_without_its_price() {
    let stage = Stage::new().await;
    stage.product("MUG", "4.00", 0).await;
    let only = ProductChange { currency: Some("JPY".into()), ..ProductChange::default() };
    assert_eq!(code(stage.products.update("MUG", &only, &by()).await), "price_missing");
    let both = ProductChange { price: Some("400".into()), ..only };
    assert_eq!(stage.products.update("MUG", &both, &by()).await.unwrap().price, "400");
}

#[tokio::test]
async fn the_public_sees_only_what_is_on_sale() {
    let stage = Stage::new().await;
    stage.product("MUG", "4.00", 0).await;
    let archived = shopctl::domain::product::ProductStatus::Archived;
    stage.products.set_status("MUG", archived, &by()).await.unwrap();
    assert_eq!(code(stage.products.get("MUG", Audience::Public).await), "product_not_found");
    assert!(stage.products.get("MUG", Audience::Staff).await.is_ok());
    let all = ProductQuery::default();
    assert!(stage.products.list(&all, Audience::Public).await.unwrap().items.is_empty());
    assert_eq!(stage.products.list(&all, Audience::Staff).await.unwrap().items.len(), 1);
    let drafts = ProductQuery { status: Some("draft".into()), ..ProductQuery::default() };
    assert_eq!(code(stage.products.list(&drafts, Audience::Public).await), "staff_only");
}

#[tokio::test]
async fn one_order_has_one_currency() {
    let stage = Stage::new().await;
    stage.product("MUG", "4.00", 10).await;
    let yen = NewProduct {
        sku: "FAN".into(),
        name: "Fan".into(),
        price: "900".into(),
        currency: Some("JPY".into()),
        stock: Some(5),
        ..NewProduct::default()
    };
    stage.products.create(yen, &by()).await.unwrap();
    let item = |sku: &str| OrderItem { product: sku.into(), quantity: 1 };
    let new = NewOrder {
        email: Some("ada@example.com".into()),
        items: vec![item("MUG"), item("FAN")],
        ..NewOrder::default()
    };
    assert_eq!(code(stage.orders.place(new, &by()).await), "mixed_currencies");
}

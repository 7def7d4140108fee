//! What there is to buy, and the check afterwards that nothing was oversold.

use std::path::Path;
use std::sync::Arc;

use shopctl::domain::actor::Actor;
use shopctl::service::WriteOptions;
use shopctl::service::clock::SystemClock;
use shopctl::service::products::{NewProduct, Products};
use shopctl::store::open::{OpenOptions, StoreUrl, open};

use crate::load::program::shopctl;

/// Creates so many products with plenty of stock, and gives their SKUs.
pub(crate) fn fill(home: &Path, url: &str, products: usize) -> Vec<String> {
    shopctl(home, url, &["store", "init"]);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let url = StoreUrl::parse(url).expect("a store URL");
        let store = open(&url, &OpenOptions::default()).await.expect("a store");
        let catalogue =
            Arc::new(Products::new(store.clone(), Arc::new(SystemClock), "EUR".parse().expect("euros")));
        let skus: Vec<String> = (0..products).map(|n| format!("SKU-{n}")).collect();
        for some in skus.chunks(64) {
            let made = some.iter().map(|sku| {
                let catalogue = Arc::clone(&catalogue);
                let new = NewProduct {
                    sku: sku.clone(),
                    name: sku.clone(),
                    price: "12.50".to_owned(),
                    stock: Some(1_000_000_000),
                    ..NewProduct::default()
                };
                async move { catalogue.create(new, &WriteOptions::by(Actor::system())).await }
            });
            for made in futures_util::future::join_all(made).await {
                made.expect("a new product");
            }
        }
        store.close().await;
        skus
    })
}

/// Orders one of these.
pub(crate) fn order_one(home: &Path, url: &str, sku: &str) {
    let item = format!("{sku}:1");
    shopctl(home, url, &["order", "create", "--email", "ada@example.com", "--item", &item]);
}

/// An order for one of these, as `shopctl serve orders` takes it.
pub(crate) fn body(sku: &str) -> String {
    format!(r#"{{"email":"ada@example.com","items":[{{"sku":"{sku}","quantity":1}}]}}"#)
}

/// Fails unless every rule holds.
pub(crate) fn check(home: &Path, url: &str) {
    shopctl(home, url, &["doctor"]);
}

//! Opening, making and refusing files.

use std::time::{Duration, Instant};

use shopctl::domain::inventory::StockOp;
use shopctl::domain::key::ProductKey;
use shopctl::domain::product::{ProductFilter, ProductSort};
use shopctl::store::open::OpenOptions;
use shopctl::store::sqlite::SqliteStore;
use shopctl::store::{
    Commit, InventoryStore, Maintenance, OrderStore, Premises, ProductStore, StoreError, UserStore,
};

use crate::support::builders::{change, for_order, order_of, page, product, q, user};
use crate::support::store::fresh_path;

fn create(create: bool) -> OpenOptions {
    OpenOptions { create, ..OpenOptions::default() }
}

#[test]
fn forty_threads_open_a_fresh_path_at_once_and_none_fails() {
    for _ in 0..5 {
        let (directory, path) = fresh_path();
        let path = directory.path().join("not/yet/there").join(path.file_name().unwrap());
        let threads: Vec<_> = (0..40)
            .map(|n| {
                let path = path.clone();
                std::thread::spawn(move || {
                    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                    runtime.block_on(async {
                        let store = SqliteStore::open(&path, &create(true)).await?;
                        store.insert_product(&product(&format!("SKU-{n}")), None, Commit::Keep).await?;
                        store.close().await;
                        Ok::<_, StoreError>(())
                    })
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap().unwrap();
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let store = SqliteStore::open(&path, &create(false)).await.unwrap();
            assert_eq!(store.info().await.unwrap().counts.products, 40);
            for check in store.check_structure().await.unwrap() {
                assert_eq!(check.problem, None, "{}", check.name);
            }
        });
    }
}

#[tokio::test]
async fn an_order_is_placed_end_to_end() {
    let (_directory, path) = fresh_path();
    let store = SqliteStore::open(&path, &create(true)).await.unwrap();
    store.insert_user(&user("ada@example.com"), Commit::Keep).await.unwrap();
    let mug = product("MUG");
    store.insert_product(&mug, None, Commit::Keep).await.unwrap();
    store.change_stock(&change(mug.id, StockOp::Receive(q(10))), Commit::Keep).await.unwrap();
    let order = order_of(&[(&mug, 3)]);
    assert_eq!(
        store
            .place_order(&order, &Premises::default(), &for_order(&order), Commit::Keep)
            .await
            .unwrap()
            .get(),
        1001
    );
    let level = store.find_stock(mug.id).await.unwrap().unwrap().level;
    assert_eq!((level.on_hand(), level.reserved()), (10, 3));
    let listed =
        store.list_products(&ProductFilter::default(), &page(ProductSort::Name, true, 10)).await.unwrap();
    assert_eq!(listed.items, vec![mug.clone()]);
    let begun = Instant::now();
    let other = SqliteStore::open(&path, &create(false)).await.unwrap();
    assert!(other.find_product(&ProductKey::Id(mug.id)).await.unwrap().is_some());
    other.close().await;
    assert!(begun.elapsed() < Duration::from_secs(4));
}

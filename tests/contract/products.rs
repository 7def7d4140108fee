//! Promises of `ProductStore` about single products.

use shopctl::domain::inventory::{MovementKind, StockOp, StockRefusal};
use shopctl::domain::key::ProductKey;
use shopctl::domain::number::{Quantity, Version};
use shopctl::domain::product::{Product, ProductStatus};
use shopctl::store::{Commit, StoreError, Unique};

use crate::support::at_once::at_once;
use crate::support::builders::{at, change, context, eur, product, q};
use crate::support::dump::{assert_sound, dump, movements_of};
use crate::support::store::{TestStore, level, stocked};

contract![
    keeps_every_field_of_a_product,
    keeps_a_product_of_which_little_is_known,
    finds_a_product_by_sku_whatever_its_case,
    finds_products_with_odd_skus_and_only_those,
    finds_many_products_each_once,
    refuses_a_second_product_with_the_same_sku,
    refuses_a_second_product_with_the_same_id,
    of_32_products_with_one_sku_added_at_once_one_is_added,
    adds_a_product_with_its_opening_stock_and_first_movement,
    adds_nothing_where_the_opening_stock_is_refused,
    writes_a_product_over_its_version_before,
    refuses_to_write_over_another_version_of_a_product,
    of_16_writers_with_one_version_of_a_product_one_wins,
    refuses_a_sku_that_another_product_has,
    a_changed_sku_reaches_the_stock_record,
    a_dry_run_on_products_leaves_nothing_behind,
    a_dry_run_on_products_fails_as_the_write_would,
];

fn next(product: &Product) -> Product {
    Product { version: product.version.next(), updated_at: at(1), ..product.clone() }
}

async fn keeps_every_field_of_a_product(store: &TestStore) {
    let mut mug = product("Mug-Blue");
    mug.tags =
        vec!["z".parse().unwrap(), "a".parse().unwrap(), "$gt".parse().unwrap(), "x.y".parse().unwrap()];
    mug.metadata = [("$set", "{\"a\": 1}"), ("a.b.c", "\"; DROP TABLE"), ("ß", "日本\nzwei")]
        .map(|(label, value)| (label.parse().unwrap(), value.parse().unwrap()))
        .into();
    mug.status = ProductStatus::Draft;
    mug.price = shopctl::domain::money::Money::from_minor(Quantity::MAX, "KWD".parse().unwrap()).unwrap();
    store.insert_product(&mug, None, Commit::Keep).await.unwrap();
    let found = store.find_product(&mug.id.into()).await.unwrap().unwrap();
    assert_eq!(found, mug);
    assert_eq!(found.sku.as_str(), "Mug-Blue", "as it was typed");
    assert_eq!(store.find_stock(mug.id).await.unwrap(), None);
}

async fn keeps_a_product_of_which_little_is_known(store: &TestStore) {
    let bare = Product {
        description: None,
        tags: vec![],
        metadata: [].into(),
        group: None,
        options: [].into(),
        price: eur(0),
        ..product("BARE")
    };
    store.insert_product(&bare, None, Commit::Keep).await.unwrap();
    assert_eq!(store.find_product(&bare.id.into()).await.unwrap(), Some(bare));
}

async fn finds_a_product_by_sku_whatever_its_case(store: &TestStore) {
    let mug = product("Größe-Ω");
    store.insert_product(&mug, None, Commit::Keep).await.unwrap();
    for key in ["Größe-Ω", "GRÖßE-ω", "größe-ω"] {
        assert_eq!(store.find_product(&key.parse().unwrap()).await.unwrap().as_ref(), Some(&mug), "{key}");
    }
    assert_eq!(store.find_product(&"GRÖSSE-Ω".parse().unwrap()).await.unwrap(), None);
    assert_eq!(store.find_product(&product("other").id.into()).await.unwrap(), None);
}

async fn finds_products_with_odd_skus_and_only_those(store: &TestStore) {
    let odd =
        ["$gt", "a.b", "a_b", "a%b", "a*b", "{\"$ne\":1}", "' OR ''='", "A/B:12", "日本 5", "\\", "null"];
    let mut products = Vec::new();
    for sku in odd {
        let product = product(sku);
        stocked(store, &product, 1).await;
        products.push(product);
    }
    for product in &products {
        let found = store.find_product(&ProductKey::Sku(product.sku.clone())).await.unwrap();
        assert_eq!(found.as_ref(), Some(product));
        assert_eq!(store.find_stock(product.id).await.unwrap().unwrap().sku.as_str(), product.sku.as_str());
    }
    for other in ["axb", "a", "%", "$ne"] {
        assert_eq!(store.find_product(&other.parse().unwrap()).await.unwrap(), None, "{other}");
    }
}

async fn finds_many_products_each_once(store: &TestStore) {
    let (a, b, c) = (product("A"), product("B"), product("C"));
    for product in [&a, &b, &c] {
        store.insert_product(product, None, Commit::Keep).await.unwrap();
    }
    let keys = [
        ProductKey::Id(c.id),
        ProductKey::Sku("a".parse().unwrap()),
        ProductKey::Id(a.id),
        ProductKey::Sku("missing".parse().unwrap()),
        ProductKey::Id(product("X").id),
    ];
    let mut found = store.find_products(&keys).await.unwrap();
    found.sort_by_key(|product| product.id);
    assert_eq!(found, vec![a, c]);
    assert_eq!(store.find_products(&[]).await.unwrap(), vec![]);
}

async fn refuses_a_second_product_with_the_same_sku(store: &TestStore) {
    stocked(store, &product("mug"), 3).await;
    let before = dump(store).await;
    let opening = (StockOp::Receive(q(5)), context());
    for opening in [None, Some(&opening)] {
        let second = store.insert_product(&product("MUG"), opening, Commit::Keep).await;
        assert_fails!(second, StoreError::Duplicate(Unique::Sku));
    }
    assert_eq!(dump(store).await, before);
}

async fn refuses_a_second_product_with_the_same_id(store: &TestStore) {
    let first = product("A");
    store.insert_product(&first, None, Commit::Keep).await.unwrap();
    let second = Product { id: first.id, ..product("B") };
    assert_fails!(store.insert_product(&second, None, Commit::Keep).await, StoreError::Duplicate(Unique::Id));
}

async fn of_32_products_with_one_sku_added_at_once_one_is_added(store: &TestStore) {
    let outcomes = at_once(32, |n| {
        let (store, opening) = (store.share(), (StockOp::Receive(q(5)), context()));
        let opening = (n % 2 == 0).then_some(opening);
        async move { store.insert_product(&product("mug"), opening.as_ref(), Commit::Keep).await }
    })
    .await;
    let refused =
        outcomes.iter().filter(|got| matches!(got, Err(StoreError::Duplicate(Unique::Sku)))).count();
    let after = dump(store).await;
    assert_eq!((refused, after.products.len()), (31, 1), "{outcomes:?}");
    assert!(after.stock.len() <= 1);
    assert_sound(store).await;
}

async fn adds_a_product_with_its_opening_stock_and_first_movement(store: &TestStore) {
    let mug = product("MUG");
    let count = StockOp::Count { to: q(7), expected: None };
    store.insert_product(&mug, Some(&(count, context())), Commit::Keep).await.unwrap();
    let item = store.find_stock(mug.id).await.unwrap().unwrap();
    assert_eq!((item.level.on_hand(), item.level.reserved(), item.seq), (7, 0, 1));
    assert_eq!((item.version, item.created_at, item.sku), (Version::FIRST, context().at, mug.sku));
    let movements = movements_of(store, mug.id).await;
    assert_eq!(movements.len(), 1);
    assert_eq!((movements[0].kind, movements[0].on_hand_delta), (MovementKind::Count, 7));
    assert_eq!((&movements[0].actor, &movements[0].reason), (&context().actor, &context().reason));
}

async fn adds_nothing_where_the_opening_stock_is_refused(store: &TestStore) {
    let mug = product("MUG");
    let refused = store.insert_product(&mug, Some(&(StockOp::Adjust(-1), context())), Commit::Keep).await;
    assert_fails!(
        refused,
        StoreError::Refused { refusal: StockRefusal::BelowReserved { wanted: -1, .. }, .. }
    );
    assert_eq!(dump(store).await.products, vec![]);
    assert_eq!(movements_of(store, mug.id).await, vec![]);
}

async fn writes_a_product_over_its_version_before(store: &TestStore) {
    let mug = product("MUG");
    store.insert_product(&mug, None, Commit::Keep).await.unwrap();
    let changed = Product {
        name: "Cup".parse().unwrap(),
        description: None,
        tags: vec!["new".parse().unwrap()],
        metadata: [].into(),
        price: shopctl::domain::money::Money::from_minor(5, "JPY".parse().unwrap()).unwrap(),
        status: ProductStatus::Archived,
        group: None,
        options: [].into(),
        ..next(&mug)
    };
    store.replace_product(&changed, Commit::Keep).await.unwrap();
    assert_eq!(store.find_product(&mug.id.into()).await.unwrap(), Some(changed));
}

async fn refuses_to_write_over_another_version_of_a_product(store: &TestStore) {
    let mug = product("MUG");
    assert_fails!(
        store.replace_product(&next(&mug), Commit::Keep).await,
        StoreError::Stale { current: None }
    );
    stocked(store, &mug, 1).await;
    let before = dump(store).await;
    let renamed = Product { sku: "CUP".parse().unwrap(), ..next(&next(&mug)) };
    assert_fails!(
        store.replace_product(&renamed, Commit::Keep).await,
        StoreError::Stale { current: Some(version) } if version == Version::FIRST
    );
    assert_eq!(dump(store).await, before);
}

async fn of_16_writers_with_one_version_of_a_product_one_wins(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 1).await;
    let outcomes = at_once(16, |n| {
        let (store, mut changed) = (store.share(), next(&mug));
        // Half of them rename it, which is a wider step.
        if n % 2 == 0 {
            changed.sku = format!("MUG-{n}").parse().unwrap();
        }
        changed.name = format!("Writer {n}").parse().unwrap();
        async move { store.replace_product(&changed, Commit::Keep).await.map(|()| changed) }
    })
    .await;
    let won: Vec<Product> = outcomes.into_iter().filter_map(Result::ok).collect();
    assert_eq!(won.len(), 1);
    assert_eq!(store.find_product(&mug.id.into()).await.unwrap().as_ref(), won.first());
    assert_eq!(store.find_stock(mug.id).await.unwrap().unwrap().sku, won[0].sku);
}

async fn refuses_a_sku_that_another_product_has(store: &TestStore) {
    let (mug, cup) = (product("MUG"), product("CUP"));
    stocked(store, &mug, 1).await;
    stocked(store, &cup, 1).await;
    let before = dump(store).await;
    let taken = Product { sku: "mug".parse().unwrap(), ..next(&cup) };
    assert_fails!(store.replace_product(&taken, Commit::Keep).await, StoreError::Duplicate(Unique::Sku));
    assert_eq!(dump(store).await, before);
}

async fn a_changed_sku_reaches_the_stock_record(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 4).await;
    let before = store.find_stock(mug.id).await.unwrap().unwrap();
    let renamed = Product { sku: "Cup.$1".parse().unwrap(), ..next(&mug) };
    store.replace_product(&renamed, Commit::Keep).await.unwrap();
    let after = store.find_stock(mug.id).await.unwrap().unwrap();
    assert_eq!(after.sku.as_str(), "Cup.$1");
    assert_eq!((after.version, after.updated_at), (before.version.next(), renamed.updated_at));
    assert_eq!((after.level, after.seq, after.created_at), (before.level, before.seq, before.created_at));
    // Only the case: the same SKU, written in another way.
    let cased = Product { sku: "cup.$1".parse().unwrap(), ..next(&renamed) };
    store.replace_product(&cased, Commit::Keep).await.unwrap();
    assert_eq!(store.find_stock(mug.id).await.unwrap().unwrap().sku.as_str(), "cup.$1");
    // The same SKU to the letter: the stock record is left alone.
    store.replace_product(&next(&cased), Commit::Keep).await.unwrap();
    let left = store.find_stock(mug.id).await.unwrap().unwrap();
    assert_eq!(left.version, after.version.next());
    store.change_stock(&change(mug.id, StockOp::Adjust(1)), Commit::Keep).await.unwrap();
    assert_eq!(level(store, &mug).await, (5, 0));
}

async fn a_dry_run_on_products_leaves_nothing_behind(store: &TestStore) {
    let mug = product("MUG");
    let opening = (StockOp::Receive(q(5)), context());
    store.insert_product(&mug, None, Commit::DryRun).await.unwrap();
    store.insert_product(&mug, Some(&opening), Commit::DryRun).await.unwrap();
    assert_eq!(dump(store).await.products, vec![]);
    assert_eq!(movements_of(store, mug.id).await, vec![]);
    store.insert_product(&mug, Some(&opening), Commit::Keep).await.unwrap();
    let before = dump(store).await;
    let renamed = Product { sku: "CUP".parse().unwrap(), ..next(&mug) };
    store.replace_product(&renamed, Commit::DryRun).await.unwrap();
    store.delete_product(mug.id, mug.version, &context(), Commit::DryRun).await.unwrap();
    assert_eq!(dump(store).await, before);
}

async fn a_dry_run_on_products_fails_as_the_write_would(store: &TestStore) {
    let (mug, cup) = (product("MUG"), product("CUP"));
    stocked(store, &mug, 1).await;
    store.insert_product(&cup, None, Commit::Keep).await.unwrap();
    let dry = || Commit::DryRun;
    let again = store.insert_product(&product("mug"), None, dry()).await;
    assert_fails!(again, StoreError::Duplicate(Unique::Sku));
    let refused = store.insert_product(&product("NEW"), Some(&(StockOp::Adjust(-1), context())), dry()).await;
    assert_fails!(refused, StoreError::Refused { .. });
    let taken = Product { sku: mug.sku.clone(), ..next(&cup) };
    assert_fails!(store.replace_product(&taken, dry()).await, StoreError::Duplicate(Unique::Sku));
    assert_fails!(
        store.replace_product(&next(&next(&mug)), dry()).await,
        StoreError::Stale { current: Some(_) }
    );
    let stale = store.delete_product(mug.id, mug.version.next(), &context(), dry()).await;
    assert_fails!(stale, StoreError::Stale { current: Some(_) });
}

//! Search: literal, whatever the case, in what the filters' docs name, on every resource.

use shopctl::domain::inventory::{StockFilter, StockSort};
use shopctl::domain::order::{Order, OrderFilter, OrderSort};
use shopctl::domain::product::{Product, ProductFilter, ProductSort};
use shopctl::domain::user::{User, UserFilter, UserSort};
use shopctl::store::Commit;

use crate::support::builders::{at, order_of, page, product, user};
use crate::support::store::{TestStore, placed, stocked};

contract![
    a_search_takes_every_letter_literally,
    a_search_for_products_looks_in_sku_name_description_and_tags,
    a_search_for_orders_looks_in_number_reference_address_name_and_skus,
    a_search_for_stock_looks_in_the_sku_and_follows_a_rename,
    a_search_finds_what_was_written_last,
];

async fn products(store: &TestStore, query: &str) -> Vec<String> {
    let filter = ProductFilter { query: Some(query.parse().unwrap()), ..ProductFilter::default() };
    let listed = store.list_products(&filter, &page(ProductSort::Id, false, 100)).await.unwrap();
    listed.items.iter().map(|product| product.sku.to_string()).collect()
}

async fn stock(store: &TestStore, query: &str) -> Vec<String> {
    let filter = StockFilter { query: Some(query.parse().unwrap()), ..StockFilter::default() };
    let listed = store.list_stock(&filter, &page(StockSort::Id, false, 100)).await.unwrap();
    listed.items.iter().map(|item| item.sku.to_string()).collect()
}

async fn orders(store: &TestStore, query: &str) -> Vec<Order> {
    let filter = OrderFilter { query: Some(query.parse().unwrap()), ..OrderFilter::default() };
    store.list_orders(&filter, &page(OrderSort::Id, false, 100)).await.unwrap().items
}

async fn users(store: &TestStore, query: &str) -> Vec<String> {
    let filter = UserFilter { query: Some(query.parse().unwrap()), ..UserFilter::default() };
    let listed = store.list_users(&filter, &page(UserSort::Id, false, 100)).await.unwrap();
    listed.items.iter().map(|user| user.email.to_string()).collect()
}

async fn a_search_takes_every_letter_literally(store: &TestStore) {
    let skus = [".*", "a%c", "a_c", "abc", "^a$", "[a-c]", "$where", "(", "\\d", "'\"", "a?c"];
    for sku in skus {
        let bare = Product { description: None, tags: vec![], name: "x".parse().unwrap(), ..product(sku) };
        stocked(store, &bare, 1).await;
    }
    for (query, found) in [
        (".*", vec![".*"]),
        ("%", vec!["a%c"]),
        ("_", vec!["a_c"]),
        ("a_c", vec!["a_c"]),
        ("^a", vec!["^a$"]),
        ("[a-c]", vec!["[a-c]"]),
        ("$", vec!["^a$", "$where"]),
        ("(", vec!["("]),
        ("\\", vec!["\\d"]),
        ("'\"", vec!["'\""]),
        ("?", vec!["a?c"]),
        ("ABC", vec!["abc"]),
    ] {
        assert_eq!(products(store, query).await, found, "{query}");
        assert_eq!(stock(store, query).await, found, "{query}");
    }
    for email in ["a%b@example.com", "a_b@example.com", "axb@example.com", "$ne@example.com"] {
        store.insert_user(&User { name: None, ..user(email) }, Commit::Keep).await.unwrap();
    }
    for (query, found) in [("%", "a%b@example.com"), ("a_b", "a_b@example.com"), ("$ne", "$ne@example.com")] {
        assert_eq!(users(store, query).await, vec![found], "{query}");
    }
    assert_eq!(users(store, ".*").await, Vec::<String>::new());
}

async fn a_search_for_products_looks_in_sku_name_description_and_tags(store: &TestStore) {
    let mut product = product("SKU-Ä");
    product.name = "Straße".parse().unwrap();
    product.description = Some("made of\nporcelain".parse().unwrap());
    product.tags = vec!["Gift".parse().unwrap()];
    store.insert_product(&product, None, Commit::Keep).await.unwrap();
    for query in ["sku-ä", "STRAßE", "Porcelain", "gift", "ＧＩＦＴ"] {
        assert_eq!(products(store, query).await, vec!["SKU-Ä"], "{query}");
    }
    // Neither values nor the group, nor across two fields.
    for query in ["mugs", "colour", "porcelain gift", "$where.a"] {
        assert_eq!(products(store, query).await, Vec::<String>::new(), "{query}");
    }
}

async fn a_search_for_orders_looks_in_number_reference_address_name_and_skus(store: &TestStore) {
    let (mug, cup) = (product("MUG.1"), product("CUP"));
    stocked(store, &mug, 9).await;
    stocked(store, &cup, 9).await;
    let mut first = order_of(&[(&mug, 1), (&cup, 1)]);
    first.external_ref = Some("WEB-77/a".parse().unwrap());
    let first = placed(store, &first).await;
    let mut second = order_of(&[(&cup, 1)]);
    second.customer.name = None;
    second.customer.email = Some("other@example.org".parse().unwrap());
    let second = placed(store, &second).await;
    for query in [first.number.to_string().as_str(), "web-77/A", "GRACE@", "hopper", "mug.1"] {
        assert_eq!(orders(store, query).await, vec![first.clone()], "{query}");
    }
    assert_eq!(orders(store, "cup").await, vec![first, second.clone()]);
    assert_eq!(orders(store, "example.org").await, vec![second]);
    assert_eq!(orders(store, "navy yard").await, vec![]);
}

async fn a_search_for_stock_looks_in_the_sku_and_follows_a_rename(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 1).await;
    assert_eq!(stock(store, "ug").await, vec!["MUG"]);
    assert_eq!(stock(store, "product").await, Vec::<String>::new());
    let renamed = Product {
        version: mug.version.next(),
        sku: "Cup".parse().unwrap(),
        updated_at: at(3),
        ..mug.clone()
    };
    store.replace_product(&renamed, Commit::Keep).await.unwrap();
    assert_eq!((stock(store, "mug").await.len(), stock(store, "CUP").await.len()), (0, 1));
}

async fn a_search_finds_what_was_written_last(store: &TestStore) {
    let ada = user("ada@example.com");
    store.insert_user(&ada, Commit::Keep).await.unwrap();
    assert_eq!(users(store, "lovelace").await.len(), 1);
    let changed =
        User { version: ada.version.next(), name: Some("Countess".parse().unwrap()), ..ada.clone() };
    store.replace_user(&changed, Commit::Keep).await.unwrap();
    assert_eq!((users(store, "lovelace").await.len(), users(store, "countess").await.len()), (0, 1));
    let mug = product("MUG");
    store.insert_product(&mug, None, Commit::Keep).await.unwrap();
    let changed = Product { version: mug.version.next(), name: "Beaker".parse().unwrap(), ..mug.clone() };
    store.replace_product(&changed, Commit::Keep).await.unwrap();
    assert_eq!(products(store, "beaker").await, vec!["MUG"]);
}

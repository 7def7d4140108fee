//! Lists by several conditions that no single index holds, where there is more, or less, to go by than usual.

use mongodb::bson::{Document, doc};
use shopctl::domain::order::{OrderFilter, OrderSort};
use shopctl::domain::page::{Position, SortValue};
use shopctl::domain::product::{Product, ProductFilter, ProductSort, ProductStatus};
use shopctl::domain::search::ProductSearch;
use shopctl::store::{Commit, Premises, Store};

use super::schema::problems;
use super::store;
use crate::support::builders::{for_order, order_of, page, product, user};
use crate::support::mongod::TestDatabase;
use crate::support::store::stocked;

/// More than are looked up by id, whatever the status.
const MANY: i64 = 10_200;

async fn skus(store: &dyn Store, filter: &ProductFilter, sort: ProductSort, limit: usize) -> Vec<String> {
    let found = store.list_products(filter, &page(sort, false, limit)).await.unwrap();
    found.items.iter().map(|product| product.sku.to_string()).collect()
}

fn searched(query: &str) -> ProductFilter {
    ProductFilter { query: Some(query.parse().unwrap()), ..ProductFilter::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn words_that_more_products_hold_than_are_looked_up_are_found_in_order() {
    let database = TestDatabase::fresh();
    let store = store(&database.url()).await;
    let raw = database.raw().await;
    let mug = Product { description: None, tags: vec!["sale".parse().unwrap()], ..product("MUG-10000") };
    store.insert_product(&mug, None, Commit::Keep).await.unwrap();
    let products = raw.collection::<Document>("products");
    let one = products.find_one(doc! {}).await.unwrap().unwrap();
    let alike = |n: i64| {
        let (number, text) = (10_000 + n, one.get_str("search_text").unwrap());
        let search = one
            .get_array("search")
            .unwrap()
            .iter()
            .map(|word| word.as_str().unwrap().replace("10000", &number.to_string()));
        let mut next = one.clone();
        next.extend(doc! {
            "_id": format!("{}{number:07}", &one.get_str("_id").unwrap()[..23]), "sku": format!("MUG-{number}"),
            "sku_norm": format!("mug-{number}"), "name": format!("Product MUG-{number}"), "price": n % 100, "search": search.collect::<Vec<_>>(),
            "search_text": text.replace("10000", &number.to_string()),
            "status": if n % 1000 == 999 { "draft" } else { "active" },
        });
        next
    };
    for from in (1..MANY).step_by(1000) {
        products.insert_many((from..MANY.min(from + 1000)).map(alike)).await.unwrap();
    }
    let filter = ProductFilter {
        status: Some(ProductStatus::Active),
        tag: Some("sale".parse().unwrap()),
        min_price: Some(98),
        ..searched("product mug")
    };
    let expected: Vec<String> = (0..MANY)
        .filter(|n| *n == 0 || (n % 100 >= 98 && n % 1000 != 999))
        .map(|n| format!("MUG-{}", 10_000 + n))
        .collect();
    let mut listed = Vec::new();
    let mut request = page(ProductSort::Relevance, false, 70);
    loop {
        let found = store.list_products(&filter, &request).await.unwrap();
        listed.extend(found.items.iter().map(|product| product.sku.to_string()));
        let Some(last) = found.items.last().filter(|_| found.has_more) else { break };
        request.after = Some("product mug".parse::<ProductSearch>().unwrap().position(last));
    }
    assert_eq!(listed, expected);
    let by_sku = ProductFilter { tag: filter.tag.clone(), ..searched("mug") };
    let first = ["MUG-10000", "MUG-10001", "MUG-10002"];
    assert_eq!(skus(&*store, &by_sku, ProductSort::Relevance, 3).await, first);
    // Neither is in a name, both are common, and of all statuses.
    assert_eq!(
        skus(&*store, &searched("sale mug"), ProductSort::Id, 3).await,
        ["MUG-10000", "MUG-10001", "MUG-10002"]
    );
    let dear = skus(&*store, &filter, ProductSort::Price, 3).await;
    assert_eq!(dear, ["MUG-10098", "MUG-10198", "MUG-10298"]);
    // One that few hold beside one that all do, and one that none does.
    assert_eq!(skus(&*store, &searched("product 20155"), ProductSort::Relevance, 9).await, ["MUG-20155"]);
    assert_eq!(skus(&*store, &searched("sale 99999"), ProductSort::Relevance, 9).await, Vec::<String>::new());
    assert_eq!(skus(&*store, &searched("sale"), ProductSort::Sku, 2).await, ["MUG-10000", "MUG-10001"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_of_a_customer_and_a_product_that_both_have_many_are_found_in_order() {
    let database = TestDatabase::fresh();
    let store = store(&database.url()).await;
    let (mug, cup) = (product("MUG"), product("CUP"));
    for product in [&mug, &cup] {
        stocked(&store, product, 1_000_000).await;
    }
    for goods in [&mug, &cup] {
        let mut order = order_of(&[(goods, 1)]);
        order.customer.email = None;
        order.customer.reference = Some("till-1".parse().unwrap());
        store.place_order(&order, &Premises::default(), &for_order(&order), Commit::Keep).await.unwrap();
    }
    let raw = database.raw().await;
    let orders = raw.collection::<Document>("orders");
    let with = async |goods: &Product| {
        orders.find_one(doc! { "lines.product_id": goods.id.to_string() }).await.unwrap().unwrap()
    };
    let (of_mug, of_cup) = (with(&mug).await, with(&cup).await);
    // One in 500 is of a cup, and none of those among the first ten thousand.
    let alike = |n: i64| {
        let mut next = if n > MANY && n % 500 == 0 { of_cup.clone() } else { of_mug.clone() };
        next.extend(doc! {
            "_id": format!("{}{n:07}", &of_mug.get_str("_id").unwrap()[..23]), "number": 1000 + n,
            "total": 50_000 - n,
        });
        next
    };
    for from in (10..2 * MANY).step_by(1000) {
        orders.insert_many((from..(2 * MANY).min(from + 1000)).map(alike)).await.unwrap();
    }
    let of_both = |goods: &Product| OrderFilter {
        customer_ref: Some("till-1".parse().unwrap()),
        product_id: Some(goods.id),
        ..OrderFilter::default()
    };
    let numbers = async |filter: &OrderFilter, sort, descending| {
        let (mut listed, mut request) = (Vec::new(), page(sort, descending, 15));
        loop {
            let found = store.list_orders(filter, &request).await.unwrap();
            listed.extend(found.items.iter().map(|order| order.number.get()));
            let Some(last) = found.items.last().filter(|_| found.has_more) else { break listed };
            let value = match sort {
                OrderSort::Number => SortValue::Int(last.number.get()),
                _ => SortValue::Text(last.id.to_string()),
            };
            request.after = Some(Position { value, id: last.id.to_string() });
        }
    };
    let first = of_cup.get_i64("number").unwrap();
    let mut expected: Vec<i64> = (MANY + 1..2 * MANY).filter(|n| n % 500 == 0).map(|n| 1000 + n).collect();
    assert_eq!(
        numbers(&of_both(&cup), OrderSort::Number, false).await,
        [vec![first], expected.clone()].concat()
    );
    expected.reverse();
    let newest = numbers(&of_both(&cup), OrderSort::Id, true).await;
    assert_eq!(newest[..expected.len()], expected);
    // What is searched stands in the tail of many as well.
    let last =
        OrderFilter { query: Some((1000 + 2 * MANY - 1).to_string().parse().unwrap()), ..of_both(&mug) };
    assert_eq!(numbers(&last, OrderSort::Id, false).await, Vec::<i64>::new(), "the text says another number");
    let all = OrderFilter { query: Some("till".parse().unwrap()), customer_ref: None, ..of_both(&mug) };
    let found = store.list_orders(&all, &page(OrderSort::Number, true, 2)).await.unwrap().items;
    let found: Vec<i64> = found.iter().map(|order| order.number.get()).collect();
    assert_eq!(found, [1000 + 2 * MANY - 1, 1000 + 2 * MANY - 2]);
}

#[tokio::test]
async fn a_store_of_the_schema_before_is_searched_as_it_is_until_the_first_write() {
    let database = TestDatabase::fresh();
    let first = store(&database.url()).await;
    let named = |sku: &str, name: &str, status| Product {
        name: name.parse().unwrap(),
        status,
        group: Some("cups".parse().unwrap()),
        ..product(sku)
    };
    for product in [
        named("MUG-1", "Blue mug", ProductStatus::Active),
        named("MUG-2", "Red mug", ProductStatus::Draft),
        named("CUP-1", "Cup for a mug", ProductStatus::Active),
        named("POT", "Teapot", ProductStatus::Active),
    ] {
        first.insert_product(&product, None, Commit::Keep).await.unwrap();
    }
    // As the schema before left it.
    let raw = database.raw().await;
    raw.run_command(doc! { "collMod": "products", "validator": {} }).await.unwrap();
    let products = raw.collection::<Document>("products");
    products.update_many(doc! {}, doc! { "$unset": { "search_text": 1 } }).await.unwrap();
    for index in ["list_status_search_text", "list_group_status", "list_tags_status"] {
        products.drop_index(index).await.unwrap();
    }
    let former = doc! {
        "createIndexes": "products",
        "indexes": [
            { "key": { "status": 1, "_id": 1, "price": 1, "currency": 1, "created_at": 1 }, "name": "list_status__id" },
            { "key": { "group": 1, "status": 1, "_id": 1 }, "name": "list_group_status" },
        ],
    };
    raw.run_command(former).await.unwrap();
    let counters = raw.collection::<Document>("counters");
    counters.update_one(doc! { "_id": "schema" }, doc! { "$set": { "value": 9_i64 } }).await.unwrap();

    let store = store(&database.url()).await;
    for written in [false, true] {
        if written {
            store.insert_user(&user("ada@example.com"), Commit::Keep).await.unwrap();
        }
        let filter = ProductFilter {
            group: Some("cups".parse().unwrap()),
            tag: Some("kitchen".parse().unwrap()),
            ..searched("mug kit")
        };
        let found = ["MUG-1", "MUG-2", "CUP-1"];
        assert_eq!(skus(&*store, &filter, ProductSort::Relevance, 9).await, found, "{written}");
        assert_eq!(skus(&*store, &searched("mug"), ProductSort::Relevance, 9).await, found, "{written}");
        let sorted = skus(&*store, &searched("a kit"), ProductSort::Sku, 9).await;
        assert_eq!(sorted, ["CUP-1"], "{written}");
        let all = skus(&*store, &ProductFilter::default(), ProductSort::Id, 9).await;
        assert_eq!(all, ["MUG-1", "MUG-2", "CUP-1", "POT"], "{written}");
        for stored in store.stored_products(None, 9).await.unwrap().items {
            assert_eq!(stored.search, stored.product.ok().map(|product| product.search_text()));
        }
    }
    assert_eq!(problems(&*store).await, Vec::<String>::new());
    let indexes = products.list_index_names().await.unwrap();
    assert!(!indexes.contains(&"list_status__id".to_owned()), "{indexes:?}");
}

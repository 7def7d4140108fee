//! Promises of `ProductStore` about lists.

use shopctl::domain::money::Money;
use shopctl::domain::page::SortValue;
use shopctl::domain::product::{Product, ProductFilter, ProductSort, ProductStatus};
use shopctl::store::Commit;

use super::lists::{check_sort, int, text, walk};
use crate::support::builders::{at, context, eur, page, product};
use crate::support::store::TestStore;

contract![
    lists_products_in_every_order,
    lists_the_products_that_match_every_filter,
    a_filter_by_tag_follows_the_changes_of_a_product,
    a_list_with_a_filter_pages_too,
    what_stays_is_listed_once_whatever_is_written_meanwhile,
];

fn key(field: ProductSort) -> impl Fn(&Product) -> (SortValue, String) {
    move |product| {
        let value = match field {
            ProductSort::Id | ProductSort::Relevance => text(&product.id),
            ProductSort::CreatedAt => int(product.created_at.as_millis()),
            ProductSort::UpdatedAt => int(product.updated_at.as_millis()),
            ProductSort::Sku => text(product.sku.norm()),
            ProductSort::Name => text(&product.name),
            ProductSort::Price => int(product.price.minor()),
        };
        (value, product.id.to_string())
    }
}

async fn filled(store: &TestStore) -> Vec<Product> {
    let mut products = Vec::new();
    let skus = ["mug", "Ω-cup", "$gt", "a.b", "A_b", "Zebra", "10"];
    for (n, sku) in (0_i64..).zip(skus) {
        let currency = if n < 5 { "EUR" } else { "JPY" };
        let mut product = Product {
            created_at: at(n / 2),
            updated_at: at(10 - n / 3),
            name: ["b", "B", "a", "é", "b", "Ω", "𝒳"][usize::try_from(n).unwrap()].parse().unwrap(),
            price: Money::from_minor(
                [500, 20, 500, 0, 1000, 20, 9][usize::try_from(n).unwrap()],
                currency.parse().unwrap(),
            )
            .unwrap(),
            status: ProductStatus::ALL[usize::try_from(n % 3).unwrap()],
            ..product(sku)
        };
        product.group = (n == 1 || n == 2).then(|| "Cups".parse().unwrap());
        product.tags = match n {
            0 => vec!["red".parse().unwrap(), "sale".parse().unwrap()],
            3 => vec!["sale".parse().unwrap()],
            4 => vec!["Sale".parse().unwrap()],
            _ => vec![],
        };
        store.insert_product(&product, None, Commit::Keep).await.unwrap();
        products.push(product);
    }
    products
}

async fn lists_products_in_every_order(store: &TestStore) {
    let all = filled(store).await;
    // Without a search all are equally relevant, in one direction.
    for &field in ProductSort::ALL.iter().filter(|field| **field != ProductSort::Relevance) {
        let list = async |request: &_| {
            store.list_products(&ProductFilter::default(), request).await.expect("a page")
        };
        check_sort(field, &all, list, key(field)).await;
    }
}

async fn lists_the_products_that_match_every_filter(store: &TestStore) {
    let all = filled(store).await;
    let none = ProductFilter::default();
    let tag = |tag: &str| ProductFilter { tag: Some(tag.parse().unwrap()), ..ProductFilter::default() };
    let group =
        |group: &str| ProductFilter { group: Some(group.parse().unwrap()), ..ProductFilter::default() };
    for (filter, expected) in [
        (none.clone(), vec![0, 1, 2, 3, 4, 5, 6]),
        (ProductFilter { status: Some(ProductStatus::Archived), ..none.clone() }, vec![2, 5]),
        (tag("sale"), vec![0, 3]),
        (tag("Sale"), vec![4]),
        (tag("sal"), vec![]),
        (group("Cups"), vec![1, 2]),
        (group("cups"), vec![]),
        (ProductFilter { min_price: Some(500), ..none.clone() }, vec![0, 2, 4]),
        (ProductFilter { max_price: Some(20), ..none.clone() }, vec![1, 3, 5, 6]),
        (ProductFilter { min_price: Some(10), max_price: Some(20), ..none.clone() }, vec![1, 5]),
        (ProductFilter { currency: Some("JPY".parse().unwrap()), ..none.clone() }, vec![5, 6]),
        (
            ProductFilter { created_after: Some(at(1)), created_before: Some(at(3)), ..none.clone() },
            vec![2, 3, 4, 5],
        ),
        (ProductFilter { tag: Some("sale".parse().unwrap()), min_price: Some(1), ..none.clone() }, vec![0]),
    ] {
        let listed = store.list_products(&filter, &page(ProductSort::Id, false, 100)).await.unwrap();
        let expected: Vec<Product> = expected.into_iter().map(|n: usize| all[n].clone()).collect();
        assert_eq!(listed.items, expected, "{filter:?}");
    }
}

async fn a_filter_by_tag_follows_the_changes_of_a_product(store: &TestStore) {
    let mug = product("MUG");
    store.insert_product(&mug, None, Commit::Keep).await.unwrap();
    let with = async |tag: &str| {
        let filter = ProductFilter { tag: Some(tag.parse().unwrap()), ..ProductFilter::default() };
        store.list_products(&filter, &page(ProductSort::Id, false, 10)).await.unwrap().items.len()
    };
    assert_eq!((with("kitchen").await, with("new").await), (1, 0));
    let changed = Product {
        version: mug.version.next(),
        tags: vec!["Blue".parse().unwrap(), "new".parse().unwrap()],
        ..mug.clone()
    };
    store.replace_product(&changed, Commit::Keep).await.unwrap();
    assert_eq!((with("kitchen").await, with("new").await, with("Blue").await), (0, 1, 1));
}

async fn a_list_with_a_filter_pages_too(store: &TestStore) {
    let all = filled(store).await;
    let cheap: Vec<Product> = all.into_iter().filter(|product| product.price.minor() <= 500).collect();
    let filter = ProductFilter { max_price: Some(500), ..ProductFilter::default() };
    let list = async |request: &_| store.list_products(&filter, request).await.expect("a page");
    check_sort(ProductSort::Price, &cheap, list, key(ProductSort::Price)).await;
}

async fn what_stays_is_listed_once_whatever_is_written_meanwhile(store: &TestStore) {
    let named = |sku: String, n: usize| Product {
        name: format!("n{:02}", n * 7 % 40).parse().unwrap(),
        ..product(&sku)
    };
    let (mut stay, mut go) = (Vec::new(), Vec::new());
    for n in 0..40 {
        stay.push(named(format!("stay-{n}"), n));
        go.push(named(format!("go-{n}"), n));
    }
    for product in stay.iter().chain(&go) {
        store.insert_product(product, None, Commit::Keep).await.unwrap();
    }
    let list =
        async |request: &_| store.list_products(&ProductFilter::default(), request).await.expect("a page");
    for descending in [false, true] {
        let reading = walk(page(ProductSort::Name, descending, 3), list, key(ProductSort::Name));
        let writing = async {
            let new = if descending { "down" } else { "up" };
            for (n, gone) in go.split_off(go.len() / 2).into_iter().enumerate() {
                store.insert_product(&named(format!("{new}-{n}"), n), None, Commit::Keep).await.unwrap();
                store.delete_product(gone.id, gone.version, &context(), Commit::Keep).await.unwrap();
                // Not the field that the list is sorted by.
                let next = Product {
                    version: stay[n].version.next(),
                    price: eur(n.try_into().unwrap()),
                    ..stay[n].clone()
                };
                store.replace_product(&next, Commit::Keep).await.unwrap();
                stay[n] = next;
            }
        };
        let (seen, ()) = tokio::join!(reading, writing);
        let mut ids: Vec<_> = seen.iter().map(|product| product.id).collect();
        ids.sort_unstable();
        let all = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), all, "a row came twice");
        for product in &stay {
            assert!(ids.binary_search(&product.id).is_ok(), "{} was left out", product.sku);
        }
    }
}

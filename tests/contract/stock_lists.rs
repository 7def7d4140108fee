//! Promises of `InventoryStore` about lists.

use shopctl::domain::inventory::{MovementContext, StockFilter, StockItem, StockOp, StockSort};
use shopctl::domain::page::SortValue;
use shopctl::store::{Commit, StockChange};

use super::lists::{check_sort, int, text};
use crate::support::builders::{at, change, context, order_of, page, product, q};
use crate::support::store::{TestStore, placed};

contract![lists_stock_in_every_order, lists_the_stock_that_matches_every_filter];

fn key(field: StockSort) -> impl Fn(&StockItem) -> (SortValue, String) {
    move |item| {
        let value = match field {
            StockSort::Id => text(&item.product_id),
            StockSort::CreatedAt => int(item.created_at.as_millis()),
            StockSort::UpdatedAt => int(item.updated_at.as_millis()),
            StockSort::Sku => text(item.sku.norm()),
            StockSort::OnHand => int(item.level.on_hand()),
            StockSort::Reserved => int(item.level.reserved()),
        };
        (value, item.product_id.to_string())
    }
}

/// On hand 9, 0, 5, 5, 20, 3 with 0, 0, 2, 0, 2, 3 reserved and thresholds at 2, 0, 3, -, 18, -.
async fn filled(store: &TestStore) -> Vec<StockItem> {
    let rows = [
        ("mug", 9, 0, Some(2)),
        ("Ω", 0, 0, Some(0)),
        ("$gt", 5, 2, Some(3)),
        ("Zebra", 5, 0, None),
        ("a.b", 20, 2, Some(18)),
        ("A_b", 3, 3, None),
    ];
    let mut items = Vec::new();
    for (n, (sku, on_hand, reserved, low)) in (0_i64..).zip(rows) {
        let product = product(sku);
        store.insert_product(&product, None, Commit::Keep).await.unwrap();
        let first = StockChange {
            low_stock_at: Some(low.map(q)),
            context: MovementContext { at: at(n / 2), ..context() },
            ..change(product.id, StockOp::Receive(q(on_hand)))
        };
        store.change_stock(&first, Commit::Keep).await.unwrap();
        if reserved > 0 {
            placed(store, &order_of(&[(&product, reserved)])).await;
        }
        items.push(store.find_stock(product.id).await.unwrap().unwrap());
    }
    items
}

async fn lists_stock_in_every_order(store: &TestStore) {
    let all = filled(store).await;
    for &field in StockSort::ALL {
        let list =
            async |request: &_| store.list_stock(&StockFilter::default(), request).await.expect("a page");
        check_sort(field, &all, list, key(field)).await;
    }
}

async fn lists_the_stock_that_matches_every_filter(store: &TestStore) {
    let all = filled(store).await;
    let none = StockFilter::default();
    for (filter, expected) in [
        (none.clone(), vec![0, 1, 2, 3, 4, 5]),
        (StockFilter { below: Some(3), ..none.clone() }, vec![1, 5]),
        (StockFilter { below: Some(4), ..none.clone() }, vec![1, 2, 5]),
        (StockFilter { below: Some(0), ..none.clone() }, vec![]),
        (StockFilter { low: true, ..none.clone() }, vec![1, 2, 4]),
        (StockFilter { low: true, below: Some(4), ..none.clone() }, vec![1, 2]),
        (StockFilter { query: Some("B".parse().unwrap()), ..none.clone() }, vec![3, 4, 5]),
        (StockFilter { query: Some("a.B".parse().unwrap()), ..none.clone() }, vec![4]),
        (StockFilter { query: Some("^".parse().unwrap()), ..none.clone() }, vec![]),
        (StockFilter { query: Some("$".parse().unwrap()), ..none.clone() }, vec![2]),
        (StockFilter { query: Some("a_".parse().unwrap()), below: Some(3), ..none.clone() }, vec![5]),
        (StockFilter { created_after: Some(at(1)), ..none.clone() }, vec![2, 3, 4, 5]),
        (StockFilter { created_after: Some(at(1)), low: true, ..none.clone() }, vec![2, 4]),
        (StockFilter { created_before: Some(at(1)), ..none.clone() }, vec![0, 1]),
    ] {
        let listed = store.list_stock(&filter, &page(StockSort::Id, false, 100)).await.unwrap();
        let expected: Vec<StockItem> = expected.into_iter().map(|n: usize| all[n].clone()).collect();
        assert_eq!(listed.items, expected, "{filter:?}");
    }
}

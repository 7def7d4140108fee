//! Promises of `OrderStore` about lists.

use shopctl::domain::order::{Command, Order, OrderFilter, OrderSort, OrderStatus, PaymentStatus};
use shopctl::domain::page::SortValue;
use shopctl::domain::product::Product;
use shopctl::store::Commit;

use super::lists::{check_sort, int, text};
use crate::support::builders::{
    at, cancel_all, eur, for_order, order_of, page, product, ship_all, step, user,
};
use crate::support::store::{TestStore, placed, stocked};

contract![lists_orders_in_every_order, lists_the_orders_that_match_every_filter];

fn key(field: OrderSort) -> impl Fn(&Order) -> (SortValue, String) {
    move |order| {
        let value = match field {
            OrderSort::Id => text(&order.id),
            OrderSort::CreatedAt => int(order.created_at.as_millis()),
            OrderSort::UpdatedAt => int(order.updated_at.as_millis()),
            OrderSort::Number => int(order.number.get()),
            OrderSort::Total => int(order.total().unwrap().minor()),
        };
        (value, order.id.to_string())
    }
}

/// Six orders, and the products on them.
async fn filled(store: &TestStore) -> (Vec<Order>, Product, Product) {
    let (mug, cup) = (product("MUG"), Product { price: eur(500), ..product("CUP") });
    stocked(store, &mug, 99).await;
    stocked(store, &cup, 99).await;
    let mut orders = Vec::new();
    let items: [&[(&Product, i64)]; 6] = [
        &[(&mug, 1)],
        &[(&cup, 4)],
        &[(&mug, 1), (&cup, 1), (&mug, 1)],
        &[(&cup, 1)],
        &[(&cup, 4)],
        &[(&mug, 2)],
    ];
    for (n, items) in (0_i64..).zip(items) {
        let mut order = Order { created_at: at(n / 2), updated_at: at(10 - n / 2), ..order_of(items) };
        if n == 3 {
            order.customer.email = Some("ada@example.com".parse().unwrap());
            order.customer.user_id = Some(user("ada@example.com").id);
        }
        if n == 5 {
            order.customer.email = None;
            order.customer.reference = Some("C-4711".parse().unwrap());
        }
        orders.push(placed(store, &order).await);
    }
    for (n, command) in [(1, Command::Pay), (1, ship_all()), (2, Command::Pay), (4, cancel_all())] {
        let (after, effects) = step(&orders[n], &command);
        store.step_order(&after, &effects, &for_order(&after), Commit::Keep).await.unwrap();
        orders[n] = after;
    }
    (orders, mug, cup)
}

async fn lists_orders_in_every_order(store: &TestStore) {
    let (all, ..) = filled(store).await;
    for &field in OrderSort::ALL {
        let list =
            async |request: &_| store.list_orders(&OrderFilter::default(), request).await.expect("a page");
        check_sort(field, &all, list, key(field)).await;
    }
}

async fn lists_the_orders_that_match_every_filter(store: &TestStore) {
    let (all, mug, cup) = filled(store).await;
    let none = OrderFilter::default();
    let status = |status| OrderFilter { status: Some(status), ..OrderFilter::default() };
    let payment = |status| OrderFilter { payment_status: Some(status), ..OrderFilter::default() };
    let of = |id| OrderFilter { product_id: Some(id), ..OrderFilter::default() };
    for (filter, expected) in [
        (none.clone(), vec![0, 1, 2, 3, 4, 5]),
        (OrderFilter { user_id: all[3].customer.user_id, ..none.clone() }, vec![3]),
        (OrderFilter { user_id: Some(user("x@y.z").id), ..none.clone() }, vec![]),
        (OrderFilter { email: Some("ADA@example.com".parse().unwrap()), ..none.clone() }, vec![3]),
        (OrderFilter { email: Some("grace@example.com".parse().unwrap()), ..none.clone() }, vec![0, 1, 2, 4]),
        (OrderFilter { customer_ref: Some("C-4711".parse().unwrap()), ..none.clone() }, vec![5]),
        (OrderFilter { customer_ref: Some("c-4711".parse().unwrap()), ..none.clone() }, vec![]),
        (OrderFilter { query: Some("c-47".parse().unwrap()), ..none.clone() }, vec![5]),
        (status(OrderStatus::Pending), vec![0, 3, 5]),
        (status(OrderStatus::Confirmed), vec![2]),
        (status(OrderStatus::Shipped), vec![1]),
        (status(OrderStatus::Cancelled), vec![4]),
        (status(OrderStatus::Expired), vec![]),
        (payment(PaymentStatus::Paid), vec![1, 2]),
        (payment(PaymentStatus::Unpaid), vec![0, 3, 4, 5]),
        (of(mug.id), vec![0, 2, 5]),
        (of(cup.id), vec![1, 2, 3, 4]),
        (of(product("OTHER").id), vec![]),
        (OrderFilter { created_after: Some(at(1)), ..none.clone() }, vec![2, 3, 4, 5]),
        (OrderFilter { created_before: Some(at(1)), ..none.clone() }, vec![0, 1]),
        (
            OrderFilter { product_id: Some(cup.id), status: Some(OrderStatus::Pending), ..none.clone() },
            vec![3],
        ),
    ] {
        let listed = store.list_orders(&filter, &page(OrderSort::Id, false, 100)).await.unwrap();
        let expected: Vec<Order> = expected.into_iter().map(|n: usize| all[n].clone()).collect();
        assert_eq!(listed.items, expected, "{filter:?}");
    }
}

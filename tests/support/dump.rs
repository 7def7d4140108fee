//! Everything in a store, to see that nothing changed.

use std::ops::Deref;

use shopctl::domain::id::ProductId;
use shopctl::domain::inventory::{Movement, StockFilter, StockItem, StockSort};
use shopctl::domain::order::{Line, Order, OrderFilter, OrderSort};
use shopctl::domain::product::{Product, ProductFilter, ProductSort};
use shopctl::domain::session::PublicKey;
use shopctl::domain::user::{User, UserFilter, UserSort};
use shopctl::store::{Counts, Store};

use super::builders::page;

/// What a store holds, in the order of ids.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Dump {
    pub(crate) users: Vec<User>,
    pub(crate) products: Vec<Product>,
    pub(crate) orders: Vec<Order>,
    pub(crate) stock: Vec<StockItem>,
    pub(crate) movements: Vec<Movement>,
    pub(crate) keys: Vec<PublicKey>,
    pub(crate) counts: Counts,
}

const ALL: usize = 100_000;

/// Reads everything. Movements are those of products that are there.
pub(crate) async fn dump(store: &impl Deref<Target = dyn Store>) -> Dump {
    let users = store.list_users(&UserFilter::default(), &page(UserSort::Id, false, ALL)).await;
    let products = store.list_products(&ProductFilter::default(), &page(ProductSort::Id, false, ALL)).await;
    let orders = store.list_orders(&OrderFilter::default(), &page(OrderSort::Id, false, ALL)).await;
    let stock = store.list_stock(&StockFilter::default(), &page(StockSort::Id, false, ALL)).await;
    let products = products.expect("products").items;
    let mut movements = Vec::new();
    for product in &products {
        movements.extend(movements_of(store, product.id).await);
    }
    Dump {
        users: users.expect("users").items,
        orders: orders.expect("orders").items,
        stock: stock.expect("stock").items,
        products,
        movements,
        keys: store.public_keys().await.expect("keys"),
        counts: store.info().await.expect("info").counts,
    }
}

/// Every movement of a product, oldest first.
pub(crate) async fn movements_of(
    store: &impl Deref<Target = dyn Store>,
    product: ProductId,
) -> Vec<Movement> {
    store.list_movements(product, None, false, ALL).await.expect("movements").items
}

/// Fails unless stock and orders keep the rules 1 to 10 of the data model.
pub(crate) async fn assert_sound(store: &impl Deref<Target = dyn Store>) {
    let dump = dump(store).await;
    for item in &dump.stock {
        let movements: Vec<_> =
            dump.movements.iter().filter(|movement| movement.product_id == item.product_id).collect();
        let (mut on_hand, mut reserved) = (0, 0);
        for (seq, movement) in (1..).zip(&movements) {
            on_hand += movement.on_hand_delta;
            reserved += movement.reserved_delta;
            assert_eq!(movement.seq, seq, "a gap in the movements of {}", item.sku);
            assert_eq!(
                (movement.on_hand_after, movement.reserved_after),
                (on_hand, reserved),
                "{}",
                item.sku
            );
        }
        assert_eq!((item.level.on_hand(), item.level.reserved()), (on_hand, reserved), "{}", item.sku);
        assert_eq!(item.seq, i64::try_from(movements.len()).expect("few"), "{}", item.sku);
        let lines = dump.orders.iter().flat_map(|order| &order.lines);
        let open: i64 = lines.filter(|line| line.product_id == item.product_id).map(Line::open).sum();
        assert_eq!(reserved, open, "reserved of {} and what open orders hold", item.sku);
    }
    let mut numbers: Vec<_> = dump.orders.iter().map(|order| order.number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), dump.orders.len(), "two orders with one number");
}

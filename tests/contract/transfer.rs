//! [`Transfer`](shopctl::store::Transfer)

use shopctl::domain::inventory::StockOp;
use shopctl::domain::number::Version;
use shopctl::domain::order::{Command, Order};
use shopctl::domain::product::Product;
use shopctl::domain::user::User;
use shopctl::store::{Commit, StoreError, Things, Unique};

use crate::support::builders::{
    at, cancel_all, change, context, for_order, order_of, product, q, ship_all, step, user,
};
use crate::support::dump::dump;
use crate::support::store::{TestStore, placed, sqlite_store, stocked};

contract![
    writes_a_shop_as_it_was,
    refuses_what_is_there,
    walks_all_movements_also_of_removed_products,
    sets_the_order_number_up_and_down,
    bears_one_mark_at_a_time,
];

/// A shop of its own in which something has happened.
async fn lively() -> TestStore {
    let store = sqlite_store().await;
    let (mug, cup, gone) = (product("MUG"), product("CUP"), product("GONE"));
    for product in [&mug, &cup, &gone] {
        stocked(&store, product, 20).await;
    }
    store.delete_product(gone.id, gone.version, &context(), Commit::Keep).await.unwrap();
    store
        .change_stock(&change(cup.id, StockOp::Count { to: q(7), expected: None }), Commit::Keep)
        .await
        .unwrap();
    store.insert_user(&User { auth_epoch: 3, ..user("ada@example.com") }, Commit::Keep).await.unwrap();
    for (name, commands) in [("A", vec![Command::Pay, ship_all()]), ("B", vec![cancel_all()]), ("C", vec![])]
    {
        let mut order =
            Order { external_ref: Some(name.parse().unwrap()), ..order_of(&[(&mug, 2), (&cup, 1)]) };
        order = placed(&store, &order).await;
        for command in commands {
            let (after, effects) = step(&order, &command);
            store.step_order(&after, &effects, &for_order(&after), Commit::Keep).await.unwrap();
            order = after;
        }
    }
    store
}

async fn writes_a_shop_as_it_was(store: &TestStore) {
    let from = lively().await;
    let shop = dump(&from).await;
    store.put_things(Things::Users(shop.users.clone())).await.unwrap();
    store.put_things(Things::Products(shop.products.clone())).await.unwrap();
    store.put_things(Things::Stock(shop.stock.clone())).await.unwrap();
    let movements = from.movements_after(None, 1000).await.unwrap();
    store.put_things(Things::Movements(movements)).await.unwrap();
    store.put_things(Things::Orders(shop.orders.clone())).await.unwrap();
    assert_eq!(dump(store).await, shop);
    crate::support::dump::assert_sound(store).await;
}

async fn refuses_what_is_there(store: &TestStore) {
    let (mug, ada) = (product("MUG"), user("ada@example.com"));
    store.put_things(Things::Products(vec![mug.clone()])).await.unwrap();
    store.put_things(Things::Users(vec![ada.clone()])).await.unwrap();
    let other = Product { version: Version::FIRST, ..product("mug") };
    assert_fails!(store.put_things(Things::Products(vec![other])).await, StoreError::Duplicate(Unique::Sku));
    assert_fails!(store.put_things(Things::Users(vec![ada])).await, StoreError::Duplicate(_));
    assert_eq!(dump(store).await.products, [mug]);
}

async fn walks_all_movements_also_of_removed_products(store: &TestStore) {
    let (first, second) = (product("A"), product("B"));
    for product in [&first, &second] {
        stocked(store, product, 5).await;
    }
    store.delete_product(first.id, first.version, &context(), Commit::Keep).await.unwrap();
    let all = store.movements_after(None, 100).await.unwrap();
    let places: Vec<_> = all.iter().map(|movement| (movement.product_id, movement.seq)).collect();
    assert_eq!(places, [(first.id, 1), (first.id, 2), (second.id, 1)]);
    assert_eq!(store.movements_after(Some((first.id, 1)), 1).await.unwrap(), all[1..2]);
    assert_eq!(store.movements_after(Some((second.id, 1)), 1).await.unwrap(), []);
    assert_eq!(store.last_movement().await.unwrap(), all.last().cloned());
}

async fn sets_the_order_number_up_and_down(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 9).await;
    for last in [5000, 3000] {
        store.set_order_number(last).await.unwrap();
        assert_eq!(store.numbering().await.unwrap().counter, Some(last));
        let order = Order { created_at: at(1), ..order_of(&[(&mug, 1)]) };
        assert_eq!(placed(store, &order).await.number.get(), last + 1);
    }
}

async fn bears_one_mark_at_a_time(store: &TestStore) {
    assert_eq!(store.transfer_mark().await.unwrap(), None);
    store.set_transfer_mark(Some("abc1")).await.unwrap();
    assert_eq!(store.transfer_mark().await.unwrap().as_deref(), Some("abc1"));
    assert_fails!(store.set_transfer_mark(Some("abc2")).await, StoreError::Duplicate(_));
    store.set_transfer_mark(None).await.unwrap();
    assert_eq!(store.transfer_mark().await.unwrap(), None);
}

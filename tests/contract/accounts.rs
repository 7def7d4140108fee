//! Promises of `InventoryStore::stock_account`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use shopctl::domain::order::{Command, ItemQuantity, Order};
use shopctl::domain::product::Product;
use shopctl::store::{AccountLimits, Commit, Premises, StockAccount, Store, StoreError};

use crate::support::at_once::at_once;
use crate::support::builders::{at, cancel_all, for_order, order_of, product, q, ship_all, step};
use crate::support::dump::movements_of;
use crate::support::store::{TestStore, placed, stocked};

contract![
    an_account_sums_every_open_order_and_lists_as_many_as_asked_for,
    an_account_counts_only_what_is_neither_sent_nor_given_up,
    an_account_of_a_product_without_stock_is_empty,
    an_account_is_of_one_moment_while_others_write,
];

const MANY: AccountLimits = AccountLimits { orders: 100, holds: 100, movements: 100 };

async fn after(store: &TestStore, order: &Order, command: &Command) -> Order {
    let (after, effects) = step(order, command);
    store.step_order(&after, &effects, &for_order(order), Commit::Keep).await.expect("a step");
    after
}

async fn an_account_sums_every_open_order_and_lists_as_many_as_asked_for(store: &TestStore) {
    let (mug, cup) = (product("MUG"), product("CUP"));
    stocked(store, &mug, 99).await;
    stocked(store, &cup, 99).await;
    let until = |until: Option<i64>, order: Order| Order { hold_until: until.map(at), ..order };
    let late = placed(store, &until(Some(900), order_of(&[(&mug, 1)]))).await;
    let endless = placed(store, &until(None, order_of(&[(&cup, 7), (&mug, 2)]))).await;
    let soon = placed(store, &until(Some(300), order_of(&[(&mug, 3), (&cup, 1), (&mug, 4)]))).await;
    placed(store, &order_of(&[(&cup, 9)])).await;
    let paid = placed(store, &until(Some(100), order_of(&[(&mug, 5)]))).await;
    let paid = after(store, &paid, &Command::Pay).await;
    let whole = store.stock_account(mug.id, MANY).await.unwrap();
    assert_eq!((whole.open_orders, whole.open_pieces), (4, 15));
    assert_eq!(whole.oldest, [late.clone(), endless.clone(), soon.clone(), paid]);
    assert_eq!(whole.ending, [soon.clone(), late.clone()], "what is paid does not end by itself");
    assert_eq!(whole.item, store.find_stock(mug.id).await.unwrap());
    let mut movements = movements_of(store, mug.id).await;
    movements.reverse();
    assert_eq!(whole.movements, movements);
    let limits = AccountLimits { orders: 2, holds: 1, movements: 3 };
    let part = store.stock_account(mug.id, limits).await.unwrap();
    movements.truncate(3);
    let expected = StockAccount { oldest: vec![late, endless], ending: vec![soon], movements, ..whole };
    assert_eq!(part, expected);
}

async fn an_account_counts_only_what_is_neither_sent_nor_given_up(store: &TestStore) {
    let (mug, cup) = (product("MUG"), product("CUP"));
    stocked(store, &mug, 99).await;
    stocked(store, &cup, 99).await;
    let items = |count| Some(vec![ItemQuantity { sku: mug.sku.clone(), quantity: q(count) }]);
    for command in [ship_all(), cancel_all(), Command::Expire] {
        let order = Order { hold_until: Some(at(1)), ..order_of(&[(&mug, 2)]) };
        let order = placed(store, &order).await;
        after(store, &order, &command).await;
    }
    // Open, but nothing of the mug.
    let order = placed(store, &order_of(&[(&mug, 2), (&cup, 2)])).await;
    after(store, &order, &Command::Cancel { items: items(2) }).await;
    let order = placed(store, &order_of(&[(&mug, 5)])).await;
    let order = after(store, &order, &Command::Ship { items: items(2), tracking: None }).await;
    let order = after(store, &order, &Command::Return { items: items(1), restock: true }).await;
    let order = after(store, &order, &Command::Cancel { items: items(1) }).await;
    let account = store.stock_account(mug.id, MANY).await.unwrap();
    assert_eq!((account.open_orders, account.open_pieces, account.oldest), (1, 2, vec![order]));
    assert_eq!(account.item.unwrap().level.reserved(), 2);
}

async fn an_account_of_a_product_without_stock_is_empty(store: &TestStore) {
    let mug = product("MUG");
    store.insert_product(&mug, None, Commit::Keep).await.unwrap();
    for id in [mug.id, product("OTHER").id] {
        let account = store.stock_account(id, MANY).await.unwrap();
        assert_eq!((account.item, account.open_orders, account.open_pieces), (None, 0, 0));
        assert_eq!((account.oldest, account.ending, account.movements), (vec![], vec![], vec![]));
    }
}

async fn an_account_is_of_one_moment_while_others_write(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 1000).await;
    let writing = Arc::new(AtomicUsize::new(4));
    at_once(8, |n| {
        let (store, mug, writing) = (store.share(), mug.clone(), Arc::clone(&writing));
        async move {
            if n < 4 {
                for turn in 0..12 {
                    order_and_think_better_of_it(&*store, &mug, turn).await;
                }
                writing.fetch_sub(1, Ordering::SeqCst);
                return;
            }
            while writing.load(Ordering::SeqCst) > 0 {
                let account = store.stock_account(mug.id, MANY).await.expect("an account");
                let level = account.item.as_ref().expect("a record").level;
                let last = &account.movements[0];
                let counts = (account.open_pieces, last.reserved_after, last.on_hand_after);
                assert_eq!(counts, (level.reserved(), level.reserved(), level.on_hand()));
            }
        }
    })
    .await;
}

/// Places an order, and cancels every other one.
async fn order_and_think_better_of_it(store: &dyn Store, mug: &Product, turn: i64) {
    let order = order_of(&[(mug, 1 + turn % 3)]);
    match store.place_order(&order, &Premises::default(), &for_order(&order), Commit::Keep).await {
        Ok(number) if turn % 2 == 0 => {
            let (after, effects) = step(&Order { number, ..order }, &cancel_all());
            let _ = store.step_order(&after, &effects, &for_order(&after), Commit::Keep).await;
        }
        // Many writers of one product may be in each other's way for too long.
        Ok(_) | Err(StoreError::Timeout) => {}
        Err(error) => panic!("{error}"),
    }
}

//! Somebody who reads all the while.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use shopctl::domain::id::ProductId;
use shopctl::domain::inventory::{StockFilter, StockItem, StockSort};
use shopctl::store::{AccountLimits, Store};

use super::door::Handle;
use crate::support::builders::page;

/// Reads stock until told to stop, and gives how often. Rule 1 holds whenever it looks, counts never go back to what they were, and
/// the account of one moment adds up.
pub(super) async fn observe(store: Arc<dyn Store>, skus: Vec<String>, stop: Arc<AtomicBool>) -> usize {
    let handle = Handle::on(&store);
    let mut last: HashMap<ProductId, i64> = HashMap::new();
    let limits = AccountLimits { orders: 5, holds: 5, movements: 5 };
    for turn in 0.. {
        if stop.load(Ordering::Relaxed) {
            return turn;
        }
        let listed = store.list_stock(&StockFilter::default(), &page(StockSort::Id, false, 1000)).await;
        let items = listed.expect("stock is read").items;
        assert_eq!(items.len(), skus.len());
        for item in &items {
            let before = last.insert(item.product_id, item.seq).unwrap_or_default();
            assert!(item.seq >= before, "{}: movement {before} was there, now {}", item.sku, item.seq);
            assert_counts(item);
        }
        let one = &items[turn % items.len()];
        let account = store.stock_account(one.product_id, limits).await.expect("an account");
        let item = account.item.expect("a record");
        assert_counts(&item);
        let newest = &account.movements[0];
        assert_eq!(
            (account.open_pieces, newest.seq, newest.on_hand_after, newest.reserved_after),
            (item.level.reserved(), item.seq, item.level.on_hand(), item.level.reserved()),
            "the account of {} at one moment",
            item.sku
        );
        let told = handle.inventory.explain(&skus[turn % skus.len()]).await.expect("an explanation");
        assert!(told.agrees, "{:?}", told.problems);
    }
    unreachable!("turns do not end")
}

fn assert_counts(item: &StockItem) {
    let (on_hand, reserved) = (item.level.on_hand(), item.level.reserved());
    assert!(0 <= reserved && reserved <= on_hand, "{}: {reserved} reserved of {on_hand}", item.sku);
}

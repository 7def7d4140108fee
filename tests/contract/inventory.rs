//! Promises of `InventoryStore` about single records.

use shopctl::domain::inventory::{MovementKind, StockOp, StockRefusal};
use shopctl::domain::number::{Quantity, Version};
use shopctl::store::{Commit, Premises, Presence, StockChange, StoreError, Unique};

use crate::support::at_once::at_once;
use crate::support::builders::{change, context, for_order, order_of, product, q};
use crate::support::dump::{assert_sound, dump, movements_of};
use crate::support::store::{TestStore, level, placed, stocked};

contract![
    finds_no_stock_where_none_was_ever_kept,
    finds_the_records_among_many_products_each_once,
    a_first_change_makes_the_record,
    each_operation_changes_the_counts_and_writes_a_movement,
    counting_what_is_there_writes_nothing,
    counting_what_is_there_still_checks_what_the_counter_believed,
    sets_and_takes_away_the_threshold_without_a_movement,
    changes_counts_and_threshold_in_one_step,
    refuses_a_change_that_its_guard_refuses,
    refuses_a_change_of_another_version,
    refuses_a_record_that_must_not_exist_yet,
    refuses_a_record_that_must_exist,
    refuses_stock_of_a_product_that_is_gone,
    of_16_first_records_made_at_once_one_is_made,
    adjustments_at_once_are_all_counted,
    of_16_changes_of_one_version_at_once_one_wins,
    orders_and_adjustments_at_once_keep_every_rule,
    removes_a_record_and_writes_it_down,
    refuses_to_remove_a_record_of_which_something_is_reserved,
    refuses_to_remove_another_version_of_a_record,
    a_record_made_again_continues_the_movements,
    a_dry_run_on_stock_leaves_nothing_behind,
    a_dry_run_on_stock_fails_as_the_write_would,
];

async fn finds_no_stock_where_none_was_ever_kept(store: &TestStore) {
    let mug = product("MUG");
    assert_eq!(store.find_stock(mug.id).await.unwrap(), None);
    store.insert_product(&mug, None, Commit::Keep).await.unwrap();
    assert_eq!(store.find_stock(mug.id).await.unwrap(), None);
}

async fn finds_the_records_among_many_products_each_once(store: &TestStore) {
    let (mug, cup, pot) = (product("MUG"), product("CUP"), product("POT"));
    stocked(store, &mug, 3).await;
    stocked(store, &pot, 0).await;
    store.insert_product(&cup, None, Commit::Keep).await.unwrap();
    let mut found = store.find_stocks(&[pot.id, mug.id, cup.id, mug.id, product("GONE").id]).await.unwrap();
    found.sort_by_key(|item| item.product_id);
    let known = [&mug, &pot].map(|product| store.find_stock(product.id));
    assert_eq!(
        found,
        futures_util::future::try_join_all(known).await.unwrap().into_iter().flatten().collect::<Vec<_>>()
    );
    assert_eq!(found.len(), 2);
    assert_eq!(store.find_stocks(&[]).await.unwrap(), vec![]);
}

async fn a_first_change_makes_the_record(store: &TestStore) {
    let mug = product("Mug");
    store.insert_product(&mug, None, Commit::Keep).await.unwrap();
    let made = store.change_stock(&change(mug.id, StockOp::Receive(q(3))), Commit::Keep).await.unwrap();
    assert_eq!((made.product_id, made.sku.as_str(), made.version), (mug.id, "Mug", Version::FIRST));
    assert_eq!((made.level.on_hand(), made.level.reserved(), made.seq), (3, 0, 1));
    assert_eq!((made.created_at, made.updated_at, made.low_stock_at), (context().at, context().at, None));
    assert_eq!(store.find_stock(mug.id).await.unwrap(), Some(made));
}

async fn each_operation_changes_the_counts_and_writes_a_movement(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 10).await;
    placed(store, &order_of(&[(&mug, 2)])).await;
    let most = Quantity::MAX - 20;
    for (op, kind, delta, on_hand) in [
        (StockOp::Receive(q(5)), MovementKind::Receive, 5, 15),
        (StockOp::Adjust(-13), MovementKind::Adjust, -13, 2),
        (StockOp::Adjust(7), MovementKind::Adjust, 7, 9),
        (StockOp::Count { to: q(4), expected: Some(q(9)) }, MovementKind::Count, -5, 4),
        (StockOp::Return(q(1)), MovementKind::Return, 1, 5),
        (StockOp::Receive(q(most)), MovementKind::Receive, most, most + 5),
    ] {
        let before = store.find_stock(mug.id).await.unwrap().unwrap();
        let after = store.change_stock(&change(mug.id, op), Commit::Keep).await.unwrap();
        assert_eq!((after.level.on_hand(), after.level.reserved()), (on_hand, 2), "{op:?}");
        assert_eq!((after.version, after.seq), (before.version.next(), before.seq + 1), "{op:?}");
        let movement = movements_of(store, mug.id).await.pop().unwrap();
        assert_eq!((movement.kind, movement.on_hand_delta, movement.reserved_delta), (kind, delta, 0));
        assert_eq!((movement.reason, movement.reference), (context().reason, context().reference));
    }
    assert_sound(store).await;
}

async fn counting_what_is_there_writes_nothing(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 10).await;
    let before = dump(store).await;
    let count = change(mug.id, StockOp::Count { to: q(10), expected: None });
    let item = store.change_stock(&count, Commit::Keep).await.unwrap();
    assert_eq!(item, before.stock[0]);
    let threshold = StockChange { op: None, low_stock_at: Some(None), ..count };
    assert_eq!(store.change_stock(&threshold, Commit::Keep).await.unwrap(), before.stock[0]);
    assert_eq!(dump(store).await, before);
}

async fn counting_what_is_there_still_checks_what_the_counter_believed(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 10).await;
    let count = change(mug.id, StockOp::Count { to: q(10), expected: Some(q(9)) });
    let refused = store.change_stock(&count, Commit::Keep).await;
    assert_fails!(
        refused,
        StoreError::Refused { refusal: StockRefusal::Unexpected { expected: 9, on_hand: 10 }, .. }
    );
}

async fn sets_and_takes_away_the_threshold_without_a_movement(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 10).await;
    let set = StockChange { op: None, low_stock_at: Some(Some(q(3))), ..change(mug.id, StockOp::Adjust(0)) };
    let item = store.change_stock(&set, Commit::Keep).await.unwrap();
    assert_eq!((item.low_stock_at, item.version.get(), item.seq), (Some(q(3)), 2, 1));
    // Later changes keep it.
    let item = store.change_stock(&change(mug.id, StockOp::Adjust(1)), Commit::Keep).await.unwrap();
    assert_eq!(item.low_stock_at, Some(q(3)));
    let unset = StockChange { low_stock_at: Some(None), ..set };
    let item = store.change_stock(&unset, Commit::Keep).await.unwrap();
    assert_eq!((item.low_stock_at, item.seq), (None, 2));
    assert_eq!(store.find_stock(mug.id).await.unwrap(), Some(item));
    assert_eq!(movements_of(store, mug.id).await.len(), 2);
}

async fn changes_counts_and_threshold_in_one_step(store: &TestStore) {
    let mug = product("MUG");
    store.insert_product(&mug, None, Commit::Keep).await.unwrap();
    let both = StockChange { low_stock_at: Some(Some(q(0))), ..change(mug.id, StockOp::Receive(q(4))) };
    let item = store.change_stock(&both, Commit::Keep).await.unwrap();
    assert_eq!((item.level.on_hand(), item.low_stock_at, item.version), (4, Some(q(0)), Version::FIRST));
}

async fn refuses_a_change_that_its_guard_refuses(store: &TestStore) {
    let mug = product("Mug");
    stocked(store, &mug, 10).await;
    placed(store, &order_of(&[(&mug, 4)])).await;
    let before = dump(store).await;
    for (op, refusal) in [
        (StockOp::Adjust(-7), StockRefusal::BelowReserved { wanted: 3, reserved: 4 }),
        (StockOp::Adjust(i64::MIN), StockRefusal::BelowReserved { wanted: i64::MIN + 10, reserved: 4 }),
        (StockOp::Count { to: q(3), expected: None }, StockRefusal::BelowReserved { wanted: 3, reserved: 4 }),
        (
            StockOp::Count { to: q(20), expected: Some(q(11)) },
            StockRefusal::Unexpected { expected: 11, on_hand: 10 },
        ),
        (StockOp::Receive(q(Quantity::MAX)), StockRefusal::TooMuch),
        (StockOp::Adjust(i64::MAX), StockRefusal::TooMuch),
        (StockOp::Release(q(5)), StockRefusal::NotReserved { asked: 5, reserved: 4 }),
        (StockOp::Reserve(q(7)), StockRefusal::Short { asked: 7, available: 6 }),
    ] {
        match store.change_stock(&change(mug.id, op), Commit::Keep).await {
            Err(StoreError::Refused { sku, refusal: found }) => {
                assert_eq!((sku.as_str(), found), ("Mug", refusal), "{op:?}");
            }
            other => panic!("{op:?}: {other:?}"),
        }
    }
    assert_eq!(dump(store).await, before);
}

async fn refuses_a_change_of_another_version(store: &TestStore) {
    let mug = product("MUG");
    store.insert_product(&mug, None, Commit::Keep).await.unwrap();
    let versioned = |version| StockChange {
        if_version: Some(Version::new(version).unwrap()),
        ..change(mug.id, StockOp::Adjust(1))
    };
    let absent = store.change_stock(&versioned(1), Commit::Keep).await;
    assert_fails!(absent, StoreError::Stale { current: None });
    store.change_stock(&change(mug.id, StockOp::Receive(q(1))), Commit::Keep).await.unwrap();
    let before = dump(store).await;
    let stale = store.change_stock(&versioned(2), Commit::Keep).await;
    assert_fails!(stale, StoreError::Stale { current: Some(version) } if version == Version::FIRST);
    assert_eq!(dump(store).await, before);
    assert_eq!(store.change_stock(&versioned(1), Commit::Keep).await.unwrap().version.get(), 2);
}

async fn refuses_a_record_that_must_not_exist_yet(store: &TestStore) {
    let mug = product("MUG");
    store.insert_product(&mug, None, Commit::Keep).await.unwrap();
    let first = StockChange { presence: Presence::Absent, ..change(mug.id, StockOp::Receive(q(1))) };
    store.change_stock(&first, Commit::Keep).await.unwrap();
    let before = dump(store).await;
    assert_fails!(store.change_stock(&first, Commit::Keep).await, StoreError::Duplicate(Unique::StockRecord));
    assert_eq!(dump(store).await, before);
}

async fn refuses_a_record_that_must_exist(store: &TestStore) {
    let mug = product("MUG");
    store.insert_product(&mug, None, Commit::Keep).await.unwrap();
    let present = StockChange { presence: Presence::Present, ..change(mug.id, StockOp::Receive(q(1))) };
    assert_fails!(store.change_stock(&present, Commit::Keep).await, StoreError::Stale { current: None });
    assert_eq!(store.find_stock(mug.id).await.unwrap(), None);
    store.change_stock(&change(mug.id, StockOp::Receive(q(1))), Commit::Keep).await.unwrap();
    store.change_stock(&present, Commit::Keep).await.unwrap();
    assert_eq!(level(store, &mug).await, (2, 0));
}

async fn refuses_stock_of_a_product_that_is_gone(store: &TestStore) {
    let mug = product("MUG");
    for presence in [Presence::Absent, Presence::Present, Presence::Either] {
        let change = StockChange { presence, ..change(mug.id, StockOp::Receive(q(1))) };
        assert_fails!(store.change_stock(&change, Commit::Keep).await, StoreError::Stale { current: None });
    }
    assert_eq!(movements_of(store, mug.id).await, vec![]);
}

async fn of_16_first_records_made_at_once_one_is_made(store: &TestStore) {
    let mug = product("MUG");
    store.insert_product(&mug, None, Commit::Keep).await.unwrap();
    let outcomes = at_once(16, |_| {
        let store = store.share();
        let first = StockChange { presence: Presence::Absent, ..change(mug.id, StockOp::Receive(q(2))) };
        async move { store.change_stock(&first, Commit::Keep).await }
    })
    .await;
    let refused =
        outcomes.iter().filter(|got| matches!(got, Err(StoreError::Duplicate(Unique::StockRecord)))).count();
    assert_eq!(refused, 15, "{outcomes:?}");
    assert_eq!(level(store, &mug).await, (2, 0));
    assert_sound(store).await;
}

async fn adjustments_at_once_are_all_counted(store: &TestStore) {
    let mug = product("MUG");
    store.insert_product(&mug, None, Commit::Keep).await.unwrap();
    let outcomes = at_once(32, |_| {
        let store = store.share();
        let change = change(mug.id, StockOp::Adjust(1));
        async move { store.change_stock(&change, Commit::Keep).await }
    })
    .await;
    let mut counts: Vec<i64> = outcomes.into_iter().map(|got| got.unwrap().level.on_hand()).collect();
    counts.sort_unstable();
    assert_eq!(counts, (1..=32).collect::<Vec<_>>(), "each saw its own result");
    assert_sound(store).await;
}

async fn of_16_changes_of_one_version_at_once_one_wins(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 1).await;
    let outcomes = at_once(16, |_| {
        let store = store.share();
        let change = StockChange { if_version: Some(Version::FIRST), ..change(mug.id, StockOp::Adjust(1)) };
        async move { store.change_stock(&change, Commit::Keep).await }
    })
    .await;
    assert_eq!(outcomes.iter().filter(|got| got.is_ok()).count(), 1, "{outcomes:?}");
    assert_eq!(level(store, &mug).await, (2, 0));
}

async fn orders_and_adjustments_at_once_keep_every_rule(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 10).await;
    let outcomes = at_once(40, |n| {
        let (store, order) = (store.share(), order_of(&[(&mug, 1)]));
        let change = change(mug.id, StockOp::Adjust(-1));
        async move {
            match n % 2 {
                0 => store
                    .place_order(&order, &Premises::default(), &for_order(&order), Commit::Keep)
                    .await
                    .map(drop),
                _ => store.change_stock(&change, Commit::Keep).await.map(drop),
            }
        }
    })
    .await;
    assert_eq!(outcomes.iter().filter(|got| got.is_ok()).count(), 10, "{outcomes:?}");
    let (on_hand, reserved) = level(store, &mug).await;
    assert_eq!(on_hand, reserved, "what was not written off is promised");
    assert_sound(store).await;
}

async fn removes_a_record_and_writes_it_down(store: &TestStore) {
    let (mug, cup) = (product("MUG"), product("CUP"));
    stocked(store, &mug, 10).await;
    stocked(store, &cup, 0).await;
    for product in [&mug, &cup] {
        store.delete_stock(product.id, Version::FIRST, &context(), Commit::Keep).await.unwrap();
        assert_eq!(store.find_stock(product.id).await.unwrap(), None);
        assert!(store.find_product(&product.id.into()).await.unwrap().is_some());
    }
    let movements = movements_of(store, mug.id).await;
    let last = movements.last().unwrap();
    assert_eq!(
        (last.kind, last.on_hand_delta, last.on_hand_after, last.seq),
        (MovementKind::Adjust, -10, 0, 2)
    );
    assert_eq!(last.reason, context().reason);
    assert_eq!(movements_of(store, cup.id).await.len(), 1, "nothing to write down");
}

async fn refuses_to_remove_a_record_of_which_something_is_reserved(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 10).await;
    placed(store, &order_of(&[(&mug, 4)])).await;
    let before = dump(store).await;
    let version = before.stock[0].version;
    let refused = store.delete_stock(mug.id, version, &context(), Commit::Keep).await;
    assert_fails!(refused, StoreError::Referenced(_));
    assert_eq!(dump(store).await, before);
}

async fn refuses_to_remove_another_version_of_a_record(store: &TestStore) {
    let mug = product("MUG");
    let gone = store.delete_stock(mug.id, Version::FIRST, &context(), Commit::Keep).await;
    assert_fails!(gone, StoreError::Stale { current: None });
    stocked(store, &mug, 10).await;
    let before = dump(store).await;
    let stale = store.delete_stock(mug.id, Version::FIRST.next(), &context(), Commit::Keep).await;
    assert_fails!(stale, StoreError::Stale { current: Some(version) } if version == Version::FIRST);
    assert_eq!(dump(store).await, before);
}

async fn a_record_made_again_continues_the_movements(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 10).await;
    store.delete_stock(mug.id, Version::FIRST, &context(), Commit::Keep).await.unwrap();
    let anew = store.change_stock(&change(mug.id, StockOp::Receive(q(3))), Commit::Keep).await.unwrap();
    assert_eq!((anew.version, anew.seq, anew.level.on_hand()), (Version::FIRST, 3, 3));
    assert_sound(store).await;
}

async fn a_dry_run_on_stock_leaves_nothing_behind(store: &TestStore) {
    let (mug, bare) = (product("MUG"), product("BARE"));
    stocked(store, &mug, 10).await;
    store.insert_product(&bare, None, Commit::Keep).await.unwrap();
    let before = dump(store).await;
    let item = store.change_stock(&change(mug.id, StockOp::Adjust(-4)), Commit::DryRun).await.unwrap();
    assert_eq!((item.level.on_hand(), item.seq, item.version.get()), (6, 2, 2), "as it would be");
    let item = store.change_stock(&change(bare.id, StockOp::Receive(q(4))), Commit::DryRun).await.unwrap();
    assert_eq!((item.level.on_hand(), item.seq), (4, 1));
    store.delete_stock(mug.id, Version::FIRST, &context(), Commit::DryRun).await.unwrap();
    assert_eq!(dump(store).await, before);
}

async fn a_dry_run_on_stock_fails_as_the_write_would(store: &TestStore) {
    let (mug, gone) = (product("MUG"), product("GONE"));
    stocked(store, &mug, 10).await;
    let dry = || Commit::DryRun;
    let below = store.change_stock(&change(mug.id, StockOp::Adjust(-11)), dry()).await;
    assert_fails!(below, StoreError::Refused { refusal: StockRefusal::BelowReserved { .. }, .. });
    let stale = StockChange { if_version: Some(Version::FIRST.next()), ..change(mug.id, StockOp::Adjust(1)) };
    assert_fails!(store.change_stock(&stale, dry()).await, StoreError::Stale { current: Some(_) });
    let absent = StockChange { presence: Presence::Absent, ..change(mug.id, StockOp::Adjust(1)) };
    assert_fails!(store.change_stock(&absent, dry()).await, StoreError::Duplicate(Unique::StockRecord));
    let missing = store.change_stock(&change(gone.id, StockOp::Adjust(1)), dry()).await;
    assert_fails!(missing, StoreError::Stale { current: None });
    placed(store, &order_of(&[(&mug, 4)])).await;
    let version = store.find_stock(mug.id).await.unwrap().unwrap().version;
    let held = store.delete_stock(mug.id, version, &context(), dry()).await;
    assert_fails!(held, StoreError::Referenced(_));
}

//! Promises of `OrderStore::step_order` and `delete_order`.

use shopctl::domain::inventory::{MovementKind, StockEffect, StockOp, StockRefusal};
use shopctl::domain::order::{Command, ItemQuantity, Order, OrderStatus};
use shopctl::store::{Commit, StoreError};

use crate::support::at_once::at_once;
use crate::support::builders::{
    cancel_all, change, context, for_order, order_of, product, q, ship_all, step,
};
use crate::support::dump::{assert_sound, dump, movements_of};
use crate::support::store::{TestStore, level, placed, stocked};

contract![
    writes_an_order_over_its_version_before_with_all_its_parts,
    each_step_does_to_stock_what_it_says,
    an_order_is_shipped_in_parts_and_returned,
    refuses_to_write_over_another_version_of_an_order,
    of_16_writers_with_one_version_of_an_order_one_wins,
    of_a_shipment_and_a_cancellation_at_once_one_happens,
    refuses_a_step_that_a_guard_of_the_stock_refuses,
    a_return_makes_a_stock_record_anew_and_continues_its_movements,
    removes_an_order_and_gives_back_what_it_held,
    refuses_to_remove_another_version_of_an_order,
    a_removed_order_frees_its_reference_but_not_its_number,
    a_dry_run_of_a_step_leaves_nothing_behind,
    a_dry_run_of_a_step_fails_as_the_step_would,
];

async fn apply(store: &TestStore, order: &Order, command: &Command) -> Order {
    let (after, effects) = step(order, command);
    store.step_order(&after, &effects, &for_order(order), Commit::Keep).await.expect("a step");
    assert_eq!(store.find_order(&order.id.into()).await.unwrap().as_ref(), Some(&after));
    after
}

async fn writes_an_order_over_its_version_before_with_all_its_parts(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 9).await;
    let order = placed(store, &order_of(&[(&mug, 2)])).await;
    let (mut changed, _) = step(&order, &Command::Pay);
    changed.customer.address = None;
    changed.customer.name = Some("Rear Admiral".parse().unwrap());
    changed.note = Some("leave at the door".parse().unwrap());
    changed.hold_until = None;
    changed.tracking = Some("T-2".parse().unwrap());
    changed.external_ref = Some("WEB-9".parse().unwrap());
    store.step_order(&changed, &[], &for_order(&order), Commit::Keep).await.unwrap();
    let found = store.find_order(&order.number.to_string().parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(found, changed);
    assert_eq!((found.history.len(), found.status()), (2, OrderStatus::Confirmed));
    assert_eq!(level(store, &mug).await, (9, 2), "no effect, no change");
}

async fn each_step_does_to_stock_what_it_says(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 10).await;
    let order = placed(store, &order_of(&[(&mug, 4)])).await;
    let paid = apply(store, &order, &Command::Pay).await;
    assert_eq!(level(store, &mug).await, (10, 4));
    let shipped = apply(store, &paid, &ship_all()).await;
    assert_eq!(level(store, &mug).await, (6, 0));
    apply(store, &shipped, &Command::Return { items: None, restock: true }).await;
    assert_eq!(level(store, &mug).await, (10, 0));
    let other = placed(store, &order_of(&[(&mug, 3)])).await;
    apply(store, &other, &cancel_all()).await;
    assert_eq!(level(store, &mug).await, (10, 0));
    let kinds: Vec<_> = movements_of(store, mug.id).await.iter().map(|m| m.kind.as_str()).collect();
    assert_eq!(kinds, ["receive", "reserve", "ship", "return", "reserve", "release"]);
    assert_sound(store).await;
}

async fn an_order_is_shipped_in_parts_and_returned(store: &TestStore) {
    let (mug, cup) = (product("MUG"), product("CUP"));
    stocked(store, &mug, 10).await;
    stocked(store, &cup, 10).await;
    let order = placed(store, &order_of(&[(&mug, 2), (&cup, 5), (&mug, 1)])).await;
    let items = |product: &shopctl::domain::product::Product, count| {
        Some(vec![ItemQuantity { sku: product.sku.clone(), quantity: q(count) }])
    };
    let part = apply(store, &order, &Command::Ship { items: items(&mug, 3), tracking: None }).await;
    assert_eq!(level(store, &mug).await, (7, 0));
    let part = apply(store, &part, &Command::Cancel { items: items(&cup, 2) }).await;
    assert_eq!(level(store, &cup).await, (10, 3));
    let part = apply(store, &part, &ship_all()).await;
    let part = apply(store, &part, &Command::Return { items: items(&mug, 1), restock: false }).await;
    assert_eq!(part.status(), OrderStatus::PartiallyReturned);
    assert_eq!((level(store, &mug).await, level(store, &cup).await), ((7, 0), (7, 0)));
    assert_sound(store).await;
}

async fn refuses_to_write_over_another_version_of_an_order(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 9).await;
    let order = placed(store, &order_of(&[(&mug, 2)])).await;
    let (shipped, effects) = step(&order, &ship_all());
    let (delivered, _) = step(&shipped, &Command::Deliver);
    let before = dump(store).await;
    let early = store.step_order(&delivered, &effects, &for_order(&order), Commit::Keep).await;
    assert_fails!(early, StoreError::Stale { current: Some(version) } if version == order.version);
    let unknown = Order { id: order_of(&[(&mug, 1)]).id, ..shipped.clone() };
    let gone = store.step_order(&unknown, &effects, &for_order(&order), Commit::Keep).await;
    assert_fails!(gone, StoreError::Stale { current: None });
    assert_eq!(dump(store).await, before);
}

async fn of_16_writers_with_one_version_of_an_order_one_wins(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 9).await;
    let order = placed(store, &order_of(&[(&mug, 2)])).await;
    let (shipped, effects) = step(&order, &ship_all());
    let outcomes = at_once(16, |n| {
        let (store, effects, context) = (store.share(), effects.clone(), for_order(&order));
        let changed = Order { note: Some(format!("writer {n}").parse().unwrap()), ..shipped.clone() };
        async move { store.step_order(&changed, &effects, &context, Commit::Keep).await.map(|()| changed) }
    })
    .await;
    let won: Vec<&Order> = outcomes.iter().filter_map(|got| got.as_ref().ok()).collect();
    assert_eq!(won.len(), 1, "{outcomes:?}");
    for lost in outcomes.iter().filter_map(|got| got.as_ref().err()) {
        assert!(matches!(lost, StoreError::Stale { current: Some(_) }), "{lost:?}");
    }
    assert_eq!(store.find_order(&order.id.into()).await.unwrap().as_ref(), won.first().copied());
    assert_eq!(level(store, &mug).await, (7, 0), "shipped once");
    assert_sound(store).await;
}

async fn of_a_shipment_and_a_cancellation_at_once_one_happens(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 50).await;
    for _ in 0..5 {
        let order = placed(store, &order_of(&[(&mug, 2)])).await;
        let outcomes = at_once(2, |n| {
            let (after, effects) = step(&order, &if n == 0 { ship_all() } else { cancel_all() });
            let (store, context) = (store.share(), for_order(&order));
            async move { store.step_order(&after, &effects, &context, Commit::Keep).await }
        })
        .await;
        assert_eq!(outcomes.iter().filter(|got| got.is_ok()).count(), 1, "{outcomes:?}");
    }
    assert_sound(store).await;
}

async fn refuses_a_step_that_a_guard_of_the_stock_refuses(store: &TestStore) {
    let (mug, cup) = (product("MUG"), product("CUP"));
    stocked(store, &mug, 9).await;
    stocked(store, &cup, 9).await;
    let order = placed(store, &order_of(&[(&mug, 2), (&cup, 2)])).await;
    let (changed, mut effects) = step(&order, &ship_all());
    effects[1].op = StockOp::Ship(q(3));
    let before = dump(store).await;
    let refused = store.step_order(&changed, &effects, &for_order(&order), Commit::Keep).await;
    let sku = effects[1].sku.clone();
    assert_fails!(
        refused,
        StoreError::Refused { sku: named, refusal: StockRefusal::NotReserved { asked: 3, reserved: 2 } } if named == sku
    );
    assert_eq!(dump(store).await, before);
}

async fn a_return_makes_a_stock_record_anew_and_continues_its_movements(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 2).await;
    let order = placed(store, &order_of(&[(&mug, 2)])).await;
    let shipped = apply(store, &order, &ship_all()).await;
    let record = store.find_stock(mug.id).await.unwrap().unwrap();
    store.delete_stock(mug.id, record.version, &context(), Commit::Keep).await.unwrap();
    apply(store, &shipped, &Command::Return { items: None, restock: true }).await;
    let anew = store.find_stock(mug.id).await.unwrap().unwrap();
    assert_eq!((anew.level.on_hand(), anew.level.reserved(), anew.seq), (2, 0, record.seq + 1));
    assert_sound(store).await;
}

fn release(order: &Order) -> Vec<StockEffect> {
    order.release_for_delete().expect("nothing was shipped")
}

async fn removes_an_order_and_gives_back_what_it_held(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 9).await;
    let (order, kept) =
        (placed(store, &order_of(&[(&mug, 2)])).await, placed(store, &order_of(&[(&mug, 1)])).await);
    store
        .delete_order(order.id, order.version, &release(&order), &for_order(&order), Commit::Keep)
        .await
        .unwrap();
    assert_eq!(store.find_order(&order.id.into()).await.unwrap(), None);
    assert_eq!(store.find_order(&order.number.to_string().parse().unwrap()).await.unwrap(), None);
    assert_eq!(dump(store).await.orders, vec![kept]);
    assert_eq!(level(store, &mug).await, (9, 1));
    let movement = movements_of(store, mug.id).await.pop().unwrap();
    assert_eq!((movement.kind, movement.order_id), (MovementKind::Release, Some(order.id)));
    assert_sound(store).await;
}

async fn refuses_to_remove_another_version_of_an_order(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 9).await;
    let order = placed(store, &order_of(&[(&mug, 2)])).await;
    let before = dump(store).await;
    let (context, effects) = (for_order(&order), release(&order));
    let stale = store.delete_order(order.id, order.version.next(), &effects, &context, Commit::Keep).await;
    assert_fails!(stale, StoreError::Stale { current: Some(version) } if version == order.version);
    let other = order_of(&[(&mug, 1)]);
    let gone = store.delete_order(other.id, other.version, &effects, &context, Commit::Keep).await;
    assert_fails!(gone, StoreError::Stale { current: None });
    assert_eq!(dump(store).await, before);
}

async fn a_removed_order_frees_its_reference_but_not_its_number(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 9).await;
    let with_reference = || Order { external_ref: Some("WEB-1".parse().unwrap()), ..order_of(&[(&mug, 2)]) };
    let order = placed(store, &with_reference()).await;
    store
        .delete_order(order.id, order.version, &release(&order), &for_order(&order), Commit::Keep)
        .await
        .unwrap();
    assert!(placed(store, &with_reference()).await.number > order.number);
}

async fn a_dry_run_of_a_step_leaves_nothing_behind(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 9).await;
    let order = placed(store, &order_of(&[(&mug, 2)])).await;
    let before = dump(store).await;
    let (shipped, effects) = step(&order, &ship_all());
    store.step_order(&shipped, &effects, &for_order(&order), Commit::DryRun).await.unwrap();
    let context = for_order(&order);
    store.delete_order(order.id, order.version, &release(&order), &context, Commit::DryRun).await.unwrap();
    assert_eq!(dump(store).await, before);
}

async fn a_dry_run_of_a_step_fails_as_the_step_would(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 9).await;
    let order = placed(store, &order_of(&[(&mug, 2)])).await;
    let (shipped, mut effects) = step(&order, &ship_all());
    let (delivered, _) = step(&shipped, &Command::Deliver);
    let context = for_order(&order);
    let stale = store.step_order(&delivered, &[], &context, Commit::DryRun).await;
    assert_fails!(stale, StoreError::Stale { current: Some(_) });
    effects[0].op = StockOp::Ship(q(5));
    let refused = store.step_order(&shipped, &effects, &context, Commit::DryRun).await;
    assert_fails!(refused, StoreError::Refused { .. });
    let stale = store.delete_order(order.id, shipped.version, &[], &context, Commit::DryRun).await;
    assert_fails!(stale, StoreError::Stale { current: Some(_) });
    store.change_stock(&change(mug.id, StockOp::Adjust(1)), Commit::Keep).await.unwrap();
}

//! Holds: how they begin, and that each ends exactly once.

use std::sync::Arc;
use std::time::{Duration, Instant};

use shopctl::domain::clock::Clock;
use shopctl::domain::order::Hold;
use shopctl::service::WriteOptions;
use shopctl::service::inventory::StockNote;
use shopctl::service::orders::{NewOrder, OrderAction, OrderItem, Orders, Scope, sweep_until_stopped};
use shopctl::service::page::PageInput;
use shopctl::service::view::{MovementView, OrderView};
use shopctl::store::Store;
use tokio_util::sync::CancellationToken;

use super::stage::{Stage, by, code};
use crate::support::at_once::at_once;
use crate::support::dump::{assert_sound, dump};

on_both_stages![
    a_hold_that_is_over_ends_and_gives_its_stock_back_once,
    only_what_is_pending_unpaid_and_over_expires,
    an_order_is_expired_by_name_only_once_its_hold_is_over,
    a_dry_run_of_a_sweep_says_what_would_expire,
    an_order_without_a_word_about_it_has_the_hold_of_the_shop,
    of_many_sweeps_payments_and_cancellations_at_once_one_ends_each_order,
    a_long_sweep_goes_in_parts,
    the_sweep_of_a_service_goes_on_until_it_is_stopped,
];

async fn held(orders: &Orders, seconds: Option<u64>) -> OrderView {
    let new = NewOrder {
        email: Some("ada@example.com".into()),
        items: vec![OrderItem { product: "MUG".into(), quantity: 2 }],
        hold: seconds.map(Duration::from_secs),
        ..NewOrder::default()
    };
    orders.place(new, &by()).await.expect("a placed order")
}

/// The numbers of the orders that a whole sweep ends.
async fn swept(orders: &Orders, options: WriteOptions) -> Vec<i64> {
    let mut sweep = orders.sweep(None, options).unwrap();
    let mut numbers = Vec::new();
    while let Some(part) = sweep.batch().await.unwrap() {
        assert_eq!(part.failed, []);
        numbers.extend(part.expired.iter().map(|order| order.number));
    }
    numbers
}

async fn releases(stage: &Stage) -> Vec<MovementView> {
    let history = stage.inventory.history("MUG", &PageInput::default()).await.unwrap();
    history.items.into_iter().filter(|movement| movement.kind == "release").collect()
}

async fn levels(stage: &Stage) -> (i64, i64) {
    let stock = stage.inventory.get("MUG").await.unwrap();
    (stock.on_hand, stock.reserved)
}

async fn a_hold_that_is_over_ends_and_gives_its_stock_back_once(stage: &Stage) {
    stage.product("MUG", "4.00", 10).await;
    let order = held(&stage.orders, Some(60)).await;
    stage.clock.forward(59);
    assert_eq!(swept(&stage.orders, by()).await, [0; 0]);
    assert_eq!(levels(stage).await, (10, 2));
    stage.clock.forward(1);
    assert_eq!(swept(&stage.orders, by()).await, [order.number]);
    assert_eq!(swept(&stage.orders, by()).await, [0; 0]);
    let order = stage.orders.get(&order.id, Scope::All).await.unwrap();
    assert_eq!(
        (order.status.as_str(), order.payment_status.as_str(), order.version),
        ("expired", "unpaid", 2)
    );
    let last = order.history.last().unwrap();
    assert_eq!(
        (last.command.as_str(), last.from.as_deref(), last.to.as_str()),
        ("expire", Some("pending"), "expired")
    );
    assert_eq!((last.reason.as_deref(), order.lines[0].cancelled), (Some("the hold ended"), 2));
    let released = releases(stage).await;
    assert_eq!(released.len(), 1);
    assert_eq!((released[0].reserved_after, released[0].order_id.as_ref()), (0, Some(&order.id)));
    assert_eq!(levels(stage).await, (10, 0));
}

async fn only_what_is_pending_unpaid_and_over_expires(stage: &Stage) {
    stage.product("MUG", "4.00", 99).await;
    let mut others = Vec::new();
    for (word, seconds) in
        [("paid", Some(1)), ("confirmed", Some(1)), ("cancelled", Some(1)), ("pending", None)]
    {
        let order = held(&stage.orders, seconds).await;
        let action = OrderAction::Status(word.into());
        others.push(stage.orders.act(&order.id, &action, None, Scope::All, &by()).await.unwrap());
    }
    others.push(held(&stage.orders, Some(900)).await);
    others.push(held(&stage.orders, Some(0)).await);
    let due = held(&stage.orders, Some(1)).await;
    stage.clock.forward(600);
    assert_eq!(swept(&stage.orders, by()).await, [due.number]);
    for order in others {
        assert_eq!(stage.orders.get(&order.id, Scope::All).await.unwrap(), order);
    }
    assert_sound(&stage.store).await;
}

async fn an_order_is_expired_by_name_only_once_its_hold_is_over(stage: &Stage) {
    stage.product("MUG", "4.00", 10).await;
    let (order, endless) = (held(&stage.orders, Some(60)).await, held(&stage.orders, None).await);
    let expire = async |id: &str| {
        stage.orders.act(id, &OrderAction::Expire, Some("no money"), Scope::All, &by()).await
    };
    let early = expire(&order.id).await.unwrap_err();
    assert_eq!(early.code, "not_expired");
    assert!(early.detail.contains(order.hold_until.as_deref().unwrap()), "{}", early.detail);
    assert_eq!(code(expire(&endless.id).await), "illegal_transition");
    stage.clock.forward(60);
    let expired = expire(&order.id).await.unwrap();
    assert_eq!(expired.history.last().unwrap().reason.as_deref(), Some("no money"));
    assert_eq!(expire(&order.id).await.unwrap(), expired, "the same word again changes nothing");
    assert_eq!(levels(stage).await, (10, 2));
}

async fn a_dry_run_of_a_sweep_says_what_would_expire(stage: &Stage) {
    stage.product("MUG", "4.00", 10).await;
    let order = held(&stage.orders, Some(60)).await;
    stage.clock.forward(60);
    let before = dump(&stage.store).await;
    let dry = WriteOptions { dry_run: true, ..by() };
    assert_eq!(swept(&stage.orders, dry).await, [order.number]);
    assert_eq!(dump(&stage.store).await, before);
}

async fn an_order_without_a_word_about_it_has_the_hold_of_the_shop(stage: &Stage) {
    stage.product("MUG", "4.00", 10).await;
    assert_eq!(held(&stage.orders, None).await.hold_until, None);
    let store = stage.store.share();
    let hold = Hold::new(Duration::from_secs(30)).unwrap();
    let orders = Orders::new(store.clone(), store.clone(), store, stage.clock.clone()).with_hold(hold);
    let ends = |seconds| Some(stage.clock.now().plus(Duration::from_secs(seconds)).to_string());
    assert_eq!(held(&orders, None).await.hold_until, ends(30));
    assert_eq!(held(&orders, Some(5)).await.hold_until, ends(5));
    assert_eq!(held(&orders, Some(0)).await.hold_until, None);
    let new = NewOrder {
        email: Some("ada@example.com".into()),
        items: vec![OrderItem { product: "MUG".into(), quantity: 1 }],
        hold: Some(Hold::MAX + Duration::from_secs(1)),
        ..NewOrder::default()
    };
    let refused = orders.place(new, &by()).await.unwrap_err();
    assert_eq!((refused.code, refused.problems[0].pointer.as_str()), ("hold_too_long", "/hold"));
}

async fn of_many_sweeps_payments_and_cancellations_at_once_one_ends_each_order(stage: &Stage) {
    stage.product("MUG", "4.00", 200).await;
    let mut placed = Vec::new();
    for _ in 0..40 {
        placed.push(held(&stage.orders, Some(60)).await);
    }
    stage.clock.forward(60);
    // Six sweeps, as if of six processes, and two people who each want something of every fourth order: the rest is left to the sweeps,
    // however quick those two are.
    let mut stores: Vec<Arc<dyn Store>> = Vec::new();
    for _ in 0..8 {
        stores.push(stage.store.again().await);
    }
    let outcomes = at_once(8, |n| {
        let (store, clock) = (stores[n].clone(), stage.clock.clone());
        let orders = Orders::new(store.clone(), store.clone(), store, clock);
        let theirs: Vec<String> = placed.iter().skip(n % 2).step_by(4).map(|o| o.id.clone()).collect();
        async move {
            if n < 6 {
                return swept(&orders, by()).await;
            }
            let action = if n == 6 { OrderAction::Pay } else { OrderAction::Cancel { items: None } };
            for id in theirs {
                match orders.act(&id, &action, None, Scope::All, &by()).await {
                    Ok(_) => {}
                    Err(error) => assert_eq!(error.code, "illegal_transition", "{error:?}"),
                }
            }
            Vec::new()
        }
    })
    .await;
    let mut swept: Vec<i64> = outcomes.concat();
    swept.sort_unstable();
    let mut expired = Vec::new();
    for order in &placed {
        let order = stage.orders.get(&order.id, Scope::All).await.unwrap();
        assert_eq!(order.history.len(), 2, "one end: {order:?}");
        match order.history[1].command.as_str() {
            "expire" => expired.push(order.number),
            "pay" => assert_eq!(order.status, "confirmed"),
            "cancel" => assert_eq!(order.status, "cancelled"),
            other => panic!("{other}"),
        }
    }
    assert_eq!(swept, expired, "each was told as expired by one sweep, and only those that did");
    assert!(!expired.is_empty());
    assert_sound(&stage.store).await;
    for store in stores {
        store.close().await;
    }
}

async fn a_long_sweep_goes_in_parts(stage: &Stage) {
    stage.product("MUG", "4.00", 1000).await;
    for _ in 0..103 {
        held(&stage.orders, Some(60)).await;
    }
    stage.clock.forward(60);
    let mut sweep = stage.orders.sweep(None, by()).unwrap();
    let first = sweep.batch().await.unwrap().unwrap();
    // What ends while a sweep is on its way is for the next one.
    held(&stage.orders, Some(1)).await;
    stage.clock.forward(1);
    let second = sweep.batch().await.unwrap().unwrap();
    assert_eq!((first.expired.len(), second.expired.len()), (100, 3));
    assert!(sweep.batch().await.unwrap().is_none() && sweep.batch().await.unwrap().is_none());
    assert_eq!(levels(stage).await, (1000, 2));
}

async fn the_sweep_of_a_service_goes_on_until_it_is_stopped(stage: &Stage) {
    stage.product("MUG", "4.00", 10).await;
    let store = stage.store.share();
    let orders = Orders::new(store.clone(), store.clone(), store, stage.clock.clone());
    let stop = CancellationToken::new();
    let sweeping =
        tokio::spawn(sweep_until_stopped(Arc::new(orders), Duration::from_millis(100), stop.clone()));
    for _ in 0..2 {
        let order = held(&stage.orders, Some(60)).await;
        stage.clock.forward(60);
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let order = stage.orders.get(&order.id, Scope::All).await.unwrap();
            if order.status == "expired" {
                assert_eq!(order.history.last().unwrap().actor, "sweep");
                break;
            }
            assert!(Instant::now() < deadline, "{order:?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
    stop.cancel();
    let asked = Instant::now();
    sweeping.await.unwrap();
    assert!(asked.elapsed() < Duration::from_secs(4));
    let note = StockNote { reason: Some("count".into()), ..StockNote::default() };
    stage.inventory.set("MUG", 4, Some(10), &note, &by()).await.unwrap();
}

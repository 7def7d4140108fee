//! Counts as they were, and why they are what they are.

use shopctl::domain::clock::{Clock, Timestamp};
use shopctl::domain::inventory::{MovementContext, StockOp};
use shopctl::domain::key::ProductKey;
use shopctl::service::inventory::StockNote;
use shopctl::service::orders::{NewOrder, OrderAction, OrderItem, Scope};
use shopctl::service::view::OrderView;
use shopctl::store::Commit;

use super::stage::{Stage, by, code};
use crate::support::builders::{change, context, q};
use crate::support::dump::movements_of;

on_both_stages![
    counts_are_shown_as_they_were_at_a_moment,
    times_that_do_not_rise_with_the_numbers_hide_no_movement,
    a_product_that_never_had_stock_has_none_at_any_time,
    an_explanation_adds_up_and_names_who_holds_what,
    an_explanation_shows_some_orders_and_counts_all,
];

async fn ordered(stage: &Stage, quantity: i64, hold: Option<u64>) -> OrderView {
    let new = NewOrder {
        email: Some("ada@example.com".into()),
        items: vec![OrderItem { product: "MUG".into(), quantity }],
        hold: hold.map(std::time::Duration::from_secs),
        ..NewOrder::default()
    };
    stage.orders.place(new, &by()).await.expect("a placed order")
}

async fn at(stage: &Stage, moment: Timestamp) -> (i64, i64, i64) {
    let past = stage.inventory.get_at("mug", &moment.to_string()).await.unwrap();
    assert_eq!((past.at, past.available), (moment.to_string(), past.on_hand - past.reserved));
    (past.seq, past.on_hand, past.reserved)
}

fn before(moment: Timestamp) -> Timestamp {
    Timestamp::from_millis(moment.as_millis() - 1).unwrap()
}

async fn counts_are_shown_as_they_were_at_a_moment(stage: &Stage) {
    let opened = stage.clock.now();
    stage.product("MUG", "4.00", 10).await;
    stage.clock.forward(10);
    let order = ordered(stage, 3, None).await;
    let placed = stage.clock.now();
    stage.clock.forward(10);
    stage
        .orders
        .act(&order.id, &OrderAction::Status("shipped".into()), None, Scope::All, &by())
        .await
        .unwrap();
    let shipped = stage.clock.now();
    for (moment, expected) in [
        (Timestamp::EPOCH, (0, 0, 0)),
        (before(opened), (0, 0, 0)),
        (opened, (1, 10, 0)),
        (before(placed), (1, 10, 0)),
        (placed, (2, 10, 3)),
        (before(shipped), (2, 10, 3)),
        (shipped, (3, 7, 0)),
        (shipped.plus(std::time::Duration::from_hours(9)), (3, 7, 0)),
    ] {
        assert_eq!(at(stage, moment).await, expected, "{moment}");
    }
    assert_eq!(code(stage.inventory.get_at("MUG", "yesterday").await), "invalid_time");
    assert_eq!(code(stage.inventory.get_at("CUP", "2026-01-01").await), "product_not_found");
    stage.inventory.delete("MUG", &by()).await.unwrap();
    assert_eq!(at(stage, placed).await, (2, 10, 3), "what was stays when the record goes");
}

async fn times_that_do_not_rise_with_the_numbers_hide_no_movement(stage: &Stage) {
    stage.product("MUG", "4.00", 0).await;
    let key: ProductKey = "MUG".parse().unwrap();
    let id = stage.store.find_product(&key).await.unwrap().unwrap().id;
    let base = stage.clock.now().as_millis();
    // Writers that waited for each other, one whose clock is behind, and one whose clock is ahead.
    for offset in [5, 9, 7, 8, 8, 30, 12, 11, 500, 14, 15, 3, 21, 22, 20, 21, 40] {
        let moment = Timestamp::from_millis(base + offset).unwrap();
        let received = shopctl::store::StockChange {
            context: MovementContext { at: moment, ..context() },
            ..change(id, StockOp::Receive(q(1)))
        };
        stage.store.change_stock(&received, Commit::Keep).await.unwrap();
    }
    let movements = movements_of(&stage.store, id).await;
    for offset in 0..60 {
        let moment = Timestamp::from_millis(base + offset).unwrap();
        let last = movements.iter().rev().find(|movement| movement.at <= moment);
        let expected = last.map_or((0, 0, 0), |last| (last.seq, last.on_hand_after, last.reserved_after));
        assert_eq!(at(stage, moment).await, expected, "{offset} ms");
    }
}

async fn a_product_that_never_had_stock_has_none_at_any_time(stage: &Stage) {
    let new = shopctl::service::products::NewProduct {
        sku: "MUG".into(),
        name: "Mug".into(),
        price: "1".into(),
        ..Default::default()
    };
    stage.products.create(new, &by()).await.unwrap();
    assert_eq!(code(stage.inventory.get_at("MUG", "2026-01-01").await), "stock_not_found");
    assert_eq!(code(stage.inventory.explain("MUG").await), "stock_not_found");
    assert_eq!(code(stage.inventory.explain("CUP").await), "product_not_found");
}

async fn an_explanation_adds_up_and_names_who_holds_what(stage: &Stage) {
    stage.product("MUG", "4.00", 10).await;
    let plain = stage.inventory.explain("MUG").await.unwrap();
    assert_eq!(
        (plain.summary.as_str(), plain.agrees),
        ("10 available: all that is on hand, nothing is reserved", true)
    );
    let (first, held) = (ordered(stage, 3, None).await, ordered(stage, 2, Some(60)).await);
    let part = OrderAction::Ship {
        items: Some(vec![OrderItem { product: "MUG".into(), quantity: 1 }]),
        tracking: None,
    };
    stage.orders.act(&first.id, &part, None, Scope::All, &by()).await.unwrap();
    let note = StockNote { reason: Some("broken".into()), ..StockNote::default() };
    stage.inventory.adjust("MUG", -1, &note, &by()).await.unwrap();
    let told = stage.inventory.explain("mug").await.unwrap();
    assert_eq!((told.on_hand, told.reserved, told.available), (8, 4, 4));
    assert_eq!(told.summary, "4 available: 8 on hand, of which 2 open orders reserve 4");
    let orders: Vec<_> = told.orders.iter().map(|o| (o.number, o.status, o.pieces, &*o.customer)).collect();
    assert_eq!(
        orders,
        [
            (first.number, "partially_shipped", 2, "ada@example.com"),
            (held.number, "pending", 2, "ada@example.com")
        ]
    );
    assert_eq!((told.open_orders, told.open_pieces, told.more_orders), (2, 4, 0));
    let holds: Vec<_> = told.holds.iter().map(|o| (o.number, o.hold_until.clone())).collect();
    assert_eq!(holds, [(held.number, held.hold_until)]);
    let moved: Vec<_> = told.movements.iter().map(|m| (m.kind.as_str(), m.reason.as_deref())).collect();
    let expected = [("adjust", Some("broken")), ("ship", None), ("reserve", None), ("reserve", None)];
    assert_eq!(moved[..4], expected);
    assert_eq!((told.agrees, told.problems), (true, vec![]));
}

async fn an_explanation_shows_some_orders_and_counts_all(stage: &Stage) {
    stage.product("MUG", "4.00", 100).await;
    for n in 0..53 {
        ordered(stage, 1, Some(1000 - n)).await;
    }
    let told = stage.inventory.explain("MUG").await.unwrap();
    assert_eq!((told.open_orders, told.open_pieces, told.more_orders), (53, 53, 3));
    assert_eq!((told.orders.len(), told.holds.len(), told.movements.len()), (50, 5, 10));
    assert_eq!(told.orders[0].number + 52, told.holds[0].number, "the last one's hold ends first");
    assert!(told.agrees);
}

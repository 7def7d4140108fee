//! Each operation and guard, and random lives of stock.

use proptest::prelude::*;

use super::*;
use crate::domain::actor::Actor;
use crate::domain::clock::Timestamp;
use crate::domain::id::ProductId;
use crate::domain::number::Quantity;

fn q(count: i64) -> Quantity {
    Quantity::new(count).unwrap()
}

fn level(on_hand: i64, reserved: i64) -> StockLevel {
    StockLevel::new(on_hand, reserved).unwrap()
}

#[test]
fn each_operation_changes_what_the_table_says() {
    let before = level(10, 4);
    for (op, after) in [
        (StockOp::Reserve(q(6)), level(10, 10)),
        (StockOp::Release(q(4)), level(10, 0)),
        (StockOp::Ship(q(4)), level(6, 0)),
        (StockOp::Return(q(1)), level(11, 4)),
        (StockOp::Receive(q(5)), level(15, 4)),
        (StockOp::Adjust(-6), level(4, 4)),
        (StockOp::Adjust(2), level(12, 4)),
        (StockOp::Count { to: q(4), expected: Some(q(10)) }, level(4, 4)),
    ] {
        assert_eq!(before.apply(op), Ok(after), "{op:?}");
    }
}

#[test]
fn each_guard_refuses_with_its_reason() {
    let before = level(10, 4);
    for (op, refusal) in [
        (StockOp::Reserve(q(7)), StockRefusal::Short { asked: 7, available: 6 }),
        (StockOp::Release(q(5)), StockRefusal::NotReserved { asked: 5, reserved: 4 }),
        (StockOp::Ship(q(5)), StockRefusal::NotReserved { asked: 5, reserved: 4 }),
        (StockOp::Adjust(-7), StockRefusal::BelowReserved { wanted: 3, reserved: 4 }),
        (StockOp::Adjust(i64::MIN), StockRefusal::BelowReserved { wanted: i64::MIN + 10, reserved: 4 }),
        (StockOp::Count { to: q(3), expected: None }, StockRefusal::BelowReserved { wanted: 3, reserved: 4 }),
        (
            StockOp::Count { to: q(9), expected: Some(q(11)) },
            StockRefusal::Unexpected { expected: 11, on_hand: 10 },
        ),
        (StockOp::Receive(q(Quantity::MAX)), StockRefusal::TooMuch),
        (StockOp::Adjust(i64::MAX), StockRefusal::TooMuch),
    ] {
        assert_eq!(before.apply(op), Err(refusal), "{op:?}");
    }
}

fn any_op() -> impl Strategy<Value = StockOp> {
    let count = 0_i64..20;
    prop_oneof![
        count.clone().prop_map(|n| StockOp::Reserve(q(n))),
        count.clone().prop_map(|n| StockOp::Release(q(n))),
        count.clone().prop_map(|n| StockOp::Ship(q(n))),
        count.clone().prop_map(|n| StockOp::Return(q(n))),
        count.clone().prop_map(|n| StockOp::Receive(q(n))),
        (-20_i64..20).prop_map(StockOp::Adjust),
        (count.clone(), proptest::option::of(count))
            .prop_map(|(to, e)| StockOp::Count { to: q(to), expected: e.map(q) }),
    ]
}

proptest! {
    #[test]
    fn whatever_happens_the_counts_stay_sound_and_equal_the_movements(ops in prop::collection::vec(any_op(), 0..60)) {
        let at = Timestamp::from_millis(0).unwrap();
        let id = ProductId::from_uuid(uuid::Uuid::nil());
        let context = MovementContext { actor: Actor::system(), at, order_id: None, reason: None, reference: None };
        let mut item = StockItem::empty(id, "A".parse().unwrap(), at, 0);
        let (mut on_hand, mut reserved) = (0, 0);
        for op in ops {
            let Ok((next, movement)) = item.apply(op, &context) else { continue };
            on_hand += movement.on_hand_delta;
            reserved += movement.reserved_delta;
            prop_assert_eq!(movement.seq, item.seq + 1);
            prop_assert!(StockLevel::new(next.level.on_hand(), next.level.reserved()).is_ok());
            prop_assert_eq!((next.level.on_hand(), next.level.reserved()), (on_hand, reserved));
            prop_assert_eq!((movement.on_hand_after, movement.reserved_after), (on_hand, reserved));
            item = next;
        }
    }
}

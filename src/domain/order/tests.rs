//! The state machine against the table, and against random lives of orders.

use std::collections::BTreeMap;

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::inventory::{MovementContext, StockItem, StockLevel};

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis).unwrap()
}

fn sku(n: u8) -> crate::domain::sku::Sku {
    format!("SKU-{n}").parse().unwrap()
}

/// An order with one line per `(product, quantity)`, held until 1000 ms.
fn order(lines: &[(u8, i64)]) -> Order {
    let eur: Currency = "EUR".parse().unwrap();
    let line = |&(n, quantity): &(u8, i64)| Line {
        product_id: ProductId::from_uuid(Uuid::from_u128(u128::from(n))),
        sku: sku(n),
        name: "Mug".parse().unwrap(),
        unit_price: Money::from_minor(250, eur).unwrap(),
        quantity: Quantity::new(quantity).unwrap(),
        progress: LineProgress::default(),
    };
    let mut order = Order {
        id: OrderId::from_uuid(Uuid::nil()),
        number: OrderNumber::new(1001).unwrap(),
        version: Version::FIRST,
        created_at: at(0),
        updated_at: at(0),
        external_ref: None,
        customer: Customer {
            user_id: None,
            email: Some("ada@example.com".parse().unwrap()),
            reference: None,
            name: None,
            address: None,
        },
        currency: eur,
        lines: lines.iter().map(line).collect(),
        refunded: Money::zero(eur),
        flags: Flags::default(),
        history: Vec::new(),
        hold_until: Some(at(1000)),
        note: None,
        tracking: None,
    };
    order.history.push(HistoryEntry {
        at: at(0),
        actor: Actor::system(),
        command: CommandWord::Place,
        from: None,
        to: order.status(),
        reason: None,
    });
    order
}

fn step(order: &Order, command: &Command) -> Result<Outcome, StepRefusal> {
    order.step(command, at(2000), &Actor::system(), None)
}

fn after(order: &Order, commands: &[Command]) -> Order {
    commands.iter().fold(order.clone(), |order, command| match step(&order, command).unwrap() {
        Outcome::Changed { order, .. } => *order,
        Outcome::Unchanged => order,
    })
}

#[expect(clippy::unnecessary_wraps, reason = "the shape in which commands take items")]
fn items(list: &[(u8, i64)]) -> Option<Vec<ItemQuantity>> {
    Some(
        list.iter()
            .map(|&(n, q)| ItemQuantity { sku: sku(n), quantity: Quantity::new(q).unwrap() })
            .collect(),
    )
}

const SHIP: Command = Command::Ship { items: None, tracking: None };
const CANCEL: Command = Command::Cancel { items: None };
const RETURN: Command = Command::Return { items: None, restock: true };
const REFUND: Command = Command::Refund { amount: None };

#[test]
fn walks_the_table() {
    use OrderStatus as S;
    let new = order(&[(1, 3), (2, 1)]);
    let part = Command::Ship { items: items(&[(1, 1)]), tracking: None };
    let back = Command::Return { items: items(&[(1, 1)]), restock: false };
    for (commands, status) in [
        (vec![], S::Pending),
        (vec![Command::Confirm], S::Confirmed),
        (vec![Command::Pay], S::Confirmed),
        (vec![CANCEL], S::Cancelled),
        (vec![Command::Confirm, CANCEL], S::Cancelled),
        (vec![Command::Expire], S::Expired),
        (vec![SHIP], S::Shipped),
        (vec![part.clone()], S::PartiallyShipped),
        (vec![part.clone(), SHIP], S::Shipped),
        (vec![part.clone(), CANCEL], S::Shipped),
        (vec![SHIP, Command::Deliver], S::Delivered),
        (vec![SHIP, RETURN], S::Returned),
        (vec![SHIP, Command::Deliver, back.clone()], S::PartiallyReturned),
        (vec![part.clone(), back.clone()], S::PartiallyReturned),
        (vec![part.clone(), back.clone(), SHIP], S::PartiallyReturned),
        (vec![part, back, CANCEL], S::Returned),
        (vec![Command::Pay, CANCEL, REFUND], S::Cancelled),
    ] {
        assert_eq!(after(&new, &commands).status(), status, "{commands:?}");
    }
}

#[test]
fn the_same_word_again_changes_nothing() {
    let new = order(&[(1, 3)]);
    for commands in [
        vec![Command::Confirm],
        vec![Command::Pay],
        vec![CANCEL],
        vec![SHIP],
        vec![SHIP, Command::Deliver],
        vec![SHIP, RETURN],
        vec![Command::Pay, REFUND],
        vec![Command::Ship { items: items(&[(1, 1)]), tracking: None }, CANCEL],
        vec![Command::Expire],
    ] {
        let order = after(&new, &commands);
        assert_eq!(step(&order, commands.last().unwrap()), Ok(Outcome::Unchanged), "{commands:?}");
    }
}

#[test]
fn an_illegal_move_names_the_allowed_ones() {
    let cancelled = after(&order(&[(1, 1)]), &[CANCEL]);
    let refusal = step(&cancelled, &SHIP).unwrap_err();
    assert_eq!(refusal.code(), "illegal_transition");
    assert_eq!(refusal.to_string(), "cannot ship an order that is cancelled; allowed now: nothing");
    let delivered = after(&order(&[(1, 1)]), &[SHIP, Command::Deliver]);
    let text = step(&delivered, &CANCEL).unwrap_err().to_string();
    assert_eq!(text, "cannot cancel an order that is delivered; allowed now: pay, return");
}

#[test]
fn refuses_more_than_is_left_and_what_is_not_there() {
    let new = order(&[(1, 2), (1, 1), (2, 1)]);
    let too_many = Command::Ship { items: items(&[(1, 4)]), tracking: None };
    assert_eq!(step(&new, &too_many).unwrap_err().to_string(), "cannot ship 4 of SKU \"SKU-1\", 3 left");
    let twice = Command::Ship { items: items(&[(1, 2), (1, 2)]), tracking: None };
    assert_eq!(step(&new, &twice).unwrap_err().code(), "too_many_items");
    let unknown = Command::Ship { items: items(&[(9, 1)]), tracking: None };
    assert_eq!(step(&new, &unknown).unwrap_err().code(), "not_on_order");
    let paid = after(&new, &[Command::Pay]);
    let much = Command::Refund { amount: Some(Money::from_minor(1001, paid.currency).unwrap()) };
    assert_eq!(step(&paid, &much).unwrap_err().code(), "refund_too_large");
}

#[test]
fn a_sku_on_two_lines_is_reserved_once_and_shipped_from_the_first() {
    let new = order(&[(2, 1), (1, 2), (1, 3)]);
    let reserved: Vec<_> = new.reservations().into_iter().map(|effect| (effect.sku, effect.op)).collect();
    let q = |n| Quantity::new(n).unwrap();
    assert_eq!(reserved, vec![(sku(1), StockOp::Reserve(q(5))), (sku(2), StockOp::Reserve(q(1)))]);
    let shipped = after(&new, &[Command::Ship { items: items(&[(1, 3)]), tracking: None }]);
    let counts: Vec<i64> = shipped.lines.iter().map(|line| line.progress.shipped()).collect();
    assert_eq!(counts, vec![0, 2, 1]);
}

#[test]
fn a_hold_that_still_runs_does_not_expire() {
    let new = order(&[(1, 1)]);
    let early = new.step(&Command::Expire, at(999), &Actor::system(), None);
    assert_eq!(early, Err(StepRefusal::NotExpired { until: at(1000) }));
    let last = new.step(&Command::Expire, at(1000), &Actor::system(), None);
    assert!(last.is_ok(), "a hold has ended at the moment until which it runs");
    let paid = after(&new, &[Command::Pay]);
    assert_eq!(step(&paid, &Command::Expire).unwrap_err().code(), "illegal_transition");
}

#[test]
fn refunds_never_touch_stock_and_returns_never_touch_money() {
    let sent = after(&order(&[(1, 2)]), &[Command::Pay, SHIP]);
    let Ok(Outcome::Changed { order, stock }) = step(&sent, &REFUND) else { panic!("refund was refused") };
    assert!(stock.is_empty());
    assert_eq!((order.status(), order.payment_status()), (OrderStatus::Shipped, PaymentStatus::Refunded));
    let Ok(Outcome::Changed { order, stock }) = step(&sent, &RETURN) else { panic!("return was refused") };
    assert_eq!(stock.len(), 1);
    assert_eq!(order.refunded.minor(), 0);
    let unstocked = Command::Return { items: None, restock: false };
    let Ok(Outcome::Changed { stock, .. }) = step(&sent, &unstocked) else { panic!("return was refused") };
    assert!(stock.is_empty());
}

#[test]
fn what_has_shipped_cannot_be_deleted() {
    let sent = after(&order(&[(1, 2)]), &[Command::Ship { items: items(&[(1, 1)]), tracking: None }]);
    assert_eq!(sent.release_for_delete().unwrap_err().code, "order_shipped");
    assert_eq!(order(&[(1, 2)]).release_for_delete().unwrap().len(), 1);
    assert!(after(&order(&[(1, 2)]), &[CANCEL]).release_for_delete().unwrap().is_empty());
}

#[test]
fn an_item_is_split_at_the_last_colon() {
    let item: ItemSpec = "A:B:2".parse().unwrap();
    assert_eq!((item.product.as_str(), item.quantity), ("A:B", 2));
    assert_eq!("A".parse::<ItemSpec>().unwrap().quantity, 1);
    assert!(":2".parse::<ItemSpec>().is_err());
    assert!("A:x".parse::<ItemSpec>().is_err());
}

fn any_items() -> impl Strategy<Value = Option<Vec<ItemQuantity>>> {
    prop::option::of(prop::collection::vec((1_u8..4, 1_i64..4), 1..3))
        .prop_map(|list| list.and_then(|list| items(&list)))
}

fn any_command() -> impl Strategy<Value = Command> {
    let eur: Currency = "EUR".parse().unwrap();
    prop_oneof![
        Just(Command::Confirm),
        Just(Command::Pay),
        Just(Command::Deliver),
        Just(Command::Expire),
        any_items().prop_map(|items| Command::Cancel { items }),
        any_items().prop_map(|items| Command::Ship { items, tracking: None }),
        (any_items(), any::<bool>()).prop_map(|(items, restock)| Command::Return { items, restock }),
        prop::option::of(0_i64..900).prop_map(move |amount| Command::Refund {
            amount: amount.map(|minor| Money::from_minor(minor, eur).unwrap())
        }),
    ]
}

proptest! {
    /// Rules 4 to 8 of the data model, over random lives of one order.
    #[test]
    fn whatever_happens_the_rules_of_orders_hold(
        lines in prop::collection::vec((1_u8..4, 1_i64..5), 1..4),
        commands in prop::collection::vec(any_command(), 0..25),
    ) {
        let context = MovementContext { actor: Actor::system(), at: at(0), order_id: None, reason: None, reference: None };
        let mut current = order(&lines);
        let mut stock: BTreeMap<ProductId, StockItem> = BTreeMap::new();
        let put = |stock: &mut BTreeMap<ProductId, StockItem>, effects: &[StockEffect]| {
            for effect in effects {
                let item = stock.entry(effect.product_id).or_insert_with(|| StockItem {
                    level: StockLevel::new(100, 0).unwrap(),
                    ..StockItem::empty(effect.product_id, effect.sku.clone(), at(0), 0)
                });
                *item = item.apply(effect.op, &context).expect("an order only gives back what it took").0;
            }
        };
        put(&mut stock, &current.reservations());
        for command in commands {
            let before = current.clone();
            match step(&current, &command) {
                Err(_) | Ok(Outcome::Unchanged) => {}
                Ok(Outcome::Changed { order, stock: effects }) => {
                    put(&mut stock, &effects);
                    let entry = order.history.last().unwrap();
                    prop_assert!(is_edge(entry.from, entry.command, entry.to), "{:?}", entry);
                    prop_assert_eq!((entry.from, entry.to), (Some(before.status()), order.status()));
                    prop_assert_eq!(order.version, before.version.next());
                    current = *order;
                }
            }
            for line in &current.lines {
                let p = line.progress;
                prop_assert!(LineProgress::new(line.quantity, p.shipped(), p.cancelled(), p.returned(), p.restocked()).is_ok());
            }
            for (id, item) in &stock {
                let open: i64 = current.lines.iter().filter(|line| line.product_id == *id).map(Line::open).sum();
                prop_assert_eq!(item.level.reserved(), open);
            }
            prop_assert!(current.refunded.minor() <= current.total().unwrap().minor());
        }
    }
}

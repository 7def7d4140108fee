//! Promises of `ReceiptStore`, and of every write that carries a receipt.

use std::sync::Arc;
use std::time::Duration;

use shopctl::domain::clock::Timestamp;
use shopctl::domain::inventory::StockOp;
use shopctl::domain::product::ProductStatus;
use shopctl::store::{Commit, Effect, KeptReceipt, Premises, Receipt, StoreError, Unique};

use crate::support::at_once::at_once;
use crate::support::builders::{
    at, cancel_all, change, context, for_order, order_of, product, q, ship_all, step, user,
};
use crate::support::dump::{assert_sound, dump};
use crate::support::store::{TestStore, level, placed, stocked};

contract![
    finds_a_receipt_until_it_is_forgotten,
    keeps_a_receipt_by_itself_once,
    keeps_the_answer_that_only_the_transaction_knows,
    every_write_leaves_its_receipt,
    a_refused_write_leaves_none,
    a_request_that_was_done_is_refused_before_anything_else,
    of_32_with_one_receipt_at_once_one_is_done,
    of_orders_that_arrive_together_each_is_decided_for_itself,
];

const DAY: Duration = Duration::from_hours(24);

fn asked_at(id: &str, at: Timestamp) -> Arc<Receipt> {
    let answer = |effect: Effect<'_>| match effect {
        Effect::Done => "done".to_owned(),
        Effect::Placed(number) => format!("number {number}"),
        Effect::Stock(item) => format!("on hand {}", item.level.on_hand()),
    };
    let (id, fingerprint) = (id.to_owned(), format!("print of {id}"));
    Arc::new(Receipt { id, fingerprint, at, until: at.plus(DAY), answer: Arc::new(answer) })
}

fn once(id: &str) -> Commit {
    Commit::Once(asked_at(id, at(5)))
}

async fn answer(store: &TestStore, id: &str) -> Option<String> {
    let found = store.find_receipt(id, at(6)).await.expect("an answer");
    found.map(|KeptReceipt { fingerprint, answer }| {
        assert_eq!(fingerprint, format!("print of {id}"));
        answer
    })
}

async fn finds_a_receipt_until_it_is_forgotten(store: &TestStore) {
    store.insert_user(&user("a@example.com"), once("R")).await.unwrap();
    let until = at(5).plus(DAY);
    let last = Timestamp::from_millis(until.as_millis() - 1).unwrap();
    assert!(store.find_receipt("R", last).await.unwrap().is_some());
    assert_eq!(store.find_receipt("R", until).await.unwrap(), None);
    assert_eq!(store.find_receipt("r", at(6)).await.unwrap(), None);
    // Its name is free again then.
    let later = Commit::Once(asked_at("R", until));
    store.insert_user(&user("b@example.com"), later).await.unwrap();
    assert!(store.find_receipt("R", until).await.unwrap().is_some());
}

async fn keeps_a_receipt_by_itself_once(store: &TestStore) {
    store.keep_receipt(&asked_at("R", at(5))).await.unwrap();
    assert_eq!(answer(store, "R").await.as_deref(), Some("done"));
    let again = store.keep_receipt(&asked_at("R", at(6))).await;
    assert_fails!(again, StoreError::Duplicate(Unique::Request));
    let until = at(5).plus(DAY);
    store.keep_receipt(&asked_at("R", until)).await.unwrap();
    assert!(store.find_receipt("R", until).await.unwrap().is_some());
}

async fn keeps_the_answer_that_only_the_transaction_knows(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 9).await;
    let order = order_of(&[(&mug, 1)]);
    let number =
        store.place_order(&order, &Premises::default(), &for_order(&order), once("order")).await.unwrap();
    assert_eq!(answer(store, "order").await, Some(format!("number {number}")));
    store.change_stock(&change(mug.id, StockOp::Receive(q(3))), once("stock")).await.unwrap();
    assert_eq!(answer(store, "stock").await.as_deref(), Some("on hand 12"));
    // What is so already writes nothing but its receipt.
    let count = StockOp::Count { to: q(12), expected: None };
    store.change_stock(&change(mug.id, count), once("count")).await.unwrap();
    assert_eq!(answer(store, "count").await.as_deref(), Some("on hand 12"));
}

async fn every_write_leaves_its_receipt(store: &TestStore) {
    let (mug, cup) = (product("MUG"), product("CUP"));
    let ada = user("ada@example.com");
    store.insert_user(&ada, once("1")).await.unwrap();
    let mut renamed = ada.clone();
    renamed.version = ada.version.next();
    store.replace_user(&renamed, once("2")).await.unwrap();
    store.delete_user(ada.id, renamed.version, once("3")).await.unwrap();
    store.insert_product(&mug, Some(&(StockOp::Receive(q(9)), context())), once("4")).await.unwrap();
    store.insert_product(&cup, None, once("5")).await.unwrap();
    let mut draft = cup.clone();
    (draft.version, draft.status) = (cup.version.next(), ProductStatus::Draft);
    store.replace_product(&draft, once("6")).await.unwrap();
    let mut other = draft.clone();
    (other.version, other.sku) = (draft.version.next(), "BOWL".parse().unwrap());
    store.replace_product(&other, once("7")).await.unwrap();
    store.delete_product(cup.id, other.version, &context(), once("8")).await.unwrap();
    let order = placed(store, &order_of(&[(&mug, 1)])).await;
    let (shipped, stock) = step(&order, &ship_all());
    store.step_order(&shipped, &stock, &for_order(&order), once("9")).await.unwrap();
    let mut noted = shipped.clone();
    (noted.version, noted.note) = (shipped.version.next(), None);
    store.step_order(&noted, &[], &for_order(&order), once("10")).await.unwrap();
    let order = placed(store, &order_of(&[(&mug, 1)])).await;
    let held = order.release_for_delete().unwrap();
    store.delete_order(order.id, order.version, &held, &for_order(&order), once("11")).await.unwrap();
    let item = store.find_stock(mug.id).await.unwrap().unwrap();
    store.delete_stock(mug.id, item.version, &context(), once("12")).await.unwrap();
    for id in 1..=12 {
        assert_eq!(answer(store, &id.to_string()).await.as_deref(), Some("done"), "{id}");
    }
}

async fn a_refused_write_leaves_none(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 1).await;
    let order = order_of(&[(&mug, 2)]);
    assert_fails!(
        store.place_order(&order, &Premises::default(), &for_order(&order), once("R")).await,
        StoreError::Short(_)
    );
    let broken = store.change_stock(&change(mug.id, StockOp::Adjust(-2)), once("R")).await;
    assert_fails!(broken, StoreError::Refused { .. });
    assert_fails!(
        store.insert_product(&product("mug"), None, once("R")).await,
        StoreError::Duplicate(Unique::Sku)
    );
    assert_eq!(answer(store, "R").await, None);
    // The same request may do better later.
    store.change_stock(&change(mug.id, StockOp::Receive(q(1))), Commit::Keep).await.unwrap();
    store.place_order(&order, &Premises::default(), &for_order(&order), once("R")).await.unwrap();
    assert!(answer(store, "R").await.is_some());
}

async fn a_request_that_was_done_is_refused_before_anything_else(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 5).await;
    let order = placed(store, &order_of(&[(&mug, 1)])).await;
    store.keep_receipt(&asked_at("R", at(5))).await.unwrap();
    let before = dump(store).await;
    let short = order_of(&[(&mug, 50)]);
    let (stale, stock) = step(&order, &cancel_all());
    for outcome in [
        store.place_order(&short, &Premises::default(), &for_order(&short), once("R")).await.map(drop),
        store.change_stock(&change(mug.id, StockOp::Adjust(-9)), once("R")).await.map(drop),
        store.step_order(&stale, &stock, &for_order(&order), once("R")).await,
        store.insert_product(&product("mug"), None, once("R")).await,
        store.insert_user(&user("new@example.com"), once("R")).await,
        store.delete_product(mug.id, mug.version, &context(), once("R")).await,
    ] {
        assert_fails!(outcome, StoreError::Duplicate(Unique::Request));
    }
    assert_eq!(dump(store).await, before);
}

async fn of_32_with_one_receipt_at_once_one_is_done(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 100).await;
    let clients = [store.share(), store.again().await];
    let outcomes = at_once(32, |caller| {
        let (client, order) = (Arc::clone(&clients[caller % 2]), order_of(&[(&mug, 1)]));
        async move { client.place_order(&order, &Premises::default(), &for_order(&order), once("R")).await }
    })
    .await;
    let mut numbers = Vec::new();
    for outcome in outcomes {
        match outcome {
            Ok(number) => numbers.push(number),
            Err(StoreError::Duplicate(Unique::Request)) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(numbers.len(), 1);
    assert_eq!(answer(store, "R").await, Some(format!("number {}", numbers[0])));
    assert_eq!(level(store, &mug).await, (100, 1));
    let outcomes = at_once(32, |caller| {
        let client = Arc::clone(&clients[caller % 2]);
        let change = change(mug.id, StockOp::Adjust(-1));
        async move { client.change_stock(&change, once("S")).await.is_ok() }
    })
    .await;
    assert_eq!(outcomes.into_iter().filter(|&done| done).count(), 1);
    assert_eq!(level(store, &mug).await, (99, 1));
    assert_sound(store).await;
}

async fn of_orders_that_arrive_together_each_is_decided_for_itself(store: &TestStore) {
    let (mug, cup, gone) = (product("MUG"), product("CUP"), product("GONE"));
    stocked(store, &mug, 60).await;
    stocked(store, &cup, 3).await;
    let mut taken = order_of(&[(&mug, 1)]);
    taken.external_ref = Some("WEB-1".parse().unwrap());
    placed(store, &taken).await;
    store.keep_receipt(&asked_at("R", at(5))).await.unwrap();
    let outcomes = at_once(70, |caller| {
        let store = store.share();
        let (order, commit) = match caller % 7 {
            0 => (order_of(&[(&mug, 100)]), Commit::Keep),
            1 => (order_of(&[(&mug, 1), (&gone, 1)]), Commit::Keep),
            2 => (taken_again(&mug), Commit::Keep),
            3 => (order_of(&[(&mug, 1)]), once("R")),
            4 => (order_of(&[(&mug, 1), (&cup, 1)]), Commit::Keep),
            _ => (order_of(&[(&mug, 1)]), once(&format!("of {caller}"))),
        };
        async move {
            (caller % 7, store.place_order(&order, &Premises::default(), &for_order(&order), commit).await)
        }
    })
    .await;
    let mut with_cup = 0;
    for (kind, outcome) in outcomes {
        match (kind, outcome) {
            (0, Err(StoreError::Short(short))) => assert_eq!(short.len(), 1),
            (1, Err(StoreError::NotOnSale(products))) => assert_eq!(products, [gone.id]),
            (2, Err(StoreError::Duplicate(Unique::ExternalRef)))
            | (3, Err(StoreError::Duplicate(Unique::Request)))
            | (5 | 6, Ok(_)) => {}
            (4, Ok(_)) => with_cup += 1,
            (4, Err(StoreError::Short(short))) => assert_eq!(short[0].product_id, cup.id),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(with_cup, 3);
    assert_eq!((level(store, &mug).await, level(store, &cup).await), ((60, 24), (3, 3)));
    assert_sound(store).await;
}

fn taken_again(product: &shopctl::domain::product::Product) -> shopctl::domain::order::Order {
    let mut order = order_of(&[(product, 1)]);
    order.external_ref = Some("WEB-1".parse().unwrap());
    order
}

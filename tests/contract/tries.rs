//! Promises of `TryStore`.

use std::time::Duration;

use shopctl::domain::backoff::Patience;

use crate::support::at_once::at_once;
use crate::support::builders::at;
use crate::support::store::TestStore;

contract![
    counts_tries_and_says_from_when_the_next_may_be_made,
    does_not_count_a_try_that_has_to_wait,
    of_64_tries_at_once_in_two_processes_only_the_free_ones_are_let_through,
    keys_do_not_meet,
    takes_back_a_try_and_its_wait,
    forgets_when_told_and_after_a_while,
];

/// Three free, then a second, two, four …
const PATIENCE: Patience = Patience {
    free: 3,
    first: Duration::from_secs(1),
    longest: Duration::from_mins(1),
    memory: Duration::from_mins(10),
};

/// Asks at a millisecond of the tests' time; gives the millisecond to wait for.
async fn ask(store: &TestStore, key: &str, now: i64) -> Option<i64> {
    let wait = store.take_try(key, &PATIENCE, at(now)).await.expect("an answer");
    wait.map(|until| until.as_millis() - at(0).as_millis())
}

async fn counts_tries_and_says_from_when_the_next_may_be_made(store: &TestStore) {
    for now in 0..4 {
        assert_eq!(ask(store, "k", now).await, None, "{now}");
    }
    assert_eq!(ask(store, "k", 4).await, Some(1003), "a second after the fourth");
    assert_eq!(ask(store, "k", 1002).await, Some(1003));
    assert_eq!(ask(store, "k", 1003).await, None);
    assert_eq!(ask(store, "k", 1003).await, Some(3003), "two seconds after the fifth");
}

async fn does_not_count_a_try_that_has_to_wait(store: &TestStore) {
    for now in 0..4 {
        ask(store, "k", now).await;
    }
    for now in 4..50 {
        assert_eq!(ask(store, "k", now).await, Some(1003));
    }
}

async fn of_64_tries_at_once_in_two_processes_only_the_free_ones_are_let_through(store: &TestStore) {
    let second = store.again().await;
    let answers = at_once(64, |n| {
        let store = if n % 2 == 0 { store.share() } else { std::sync::Arc::clone(&second) };
        async move { store.take_try("k", &PATIENCE, at(7)).await.expect("an answer") }
    })
    .await;
    let through = answers.iter().filter(|wait| wait.is_none()).count();
    assert_eq!(through, 4, "three free, and the one that begins the first wait");
    assert!(answers.iter().flatten().all(|until| *until == at(1007)), "{answers:?}");
    second.close().await;
}

async fn keys_do_not_meet(store: &TestStore) {
    for now in 0..4 {
        ask(store, "k", now).await;
    }
    assert_eq!(ask(store, "l", 5).await, None);
    assert!(ask(store, "k", 5).await.is_some());
}

async fn takes_back_a_try_and_its_wait(store: &TestStore) {
    for now in 0..4 {
        ask(store, "k", now).await;
    }
    store.give_back_try("k", at(5)).await.unwrap();
    assert_eq!(ask(store, "k", 5).await, None, "as if the fourth had not been made");
    assert_eq!(ask(store, "k", 5).await, Some(1005));
    store.give_back_try("unknown", at(5)).await.unwrap();
    assert_eq!(ask(store, "unknown", 5).await, None);
    for _ in 0..3 {
        store.give_back_try("unknown", at(6)).await.unwrap();
    }
    assert_eq!(ask(store, "unknown", 7).await, None, "never below none");
}

async fn forgets_when_told_and_after_a_while(store: &TestStore) {
    for now in 0..4 {
        ask(store, "k", now).await;
    }
    store.forget_tries("k").await.unwrap();
    store.forget_tries("k").await.unwrap();
    for now in 5..9 {
        assert_eq!(ask(store, "k", now).await, None);
    }
    let forgotten = 8 + 1000 + 600_000;
    for now in forgotten..forgotten + 4 {
        assert_eq!(ask(store, "k", now).await, None, "all of them anew");
    }
}

//! Servers that are away, frozen, or refuse.

use std::time::{Duration, Instant};

use shopctl::domain::key::UserKey;
use shopctl::domain::user::{UserFilter, UserSort};
use shopctl::store::open::{OpenOptions, StoreUrl, open};
use shopctl::store::{Commit, StoreError};

use super::store;
use crate::support::builders::{page, user};
use crate::support::mongod::{Kind, OwnMongod, TestDatabase, free_port};

fn somebody() -> UserKey {
    "ada@example.com".parse().unwrap()
}

#[tokio::test]
async fn a_server_that_was_never_there_is_reported_at_once_without_the_password() {
    let url = format!("mongodb://root:hunter2@127.0.0.1:{}/shop", free_port());
    let store = store(&url).await;
    for _ in 0..2 {
        let began = Instant::now();
        let error = store.find_user(&somebody()).await.unwrap_err();
        assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
        let StoreError::Unavailable { detail, hint: Some(hint) } = &error else { panic!("{error:?}") };
        assert!(detail.contains("127.0.0.1") && detail.contains("connection refused"), "{detail}");
        assert!(!format!("{detail}{hint}").contains("hunter2"));
    }
    assert!(matches!(store.ping().await, Err(StoreError::Unavailable { .. })));
}

#[tokio::test]
async fn a_host_that_does_not_exist_is_named() {
    let store = store("mongodb://no-such-host.invalid/shop").await;
    let error = store.find_user(&somebody()).await.unwrap_err();
    let StoreError::Unavailable { detail, .. } = &error else { panic!("{error:?}") };
    assert!(detail.contains("no-such-host.invalid"), "{detail}");
}

#[tokio::test]
async fn a_server_that_went_away_is_waited_for_and_then_reported() {
    let server = OwnMongod::start(Kind::ReplicaSet);
    let url = StoreUrl::parse(&server.url()).unwrap();
    let quick = OpenOptions { server_selection: Duration::from_millis(700), ..OpenOptions::default() };
    let store = open(&url, &quick).await.unwrap();
    store.insert_user(&user("ada@example.com"), Commit::Keep).await.unwrap();
    server.kill();
    // The first may still meet the old connection.
    let _ = store.find_user(&somebody()).await;
    let began = Instant::now();
    let error = store.find_user(&somebody()).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}");
    let took = began.elapsed();
    assert!(took > Duration::from_millis(500) && took < Duration::from_secs(5), "{took:?}");
}

#[tokio::test]
async fn a_store_opened_before_its_server_finds_it_once_it_is_there() {
    let server = OwnMongod::start(Kind::ReplicaSet);
    server.kill();
    let store = store(&server.url()).await;
    assert!(store.ping().await.is_err());
    server.restart();
    let deadline = Instant::now() + Duration::from_mins(1);
    while store.ping().await.is_err() {
        assert!(Instant::now() < deadline, "the store does not find its server");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn wrong_passwords_and_missing_rights_are_denied() {
    let server = OwnMongod::start(Kind::WithPasswords);
    let wrong = store(&server.url_as("root", "hunter2")).await;
    let began = Instant::now();
    let error = wrong.find_user(&somebody()).await.unwrap_err();
    assert!(matches!(error, StoreError::Denied(_)), "{error:?}");
    assert!(!error.to_string().contains("hunter2"));
    assert!(began.elapsed() < Duration::from_millis(4500));

    let nobody = store(&server.url()).await.find_user(&somebody()).await.unwrap_err();
    assert!(matches!(nobody, StoreError::Denied(_)), "{nobody:?}");

    let reader = store(&server.url_as("reader", "reader")).await;
    assert_eq!(reader.find_user(&somebody()).await.unwrap(), None);
    let refused = reader.insert_user(&user("ada@example.com"), Commit::Keep).await.unwrap_err();
    assert!(matches!(refused, StoreError::Denied(_)), "{refused:?}");
    assert!(!refused.to_string().contains("ada@"), "{refused}");

    let root = store(&server.url_as("root", "correct%20horse")).await;
    root.insert_user(&user("ada@example.com"), Commit::Keep).await.unwrap();
    assert!(reader.find_user(&somebody()).await.unwrap().is_some());
}

#[tokio::test]
async fn after_a_restart_of_the_server_the_same_store_goes_on() {
    let server = OwnMongod::start(Kind::ReplicaSet);
    let store = store(&server.url()).await;
    store.insert_user(&user("ada@example.com"), Commit::Keep).await.unwrap();
    server.kill();
    server.restart();
    store.insert_user(&user("c@example.com"), Commit::Keep).await.unwrap();
    assert!(store.find_user(&somebody()).await.unwrap().is_some(), "what was acknowledged is there");
}

#[tokio::test]
async fn a_frozen_server_does_not_hold_a_ping_for_longer_than_it_may_take() {
    let server = OwnMongod::start(Kind::ReplicaSet);
    let store = store(&server.url()).await;
    store.ping().await.unwrap();
    server.stop();
    let began = Instant::now();
    let answer = store.ping().await;
    let took = began.elapsed();
    // Less than the five seconds for which a server is looked for.
    assert!(answer.is_err() && took < Duration::from_millis(4500), "{answer:?} after {took:?}");
    server.cont();
    let deadline = Instant::now() + Duration::from_mins(1);
    while store.ping().await.is_err() {
        assert!(Instant::now() < deadline, "the store does not come back");
    }
}

#[tokio::test]
async fn a_closed_store_says_so() {
    let database = TestDatabase::fresh();
    let store = store(&database.url()).await;
    store.insert_user(&user("ada@example.com"), Commit::Keep).await.unwrap();
    let began = Instant::now();
    store.close().await;
    assert!(began.elapsed() < Duration::from_millis(4500));
    let error = store.find_user(&somebody()).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}");
}

#[tokio::test]
async fn a_replica_set_of_another_name_is_unavailable() {
    let database = TestDatabase::fresh();
    let url = StoreUrl::parse(&format!("{}?replicaSet=other", database.url())).unwrap();
    let quick = OpenOptions { server_selection: Duration::from_millis(500), ..OpenOptions::default() };
    let store = open(&url, &quick).await.unwrap();
    let error = store.list_users(&UserFilter::default(), &page(UserSort::Id, false, 1)).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}");
}

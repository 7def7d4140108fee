//! Promises of `AuditLog`.

use shopctl::domain::actor::Actor;
use shopctl::domain::audit::{AuditAction, AuditEntry};
use shopctl::domain::id::AuditId;
use shopctl::store::{Commit, StoreError};
use uuid::Uuid;

use crate::support::builders::{at, user};
use crate::support::store::TestStore;

contract![
    shows_the_newest_rows_first,
    keeps_a_row_with_the_write_it_tells_of_and_none_with_one_that_failed,
    a_dry_run_logs_nothing,
];

fn entry(n: u128) -> AuditEntry {
    AuditEntry {
        id: AuditId::from_uuid(Uuid::from_u128(n)),
        at: at(i64::try_from(n).unwrap()),
        actor: Actor::shell(Some("tester")),
        action: AuditAction::RoleChanged,
        target: "usr_1".to_owned(),
        detail: n.is_multiple_of(2).then(|| "customer -> staff".to_owned()),
        request_id: (!n.is_multiple_of(2)).then(|| "r1".to_owned()),
    }
}

async fn shows_the_newest_rows_first(store: &TestStore) {
    assert_eq!(store.read_log(10).await.unwrap(), vec![]);
    store.log(&[entry(1), entry(2)]).await.unwrap();
    store.log(&[entry(3)]).await.unwrap();
    store.log(&[]).await.unwrap();
    assert_eq!(store.read_log(10).await.unwrap(), vec![entry(3), entry(2), entry(1)]);
    assert_eq!(store.read_log(2).await.unwrap(), vec![entry(3), entry(2)]);
}

async fn keeps_a_row_with_the_write_it_tells_of_and_none_with_one_that_failed(store: &TestStore) {
    let ada = user("ada@example.com");
    store.insert_user(&ada, Commit::Keep.logging(vec![entry(1)])).await.unwrap();
    let mut changed = ada.clone();
    changed.version = ada.version.next();
    store.replace_user(&changed, Commit::Keep.logging(vec![entry(2), entry(3)])).await.unwrap();
    assert_eq!(store.read_log(10).await.unwrap(), vec![entry(3), entry(2), entry(1)]);

    let stale = store.replace_user(&changed, Commit::Keep.logging(vec![entry(4)])).await;
    assert_fails!(stale, StoreError::Stale { .. });
    let twin = store.insert_user(&user("ada@example.com"), Commit::Keep.logging(vec![entry(5)])).await;
    assert_fails!(twin, StoreError::Duplicate(_));
    assert_eq!(store.read_log(10).await.unwrap().len(), 3, "what was not done is not told");

    store.delete_user(ada.id, changed.version, Commit::Keep.logging(vec![entry(6)])).await.unwrap();
    assert_eq!(store.read_log(1).await.unwrap(), vec![entry(6)]);
}

async fn a_dry_run_logs_nothing(store: &TestStore) {
    let commit = Commit::DryRun.logging(vec![entry(1)]);
    store.insert_user(&user("ada@example.com"), commit).await.unwrap();
    assert_eq!(store.read_log(10).await.unwrap(), vec![]);
}

//! Promises of `PublicKeyStore` and `SigningKeyStore`.

use shopctl::domain::session::PublicKey;
use shopctl::store::Commit;

use crate::support::at_once::at_once;
use crate::support::builders::{at, signing_key};
use crate::support::store::TestStore;

contract![
    has_no_key_at_first,
    signs_with_the_newest_key_and_shows_every_public_key_oldest_first,
    adds_a_first_key_only_when_there_is_none,
    of_16_processes_that_start_at_once_one_gives_the_key,
    notes_the_latest_token_of_a_key_and_says_whether_there_is_one,
    removes_a_key_and_removing_it_again_is_no_error,
];

async fn has_no_key_at_first(store: &TestStore) {
    assert_eq!(store.current_signing_key().await.unwrap(), None);
    assert_eq!(store.public_keys().await.unwrap(), vec![]);
}

async fn signs_with_the_newest_key_and_shows_every_public_key_oldest_first(store: &TestStore) {
    let (newest, oldest, middle) = (signing_key(9), signing_key(1), signing_key(5));
    for key in [&newest, &oldest, &middle] {
        store.insert_signing_key(key, Commit::Keep).await.unwrap();
    }
    assert_eq!(store.current_signing_key().await.unwrap().as_ref(), Some(&newest));
    assert_eq!(store.public_keys().await.unwrap(), vec![oldest.public, middle.public, newest.public]);
}

async fn adds_a_first_key_only_when_there_is_none(store: &TestStore) {
    let (first, second) = (signing_key(1), signing_key(2));
    store.insert_first_signing_key(&first).await.unwrap();
    store.insert_first_signing_key(&second).await.unwrap();
    assert_eq!(store.public_keys().await.unwrap(), vec![first.public.clone()]);
    assert_eq!(store.current_signing_key().await.unwrap(), Some(first));
}

async fn of_16_processes_that_start_at_once_one_gives_the_key(store: &TestStore) {
    let second = store.again().await;
    let seen = at_once(16, |n| {
        let store = if n % 2 == 0 { store.share() } else { std::sync::Arc::clone(&second) };
        let key = signing_key(i64::try_from(n).unwrap());
        async move {
            store.insert_first_signing_key(&key).await.unwrap();
            store.current_signing_key().await.unwrap().expect("a key").public
        }
    })
    .await;
    assert_eq!(store.public_keys().await.unwrap().len(), 1);
    assert!(seen.iter().all(|key| *key == seen[0]), "all agree on one key");
    second.close().await;
}

async fn notes_the_latest_token_of_a_key_and_says_whether_there_is_one(store: &TestStore) {
    let (key, other) = (signing_key(1), signing_key(2));
    store.insert_signing_key(&key, Commit::Keep).await.unwrap();
    for minute in [5, 9, 7] {
        assert!(store.note_token(key.public.id, at(minute)).await.unwrap());
    }
    assert!(!store.note_token(other.public.id, at(9)).await.unwrap());
    let kept = store.public_keys().await.unwrap();
    assert_eq!(kept, vec![PublicKey { tokens_until: Some(at(9)), ..key.public.clone() }]);
}

async fn removes_a_key_and_removing_it_again_is_no_error(store: &TestStore) {
    let (key, other) = (signing_key(1), signing_key(2));
    store.insert_signing_key(&key, Commit::Keep).await.unwrap();
    store.insert_signing_key(&other, Commit::Keep).await.unwrap();
    store.remove_signing_key(key.public.id, Commit::DryRun).await.unwrap();
    assert_eq!(store.public_keys().await.unwrap().len(), 2, "a dry run removes nothing");
    for _ in 0..2 {
        store.remove_signing_key(key.public.id, Commit::Keep).await.unwrap();
        assert_eq!(store.public_keys().await.unwrap(), vec![other.public.clone()]);
    }
    store.insert_signing_key(&key, Commit::DryRun).await.unwrap();
    assert_eq!(store.public_keys().await.unwrap().len(), 1, "a dry run adds nothing");
}

//! Promises of `PublicKeyStore` and `SigningKeyStore`.

use crate::support::at_once::at_once;
use crate::support::builders::signing_key;
use crate::support::store::TestStore;

contract![
    has_no_key_at_first,
    signs_with_the_newest_key_and_shows_every_public_key_oldest_first,
    adds_a_first_key_only_when_there_is_none,
    of_16_processes_that_start_at_once_one_gives_the_key,
];

async fn has_no_key_at_first(store: &TestStore) {
    assert_eq!(store.current_signing_key().await.unwrap(), None);
    assert_eq!(store.public_keys().await.unwrap(), vec![]);
}

async fn signs_with_the_newest_key_and_shows_every_public_key_oldest_first(store: &TestStore) {
    let (newest, oldest, middle) = (signing_key(9), signing_key(1), signing_key(5));
    for key in [&newest, &oldest, &middle] {
        store.insert_signing_key(key, false).await.unwrap();
    }
    assert_eq!(store.current_signing_key().await.unwrap().as_ref(), Some(&newest));
    assert_eq!(store.public_keys().await.unwrap(), vec![oldest.public, middle.public, newest.public]);
}

async fn adds_a_first_key_only_when_there_is_none(store: &TestStore) {
    let (first, second) = (signing_key(1), signing_key(2));
    store.insert_signing_key(&first, true).await.unwrap();
    store.insert_signing_key(&second, true).await.unwrap();
    assert_eq!(store.public_keys().await.unwrap(), vec![first.public.clone()]);
    assert_eq!(store.current_signing_key().await.unwrap(), Some(first));
}

async fn of_16_processes_that_start_at_once_one_gives_the_key(store: &TestStore) {
    let second = store.again().await;
    let seen = at_once(16, |n| {
        let store = if n % 2 == 0 { store.share() } else { std::sync::Arc::clone(&second) };
        let key = signing_key(i64::try_from(n).unwrap());
        async move {
            store.insert_signing_key(&key, true).await.unwrap();
            store.current_signing_key().await.unwrap().expect("a key").public
        }
    })
    .await;
    assert_eq!(store.public_keys().await.unwrap().len(), 1);
    assert!(seen.iter().all(|key| *key == seen[0]), "all agree on one key");
    second.close().await;
}

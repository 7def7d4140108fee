//! Promises of `SessionStore`.

use shopctl::domain::session::RefreshToken;
use shopctl::store::TokenUse;

use crate::support::at_once::at_once;
use crate::support::builders::{at, session, token, user};
use crate::support::store::TestStore;

contract![
    takes_a_token_once_and_says_what_it_was,
    does_not_know_a_token_that_was_never_issued,
    of_16_callers_with_one_token_exactly_one_takes_it,
    revokes_a_family_and_no_other,
    revokes_every_token_of_a_user_and_no_other,
    purges_the_tokens_that_ended_before_a_moment,
    takes_a_token_that_has_ended,
];

async fn take(store: &TestStore, token: &RefreshToken) -> TokenUse {
    store.take_refresh_token(&token.hash, at(50)).await.expect("an answer")
}

async fn takes_a_token_once_and_says_what_it_was(store: &TestStore) {
    let token = token("a", session(), user("a@example.com").id, 9);
    store.insert_refresh_token(&token).await.unwrap();
    assert_eq!(store.take_refresh_token(&token.hash, at(3)).await.unwrap(), TokenUse::Taken(token.clone()));
    // When it is presented again, it still says when it was used first.
    let used = RefreshToken { used_at: Some(at(3)), ..token.clone() };
    for _ in 0..2 {
        assert_eq!(
            store.take_refresh_token(&token.hash, at(4)).await.unwrap(),
            TokenUse::Reused(used.clone())
        );
    }
}

async fn does_not_know_a_token_that_was_never_issued(store: &TestStore) {
    let token = token("a", session(), user("a@example.com").id, 9);
    assert_eq!(take(store, &token).await, TokenUse::Unknown);
    assert_eq!(store.take_refresh_token("", at(1)).await.unwrap(), TokenUse::Unknown);
}

async fn of_16_callers_with_one_token_exactly_one_takes_it(store: &TestStore) {
    let token = token("a", session(), user("a@example.com").id, 9);
    store.insert_refresh_token(&token).await.unwrap();
    let second = store.again().await;
    let uses = at_once(16, |n| {
        let store = if n % 2 == 0 { store.share() } else { std::sync::Arc::clone(&second) };
        let hash = token.hash.clone();
        async move { store.take_refresh_token(&hash, at(2)).await.unwrap() }
    })
    .await;
    assert_eq!(uses.iter().filter(|got| matches!(got, TokenUse::Taken(_))).count(), 1);
    assert_eq!(uses.iter().filter(|got| matches!(got, TokenUse::Reused(_))).count(), 15);
    second.close().await;
}

async fn revokes_a_family_and_no_other(store: &TestStore) {
    let (family, other, user) = (session(), session(), user("a@example.com").id);
    let tokens = [token("a", family, user, 9), token("b", family, user, 9), token("c", other, user, 9)];
    for token in &tokens {
        store.insert_refresh_token(token).await.unwrap();
    }
    take(store, &tokens[0]).await;
    store.revoke_family(family).await.unwrap();
    store.revoke_family(session()).await.unwrap();
    assert_eq!(take(store, &tokens[0]).await, TokenUse::Unknown);
    assert_eq!(take(store, &tokens[1]).await, TokenUse::Unknown);
    assert!(matches!(take(store, &tokens[2]).await, TokenUse::Taken(_)));
}

async fn revokes_every_token_of_a_user_and_no_other(store: &TestStore) {
    let (ada, grace) = (user("ada@example.com").id, user("grace@example.com").id);
    let tokens =
        [token("a", session(), ada, 9), token("b", session(), ada, 9), token("c", session(), grace, 9)];
    for token in &tokens {
        store.insert_refresh_token(token).await.unwrap();
    }
    store.revoke_sessions_of(ada).await.unwrap();
    store.revoke_sessions_of(user("nobody@example.com").id).await.unwrap();
    assert_eq!(take(store, &tokens[0]).await, TokenUse::Unknown);
    assert_eq!(take(store, &tokens[1]).await, TokenUse::Unknown);
    assert!(matches!(take(store, &tokens[2]).await, TokenUse::Taken(_)));
}

async fn purges_the_tokens_that_ended_before_a_moment(store: &TestStore) {
    let user = user("a@example.com").id;
    let tokens =
        [token("a", session(), user, 1), token("b", session(), user, 2), token("c", session(), user, 3)];
    for token in &tokens {
        store.insert_refresh_token(token).await.unwrap();
    }
    assert_eq!(store.purge_refresh_tokens(tokens[1].expires_at).await.unwrap(), 1, "strictly before");
    assert_eq!(take(store, &tokens[0]).await, TokenUse::Unknown);
    assert!(matches!(take(store, &tokens[1]).await, TokenUse::Taken(_)));
    assert_eq!(store.purge_refresh_tokens(at(600_000)).await.unwrap(), 2, "used ones too");
    assert_eq!(store.purge_refresh_tokens(at(600_000)).await.unwrap(), 0);
}

async fn takes_a_token_that_has_ended(store: &TestStore) {
    let token = token("a", session(), user("a@example.com").id, 1);
    store.insert_refresh_token(&token).await.unwrap();
    let late = store.take_refresh_token(&token.hash, at(600_000)).await.unwrap();
    assert_eq!(late, TokenUse::Taken(token), "the expiry is the caller's to check");
}

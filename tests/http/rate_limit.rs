//! Rate limits and their headers, and the waits after wrong passwords.

use serde_json::json;

use crate::support::services::{PASSWORD, Services, on_both, usual};
use crate::support::store::sqlite_store;

on_both!(a_wrong_password_has_to_wait_and_the_answer_says_how_long);

async fn limited(limit: &str) -> (Services, crate::support::store::TestStore) {
    let store = sqlite_store().await;
    let mut options = usual();
    options.rate_limit = Some(limit.parse().unwrap());
    (Services::with(store.share(), options).await, store)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_request_too_many_is_told_when_the_next_may_come() {
    let (shop, _store) = limited("3/h").await;
    for remaining in [2, 1, 0] {
        let answer = shop.call("GET", "/products").send().await;
        answer.expect(200);
        assert_eq!(answer.header("ratelimit-policy"), "\"default\";q=3;w=3600");
        let left = answer.header("ratelimit");
        assert!(left.starts_with(&format!("\"default\";r={remaining};t=")), "{answer}");
    }
    let answer = shop.call("GET", "/products").send().await;
    answer.refused(429, "rate_limited");
    let wait: u64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=1200).contains(&wait), "{answer}");
    assert_eq!(answer.header("ratelimit"), format!("\"default\";r=0;t={wait}"));
    // How a service is, is told all the same.
    shop.call("GET", "/livez").send().await.expect(200);
    shop.call("GET", "/readyz").send().await.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_signed_in_has_a_share_of_their_own_and_refusals_count() {
    let (shop, _store) = limited("4/h").await;
    // Signing in counts for the address, on the users service.
    shop.token("customer").await;
    shop.token("staff").await;
    for _ in 0..4 {
        let refused = shop.call("GET", "/orders").token("no.good.token").send().await;
        refused.refused(401, "invalid_token");
        assert!(refused.header("ratelimit").starts_with("\"default\";r="), "{refused}");
    }
    shop.call("GET", "/orders").send().await.refused(429, "rate_limited");
    for _ in 0..4 {
        shop.get("customer", "/orders").await.expect(200);
    }
    shop.get("customer", "/orders").await.refused(429, "rate_limited");
    shop.get("staff", "/orders").await.expect(200);
}

/// Asks for the catalogue with this `X-Forwarded-For`.
async fn from(shop: &Services, chain: &str) -> u16 {
    shop.call("GET", "/products").header("x-forwarded-for", chain).send().await.status
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_a_proxy_each_client_is_counted_and_none_can_say_that_it_is_another() {
    let store = sqlite_store().await;
    let mut options = usual();
    options.rate_limit = Some("2/h".parse().unwrap());
    let direct = Services::with(store.share(), options.clone()).await;
    options.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    let behind = Services::with(store.share(), options).await;
    for (chain, status) in [
        ("192.0.2.1", 200),
        ("192.0.2.1", 200),
        ("192.0.2.1", 429),
        // What a client wrote there itself stands in front of what the proxy knows.
        ("198.51.100.7, 192.0.2.1", 429),
        ("192.0.2.2", 200),
    ] {
        assert_eq!(from(&behind, chain).await, status, "{chain}");
    }
    // Where no proxy is named nobody is believed.
    assert_eq!(
        [
            from(&direct, "192.0.2.1").await,
            from(&direct, "192.0.2.2").await,
            from(&direct, "192.0.2.3").await
        ],
        [200, 200, 429]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_a_proxy_who_guesses_at_many_accounts_waits_and_others_do_not() {
    let store = sqlite_store().await;
    let mut options = usual();
    options.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
    let shop = Services::with(store.share(), options).await;
    let guess = async |n: u32, chain: &str| {
        let body = json!({"email": format!("nobody{n}@example.com"), "password": "wrong horse battery"});
        shop.call("POST", "/login").header("x-forwarded-for", chain).json(&body).send().await
    };
    let mut guesses = 0;
    loop {
        // The client's own words change each time, the proxy's do not.
        let answer = guess(guesses, &format!("198.51.100.{}, 192.0.2.1", guesses % 250)).await;
        if answer.status == 429 {
            answer.refused(429, "too_many_tries");
            assert!(answer.header("retry-after").parse::<u32>().is_ok(), "{answer}");
            break;
        }
        answer.refused(401, "invalid_credentials");
        guesses += 1;
        assert!(guesses < 150, "guessing goes on and on");
    }
    assert!(guesses >= 100, "{guesses}");
    guess(1000, "192.0.2.2").await.refused(401, "invalid_credentials");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_limit_nothing_is_said_of_one() {
    let store = sqlite_store().await;
    let shop = Services::on(store.share()).await;
    let answer = shop.call("GET", "/products").send().await;
    answer.expect(200);
    assert_eq!(answer.header("ratelimit"), "");
}

async fn a_wrong_password_has_to_wait_and_the_answer_says_how_long(shop: &Services) {
    shop.register("ada@example.com", "customer").await;
    let guess = async |secret: &str| shop.sign_in("ada@example.com", secret).await;
    let mut guesses = 0;
    let wait = loop {
        let answer = guess("wrong horse battery").await;
        if answer.status == 429 {
            answer.refused(429, "too_many_tries");
            break answer.header("retry-after").parse::<u64>().unwrap();
        }
        answer.refused(401, "invalid_credentials");
        guesses += 1;
        assert!(guesses < 20, "guessing goes on and on");
    };
    assert!(guesses >= 5 && (1..=60).contains(&wait), "{guesses} guesses, {wait} s");
    tokio::time::sleep(std::time::Duration::from_secs(wait)).await;
    let session = guess(PASSWORD).await.expect(200);
    let body = json!({"old_password": "wrong horse battery", "new_password": "another horse"});
    let token = session["access_token"].as_str().unwrap();
    for _ in 0..6 {
        shop.call("PUT", "/me/password").token(token).json(&body).send().await.refused(401, "wrong_password");
    }
    let stolen = shop.call("PUT", "/me/password").token(token).json(&body).send().await;
    stolen.refused(429, "too_many_tries");
}

//! `Idempotency-Key`.

use serde_json::{Value, json};

use crate::support::http::Answer;
use crate::support::services::{Services, on_both};

on_both!(
    a_request_that_is_sent_again_is_answered_as_before_and_done_once,
    every_post_that_changes_something_is_done_once,
    another_body_under_the_same_key_is_refused,
    a_key_is_its_askers_own,
    a_refusal_is_not_kept,
    of_many_at_once_under_one_key_one_is_done,
    a_key_that_is_none_is_refused,
    a_batch_is_done_item_by_item_once,
    registering_again_with_a_key_is_answered_and_keeps_no_password,
    signing_in_takes_no_part,
);

async fn keyed(shop: &Services, role: &'static str, path: &str, key: &str, body: &Value) -> Answer {
    shop.by(role, "POST", path).await.header("idempotency-key", key).json(body).send().await
}

fn order_of(quantity: i64) -> Value {
    json!({"email": "ada@example.com", "items": [{"sku": "MUG", "quantity": quantity}]})
}

fn replayed(answer: &Answer) -> bool {
    answer.header("idempotent-replayed") == "true"
}

async fn a_request_that_is_sent_again_is_answered_as_before_and_done_once(shop: &Services) {
    shop.product("MUG", 10).await;
    let first = keyed(shop, "staff", "/orders", "k-1", &order_of(2)).await;
    let order = first.expect(201);
    assert!(!replayed(&first));
    let path = first.header("location");
    shop.put("staff", path, json!({"status": "cancelled"})).await.expect(200);
    // Quotes are those of a structured field.
    for key in ["k-1", "\"k-1\""] {
        let again = keyed(shop, "staff", "/orders", key, &order_of(2)).await;
        assert_eq!(again.expect(201), order, "as it was then");
        assert!(replayed(&again));
        assert_eq!((again.header("location"), again.header("etag")), (path, first.header("etag")));
    }
    assert_eq!(shop.level("MUG").await, (10, 0));
    let fresh = keyed(shop, "staff", "/orders", "k-2", &order_of(2)).await;
    assert_ne!(fresh.expect(201)["id"], order["id"]);
    // Only a POST is not safe to repeat by itself.
    let shown = shop.by("staff", "GET", path).await.header("idempotency-key", "k-1").send().await;
    assert_eq!(shown.expect(200)["status"], "cancelled");
}

async fn every_post_that_changes_something_is_done_once(shop: &Services) {
    shop.product("MUG", 10).await;
    shop.product("CUP", 0).await;
    let order = shop.order("MUG", 3).await;
    let item = json!({"items": [{"sku": "MUG", "quantity": 1}]});
    for (path, body, status) in [
        (format!("{order}/ship"), item.clone(), 200),
        (format!("{order}/cancel"), item.clone(), 200),
        (format!("{order}/return"), item, 200),
        (format!("{order}/pay"), json!({}), 200),
        (format!("{order}/refund"), json!({"amount": "1.00"}), 200),
        ("/inventory/MUG/adjust".to_owned(), json!({"delta": -1, "reason": "broken"}), 200),
        ("/products".to_owned(), json!({"sku": "JUG", "name": "Jug", "price": "5"}), 201),
    ] {
        let first = keyed(shop, "staff", &path, "the key", &body).await;
        first.refused(400, "invalid_idempotency_key");
        let key = format!("key-of-{}", path.replace('/', "-"));
        let first = keyed(shop, "staff", &path, &key, &body).await;
        let again = keyed(shop, "staff", &path, &key, &body).await;
        assert_eq!(first.expect(status), again.expect(status), "{path}");
        assert!(!replayed(&first) && replayed(&again), "{path}");
    }
    // One shipped, one broken; one still promised.
    assert_eq!(shop.level("MUG").await, (8, 1));
    let order = shop.get("staff", &order).await.expect(200);
    assert_eq!((&order["refunded"], &order["lines"][0]["returned"]), (&json!("1.00"), &json!(1)));
}

async fn another_body_under_the_same_key_is_refused(shop: &Services) {
    shop.product("MUG", 10).await;
    keyed(shop, "staff", "/orders", "k", &order_of(1)).await.expect(201);
    keyed(shop, "staff", "/orders", "k", &order_of(2)).await.refused(422, "idempotency_key_reused");
    let found = json!({"delta": 1, "reason": "found"});
    let elsewhere = keyed(shop, "staff", "/inventory/MUG/adjust", "k", &found).await;
    elsewhere.refused(422, "idempotency_key_reused");
    assert_eq!(shop.level("MUG").await, (10, 1));
}

async fn a_key_is_its_askers_own(shop: &Services) {
    shop.product("MUG", 10).await;
    let body = json!({"items": [{"sku": "MUG", "quantity": 1}]});
    let mine = keyed(shop, "customer", "/orders", "k", &body).await.expect(201);
    let theirs = keyed(shop, "other", "/orders", "k", &body).await.expect(201);
    assert_ne!(mine["id"], theirs["id"]);
    assert_eq!(theirs["customer"]["email"], "other@example.com");
}

async fn a_refusal_is_not_kept(shop: &Services) {
    shop.product("MUG", 1).await;
    keyed(shop, "staff", "/orders", "k", &order_of(2)).await.refused(409, "insufficient_stock");
    keyed(shop, "customer", "/inventory/MUG/adjust", "a", &json!({"delta": 1}))
        .await
        .refused(403, "staff_only");
    shop.post("staff", "/inventory/MUG/adjust", json!({"delta": 5, "reason": "found"})).await.expect(200);
    let placed = keyed(shop, "staff", "/orders", "k", &order_of(2)).await;
    placed.expect(201);
    assert!(!replayed(&placed));
}

async fn of_many_at_once_under_one_key_one_is_done(shop: &Services) {
    shop.product("MUG", 100).await;
    let body = order_of(1);
    let calls = (0..24).map(|_| keyed(shop, "staff", "/orders", "k", &body));
    let mut ids = Vec::new();
    for answer in futures_util::future::join_all(calls).await {
        if answer.status == 409 {
            answer.refused(409, "request_in_progress");
            assert_eq!(answer.header("retry-after"), "1");
        } else {
            ids.push(answer.expect(201)["id"].clone());
        }
    }
    ids.dedup();
    assert_eq!(ids.len(), 1);
    assert_eq!(shop.level("MUG").await, (100, 1));
}

async fn a_key_that_is_none_is_refused(shop: &Services) {
    shop.product("MUG", 10).await;
    for key in ["", "with space", "\"\"", &"x".repeat(256)] {
        let refused = keyed(shop, "staff", "/orders", key, &order_of(1)).await;
        refused.refused(400, "invalid_idempotency_key");
    }
    let call = shop.by("staff", "POST", "/orders").await.header("idempotency-key", "a");
    let twice = call.header("idempotency-key", "b").json(&order_of(1)).send().await;
    twice.refused(400, "invalid_idempotency_key");
    assert_eq!(shop.level("MUG").await, (10, 0));
    keyed(shop, "staff", "/orders", &"x".repeat(255), &order_of(1)).await.expect(201);
}

async fn a_batch_is_done_item_by_item_once(shop: &Services) {
    let item = |sku: &str| json!({"sku": sku, "name": "N", "price": "1"});
    let body = json!({"items": [item("A"), item("B"), item("A")]});
    let first = keyed(shop, "staff", "/products/batch", "k", &body).await.expect(207);
    let again = keyed(shop, "staff", "/products/batch", "k", &body).await.expect(207);
    assert_eq!(first, again);
    let skus = shop.get("staff", "/products").await.expect(200);
    assert_eq!(skus["items"].as_array().unwrap().len(), 2);
}

async fn registering_again_with_a_key_is_answered_and_keeps_no_password(shop: &Services) {
    let body = json!({"email": "new@example.com", "password": "correct horse battery"});
    let register =
        async || shop.call("POST", "/register").header("idempotency-key", "k").json(&body).send().await;
    let first = register().await;
    let again = register().await;
    assert_eq!(first.expect(201), again.expect(201));
    assert!(replayed(&again));
    shop.post("customer", "/register", body.clone()).await.refused(409, "email_taken");
}

async fn signing_in_takes_no_part(shop: &Services) {
    shop.register("new@example.com", "customer").await;
    let body = json!({"email": "new@example.com", "password": crate::support::services::PASSWORD});
    let login = async || shop.call("POST", "/login").header("idempotency-key", "k").json(&body).send().await;
    let (first, again) = (login().await, login().await);
    assert_ne!(first.expect(200)["refresh_token"], again.expect(200)["refresh_token"]);
    assert!(!replayed(&again));
}

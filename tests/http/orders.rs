//! The orders service.

use serde_json::{Value, json};

use crate::support::services::{Services, on_both};

on_both!(
    a_customer_orders_for_themselves_and_sees_only_their_own,
    a_customer_may_cancel_while_it_is_pending_and_nothing_else,
    staff_order_for_anyone,
    an_order_is_taken_whole_or_not_at_all,
    an_item_names_its_product_once,
    an_order_goes_its_way_step_by_step,
    a_status_word_brings_an_order_on,
    an_illegal_step_names_those_that_are_allowed,
    some_items_are_shipped_and_come_back,
    removing_an_order_gives_its_stock_back,
    a_stale_order_is_left_alone,
    lists_filter_and_go_on,
    an_order_may_be_held_for_a_while,
    an_order_whose_hold_is_over_expires,
);

fn order_of(sku: &str, quantity: i64) -> Value {
    json!({"items": [{"sku": sku, "quantity": quantity}]})
}

async fn a_customer_orders_for_themselves_and_sees_only_their_own(shop: &Services) {
    shop.product("MUG", 10).await;
    let answer = shop.post("customer", "/orders", order_of("MUG", 2)).await;
    let order = answer.expect(201);
    let path = answer.header("location");
    assert_eq!((&order["status"], &order["total"]), (&json!("pending"), &json!("25.00")));
    assert_eq!(order["customer"]["email"], "customer@example.com");
    assert_eq!(shop.level("MUG").await, (10, 2));

    let theirs = shop.post("other", "/orders", order_of("MUG", 1)).await.expect(201);
    assert_eq!(shop.get("customer", path).await.expect(200), order);
    let by_number = format!("/orders/{}", order["number"]);
    assert_eq!(shop.get("customer", &by_number).await.expect(200), order);
    shop.get("other", path).await.refused(404, "order_not_found");
    shop.put("other", path, json!({"status": "cancelled"})).await.refused(404, "order_not_found");
    assert_eq!(shop.get("other", "/orders").await.expect(200)["items"], json!([theirs]));
    assert_eq!(shop.get("staff", "/orders").await.expect(200)["items"], json!([order, theirs]));
    let foreign = shop.get("customer", "/orders?user=other@example.com").await;
    foreign.refused(403, "staff_only");

    for somebody in [json!({"user": "other@example.com"}), json!({"email": "guest@example.com"})] {
        let mut body = order_of("MUG", 1);
        body.as_object_mut().unwrap().extend(somebody.as_object().unwrap().clone());
        shop.post("customer", "/orders", body).await.refused(403, "staff_only");
    }
    let mut named = order_of("MUG", 1);
    named["user"] = json!("CUSTOMER@example.com");
    shop.post("customer", "/orders", named).await.expect(201);
}

async fn a_customer_may_cancel_while_it_is_pending_and_nothing_else(shop: &Services) {
    shop.product("MUG", 10).await;
    let placed = async || {
        let answer = shop.post("customer", "/orders", order_of("MUG", 2)).await;
        answer.expect(201);
        answer.header("location").to_owned()
    };
    let path = placed().await;
    for body in [json!({"status": "paid"}), json!({"status": "shipped"}), json!({"note": "quick"})] {
        shop.put("customer", &path, body).await.refused(403, "staff_only");
    }
    shop.by("customer", "POST", &format!("{path}/cancel")).await.send().await.refused(403, "staff_only");
    let cancelled = shop.put("customer", &path, json!({"status": "cancelled", "reason": "too late"})).await;
    let cancelled = cancelled.expect(200);
    assert_eq!(cancelled["status"], "cancelled");
    assert_eq!(cancelled["history"][1]["reason"], "too late");
    assert!(cancelled["history"][1]["actor"].as_str().unwrap().starts_with("usr_"));
    assert_eq!(shop.level("MUG").await, (10, 0));

    let path = placed().await;
    shop.put("staff", &path, json!({"status": "confirmed"})).await.expect(200);
    shop.put("customer", &path, json!({"status": "cancelled"})).await.refused(403, "staff_only");
}

async fn staff_order_for_anyone(shop: &Services) {
    let id = shop.product("MUG", 10).await;
    shop.register("ada@example.com", "customer").await;
    let body = json!({
        "user": "ada@example.com", "address": "1 Dean's Yard", "note": "ring twice", "external_ref": "SHOP-1",
        "hold_seconds": 1800, "items": [{"product_id": id, "quantity": 1}],
    });
    let order = shop.post("staff", "/orders", body.clone()).await.expect(201);
    assert!(order["customer"]["user_id"].as_str().unwrap().starts_with("usr_"));
    assert_eq!((&order["note"], &order["external_ref"]), (&json!("ring twice"), &json!("SHOP-1")));
    assert!(order["hold_until"].is_string());
    shop.post("staff", "/orders", body).await.refused(409, "external_ref_taken");
    let guest = json!({"email": "guest@example.com", "items": [{"product": "MUG", "quantity": 1}]});
    assert_eq!(shop.post("staff", "/orders", guest).await.expect(201)["customer"]["user_id"], json!(null));
    let nobody = shop.post("staff", "/orders", order_of("MUG", 1)).await;
    nobody.refused(422, "customer_missing");
    let unknown = json!({"user": "eve@example.com", "items": [{"sku": "MUG", "quantity": 1}]});
    shop.post("staff", "/orders", unknown).await.refused(404, "user_not_found");
}

async fn an_order_is_taken_whole_or_not_at_all(shop: &Services) {
    for sku in ["A", "B", "C"] {
        shop.product(sku, 3).await;
    }
    let place = async |items: Value| {
        shop.post("staff", "/orders", json!({"email": "guest@example.com", "items": items})).await
    };
    let wanted = json!([
        {"sku": "A", "quantity": 2}, {"sku": "B", "quantity": 4}, {"sku": "C", "quantity": 3},
        {"sku": "A", "quantity": 2},
    ]);
    let short = place(wanted).await;
    let problem = short.refused(409, "insufficient_stock");
    assert_eq!(short.pointers(), ["/items/0", "/items/3", "/items/1"]);
    assert!(problem["detail"].as_str().unwrap().contains("B: asked for 4, available 3"), "{short}");
    for sku in ["A", "B", "C"] {
        assert_eq!(shop.level(sku).await, (3, 0));
    }
    let missing = place(json!([{"sku": "A", "quantity": 1}, {"sku": "NONE", "quantity": 1}])).await;
    missing.refused(404, "product_not_found");
    assert_eq!(missing.pointers(), ["/items/1/sku"]);
    let none = place(json!([{"sku": "A", "quantity": 0}, {"sku": "A", "quantity": -1}])).await;
    none.refused(422, "invalid_quantity");
    assert_eq!(none.pointers(), ["/items/0/quantity", "/items/1/quantity"]);
    place(json!([])).await.refused(422, "no_items");
    place(json!([{"sku": "A", "quantity": 1.5}])).await.refused(422, "invalid_type");
    shop.patch("staff", "/products/A", json!({"status": "archived"})).await.expect(200);
    place(json!([{"sku": "A", "quantity": 1}])).await.refused(409, "not_on_sale");
}

async fn an_item_names_its_product_once(shop: &Services) {
    let id = shop.product("MUG", 3).await;
    for (item, code, pointer) in [
        (json!({"quantity": 1}), "missing_member", "/items/0/sku"),
        (json!({"sku": "MUG", "product_id": id, "quantity": 1}), "duplicate_member", "/items/0/product_id"),
        (json!({"sku": "", "quantity": 1}), "invalid_sku", "/items/0/sku"),
        (json!({"product_id": "", "quantity": 1}), "invalid_sku", "/items/0/product_id"),
        (json!({"sku": "MUG"}), "missing_member", "/items/0/quantity"),
        (json!(["MUG", null, null, 1]), "invalid_type", "/items/0"),
    ] {
        let body = json!({"email": "guest@example.com", "items": [item]});
        let answer = shop.post("staff", "/orders", body).await;
        answer.refused(422, code);
        assert_eq!(answer.pointers(), [pointer]);
    }
}

async fn an_order_goes_its_way_step_by_step(shop: &Services) {
    shop.product("MUG", 10).await;
    let path = shop.order("MUG", 4).await;
    let step = async |word: &str| shop.by("staff", "POST", &format!("{path}/{word}")).await.send().await;
    let paid = step("pay").await.expect(200);
    assert_eq!((&paid["status"], &paid["payment_status"]), (&json!("confirmed"), &json!("paid")));
    assert_eq!(step("pay").await.expect(200), paid, "the same word again writes nothing");
    let null = shop.post("staff", &format!("{path}/pay"), json!(null)).await;
    assert_eq!(null.expect(200), paid, "null says as little as no body");
    let shipped =
        shop.post("staff", &format!("{path}/ship"), json!({"tracking": "JD0001"})).await.expect(200);
    assert_eq!((&shipped["status"], &shipped["tracking"]), (&json!("shipped"), &json!("JD0001")));
    assert_eq!(shop.level("MUG").await, (6, 0));
    assert_eq!(step("deliver").await.expect(200)["status"], "delivered");
    let back = shop.post("staff", &format!("{path}/return"), json!({"restock": true})).await.expect(200);
    assert_eq!((&back["status"], &back["payment_status"]), (&json!("returned"), &json!("paid")));
    assert_eq!(shop.level("MUG").await, (10, 0));
    let part = shop.post("staff", &format!("{path}/refund"), json!({"amount": 12.5})).await.expect(200);
    assert_eq!((&part["payment_status"], &part["refunded"]), (&json!("partially_refunded"), &json!("12.50")));
    let more = shop.post("staff", &format!("{path}/refund"), json!({"amount": "50.00"})).await;
    more.refused(409, "refund_too_large");
    assert_eq!(step("refund").await.expect(200)["payment_status"], "refunded");
}

async fn a_status_word_brings_an_order_on(shop: &Services) {
    shop.product("MUG", 10).await;
    let path = shop.order("MUG", 4).await;
    let both = json!({"status": "confirmed", "note": "ring twice", "reason": "rang"});
    let order = shop.put("staff", &path, both).await.expect(200);
    assert_eq!(
        (&order["status"], &order["note"], &order["version"]),
        (&json!("confirmed"), &json!("ring twice"), &json!(2))
    );
    let order = shop.put("staff", &path, json!({"note": null})).await.expect(200);
    assert_eq!((&order["note"], &order["status"]), (&json!(null), &json!("confirmed")));
    for (word, status) in [("shipped", "shipped"), ("delivered", "delivered"), ("returned", "returned")] {
        assert_eq!(shop.put("staff", &path, json!({"status": word})).await.expect(200)["status"], status);
    }
    shop.put("staff", &path, json!({"status": "lost"})).await.refused(422, "invalid_status");
    shop.put("staff", &path, json!({})).await.refused(422, "nothing_to_change");
    shop.put("staff", &path, json!({"status": null})).await.refused(422, "invalid_type");
    let canceled = shop.order("MUG", 1).await;
    assert_eq!(
        shop.put("staff", &canceled, json!({"status": "canceled"})).await.expect(200)["status"],
        "cancelled"
    );
}

async fn an_illegal_step_names_those_that_are_allowed(shop: &Services) {
    shop.product("MUG", 10).await;
    let path = shop.order("MUG", 4).await;
    let refused = shop.put("staff", &path, json!({"status": "delivered"})).await;
    let problem = refused.refused(409, "illegal_transition");
    let allowed: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|e| &e["detail"]).collect();
    assert!(allowed.contains(&&json!("cancel")) && allowed.contains(&&json!("ship")), "{refused}");
    assert_eq!(shop.get("staff", &path).await.expect(200)["version"], 1);
    shop.put("staff", "/orders/4711", json!({"status": "paid"})).await.refused(404, "order_not_found");
    shop.put("staff", "/orders/ten", json!({"status": "paid"})).await.refused(422, "invalid_order_number");
}

async fn some_items_are_shipped_and_come_back(shop: &Services) {
    shop.product("MUG", 10).await;
    let path = shop.order("MUG", 4).await;
    let step = async |word: &str, quantity: i64| {
        shop.post("staff", &format!("{path}/{word}"), order_of("MUG", quantity)).await
    };
    step("ship", 5).await.refused(409, "too_many_items");
    assert_eq!(step("ship", 3).await.expect(200)["status"], "partially_shipped");
    assert_eq!(step("cancel", 1).await.expect(200)["status"], "shipped");
    assert_eq!(step("return", 1).await.expect(200)["status"], "partially_returned");
    assert_eq!(shop.level("MUG").await, (7, 0));
    let other = json!({"items": [{"sku": "CUP", "quantity": 1}]});
    shop.post("staff", &format!("{path}/return"), other).await.refused(409, "not_on_order");
    let unnamed =
        shop.post("staff", &format!("{path}/ship"), json!({"items": [{"sku": "", "quantity": 1}]})).await;
    unnamed.refused(422, "invalid_sku");
    assert_eq!(unnamed.pointers(), ["/items/0/sku"]);
}

async fn removing_an_order_gives_its_stock_back(shop: &Services) {
    shop.product("MUG", 10).await;
    let path = shop.order("MUG", 4).await;
    shop.delete("staff", &path).await.expect(204);
    assert_eq!(shop.level("MUG").await, (10, 0));
    shop.get("staff", &path).await.refused(404, "order_not_found");
    let path = shop.order("MUG", 4).await;
    shop.by("staff", "POST", &format!("{path}/ship")).await.send().await.expect(200);
    shop.delete("staff", &path).await.refused(409, "order_shipped");
    shop.delete("staff", "/products/MUG").await.refused(409, "still_referenced");
}

async fn a_stale_order_is_left_alone(shop: &Services) {
    shop.product("MUG", 10).await;
    let path = shop.order("MUG", 4).await;
    let guarded = async |method: &str, path: &str, tag: &str| {
        let call = shop.by("staff", method, path).await.header("if-match", tag);
        call.json(&json!({"status": "paid"})).send().await
    };
    guarded("PUT", &path, "\"v1\"").await.expect(200);
    assert_eq!(guarded("PUT", &path, "\"v1\"").await.refused(412, "stale_version")["current_version"], 2);
    guarded("DELETE", &path, "\"v1\"").await.refused(412, "stale_version");
    let step = shop.by("staff", "POST", &format!("{path}/ship")).await.header("if-match", "\"v1\"");
    step.send().await.refused(412, "stale_version");
    let known = shop.by("staff", "GET", &path).await.header("if-none-match", "\"v2\"").send().await;
    known.expect(304);
}

async fn an_order_may_be_held_for_a_while(shop: &Services) {
    shop.product("MUG", 10).await;
    let place = async |hold: Value| {
        let mut body = order_of("MUG", 1);
        body["email"] = json!("guest@example.com");
        body["hold_seconds"] = hold;
        shop.post("staff", "/orders", body).await
    };
    assert!(place(json!(31_536_000)).await.expect(201)["hold_until"].is_string());
    for none in [json!(0), json!(null)] {
        assert!(place(none).await.expect(201)["hold_until"].is_null());
    }
    for long in [json!(31_536_001), json!(u64::MAX)] {
        let refused = place(long).await;
        refused.refused(422, "hold_too_long");
        assert_eq!(refused.pointers(), ["/hold_seconds"]);
    }
    assert_eq!(shop.level("MUG").await, (10, 3));
}

async fn an_order_whose_hold_is_over_expires(shop: &Services) {
    shop.product("MUG", 10).await;
    let mut body = order_of("MUG", 3);
    body["email"] = json!("guest@example.com");
    body["hold_seconds"] = json!(1);
    let order = shop.post("staff", "/orders", body).await.expect(201);
    let path = format!("/orders/{}", order["number"]);
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    let expired = loop {
        let order = shop.get("staff", &path).await.expect(200);
        if order["status"] == "expired" {
            break order;
        }
        assert!(std::time::Instant::now() < deadline, "{order:#}");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    assert_eq!(expired["history"][1]["actor"], "sweep");
    assert_eq!(shop.level("MUG").await, (10, 0));
    let listed = shop.get("staff", "/orders?status=expired").await.expect(200);
    assert_eq!(listed["items"], json!([expired]));
    let late = shop.by("staff", "POST", &format!("{path}/pay")).await.send().await;
    late.refused(409, "illegal_transition");
}

async fn lists_filter_and_go_on(shop: &Services) {
    shop.product("MUG", 10).await;
    shop.product("CUP", 10).await;
    let mug = shop.order("MUG", 1).await;
    shop.order("CUP", 2).await;
    shop.put("staff", &mug, json!({"status": "paid"})).await.expect(200);
    let count = async |query: &str| {
        let page = shop.get("staff", &format!("/orders?{query}")).await.expect(200);
        page["items"].as_array().unwrap().len()
    };
    for (query, expected) in [
        ("status=pending", 1),
        ("payment_status=paid", 1),
        ("product=CUP", 1),
        ("email=GUEST@example.com", 2),
        ("q=mug", 1),
        ("created_after=2000-01-01", 2),
        ("created_before=2000-01-01", 0),
        ("sort=-total&limit=1", 1),
    ] {
        assert_eq!(count(query).await, expected, "{query}");
    }
    let first = shop.get("staff", "/orders?limit=1&sort=-total").await;
    assert_eq!(first.expect(200)["items"][0]["total"], "25.00");
    let next = first.header("link").split(['<', '>']).nth(1).unwrap_or_default();
    assert_eq!(shop.get("staff", next).await.expect(200)["items"][0]["total"], "12.50");
    shop.get("staff", "/orders?status=lost").await.refused(422, "invalid_status");
    shop.get("staff", "/orders?product=NONE").await.refused(404, "product_not_found");
}

//! The inventory service.

use serde_json::{Value, json};

use crate::support::services::{Services, on_both};

on_both!(
    stock_is_begun_read_counted_and_ended,
    a_correction_needs_a_reason_and_never_takes_what_is_promised,
    a_count_holds_only_if_the_counter_knew_what_was_there,
    every_change_leaves_a_movement,
    lists_find_what_runs_low,
    stock_is_shown_as_it_was_at_a_moment,
);

async fn bare_product(shop: &Services, sku: &str) -> String {
    let body = json!({"sku": sku, "name": sku, "price": "1.00"});
    shop.post("staff", "/products", body).await.expect(201)["id"].as_str().unwrap().to_owned()
}

async fn stock_is_begun_read_counted_and_ended(shop: &Services) {
    let id = bare_product(shop, "MUG").await;
    shop.get("staff", "/inventory/MUG").await.refused(404, "stock_not_found");
    let begun =
        shop.post("staff", "/inventory", json!({"sku": "MUG", "quantity": 5, "low_stock_at": 2})).await;
    let stock = begun.expect(201);
    assert_eq!(begun.header("location"), format!("/inventory/{id}"));
    assert_eq!(
        (&stock["on_hand"], &stock["available"], &stock["low_stock_at"]),
        (&json!(5), &json!(5), &json!(2))
    );
    shop.post("staff", "/inventory", json!({"product_id": id, "quantity": 5}))
        .await
        .refused(409, "stock_exists");
    shop.post("staff", "/inventory", json!({"sku": "CUP", "quantity": 5}))
        .await
        .refused(404, "product_not_found");
    shop.post("staff", "/inventory", json!({"quantity": 5})).await.refused(422, "missing_member");
    let negative = shop.post("staff", "/inventory", json!({"sku": "MUG", "quantity": -5})).await;
    negative.refused(422, "invalid_quantity");

    let path = format!("/inventory/{id}");
    let counted = shop.put("staff", &path, json!({"quantity": 7, "low_stock_at": null})).await.expect(200);
    assert_eq!((&counted["on_hand"], &counted["low_stock_at"]), (&json!(7), &json!(null)));
    let known = shop.by("staff", "GET", &path).await.header("if-none-match", "\"v2\"").send().await;
    known.expect(304);
    let stale = shop.by("staff", "PUT", &path).await.header("if-match", "\"v1\"");
    stale.json(&json!({"quantity": 1})).send().await.refused(412, "stale_version");
    let stale = shop.by("staff", "DELETE", &path).await.header("if-match", "\"v1\"").send().await;
    stale.refused(412, "stale_version");
    shop.delete("staff", &path).await.expect(204);
    shop.get("staff", &path).await.refused(404, "stock_not_found");
    shop.delete("staff", &path).await.refused(404, "stock_not_found");
    let other = bare_product(shop, "CUP").await;
    let first = shop.put("staff", "/inventory/CUP", json!({"quantity": 3})).await;
    first.expect(201);
    assert_eq!(first.header("location"), format!("/inventory/{other}"));
}

async fn a_correction_needs_a_reason_and_never_takes_what_is_promised(shop: &Services) {
    shop.product("MUG", 10).await;
    shop.order("MUG", 4).await;
    let adjust = async |body: Value| shop.post("staff", "/inventory/MUG/adjust", body).await;
    let unsaid = adjust(json!({"delta": -1})).await;
    unsaid.refused(422, "reason_missing");
    assert_eq!(unsaid.pointers(), ["/reason"]);
    adjust(json!({"delta": 0, "reason": "none"})).await.refused(422, "invalid_delta");
    adjust(json!({"delta": -7, "reason": "theft"})).await.refused(409, "below_reserved");
    assert_eq!(shop.level("MUG").await, (10, 4));
    assert_eq!(adjust(json!({"delta": -6, "reason": "broken"})).await.expect(200)["available"], 0);
    assert_eq!(adjust(json!({"delta": 1, "reason": "found"})).await.expect(200)["on_hand"], 5);
    let nothing = shop.post("staff", "/inventory/NONE/adjust", json!({"delta": 1, "reason": "x"})).await;
    nothing.refused(404, "product_not_found");
    shop.delete("staff", "/inventory/MUG").await.refused(409, "still_referenced");
}

async fn a_count_holds_only_if_the_counter_knew_what_was_there(shop: &Services) {
    shop.product("MUG", 10).await;
    let count = async |body: Value| shop.put("staff", "/inventory/MUG", body).await;
    count(json!({"quantity": 8, "expected": 9})).await.refused(409, "stock_changed");
    count(json!({"quantity": 8, "expected": 10})).await.expect(200);
    count(json!({"expected": 8})).await.refused(422, "missing_member");
    count(json!({"quantity": "8"})).await.refused(422, "invalid_type");
    count(json!({"quantity": 9_007_199_254_740_992_i64})).await.refused(422, "invalid_quantity");
    assert_eq!(shop.level("MUG").await, (8, 0));
}

async fn every_change_leaves_a_movement(shop: &Services) {
    shop.product("MUG", 10).await;
    let path = shop.order("MUG", 4).await;
    shop.put("staff", &path, json!({"status": "cancelled"})).await.expect(200);
    shop.post("staff", "/inventory/MUG/adjust", json!({"delta": -1, "reason": "broken"})).await.expect(200);
    let page = shop.get("staff", "/inventory/MUG/movements").await.expect(200);
    let movements = page["items"].as_array().unwrap();
    let kinds: Vec<_> = movements.iter().map(|m| m["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["receive", "reserve", "release", "adjust"]);
    assert_eq!(movements[3]["reason"], "broken");
    assert!(movements[3]["actor"].as_str().unwrap().starts_with("usr_"));
    let newest = shop.get("staff", "/inventory/MUG/movements?sort=-seq&limit=1").await;
    assert_eq!(newest.expect(200)["items"][0]["seq"], 4);
    let next = newest.header("link").split(['<', '>']).nth(1).unwrap_or_default();
    assert_eq!(shop.get("staff", next).await.expect(200)["items"][0]["seq"], 3);
    shop.get("staff", "/inventory/NONE/movements").await.refused(404, "product_not_found");
    shop.get("staff", "/inventory/MUG/movements?q=x").await.refused(422, "unknown_parameter");
}

async fn lists_find_what_runs_low(shop: &Services) {
    for (sku, stock) in [("NONE", 0), ("FEW", 2), ("MANY", 100)] {
        shop.product(sku, stock).await;
    }
    shop.put("staff", "/inventory/FEW", json!({"quantity": 2, "low_stock_at": 5})).await.expect(200);
    let list = async |query: &str| {
        let page = shop.get("staff", &format!("/inventory?{query}")).await.expect(200);
        let items = page["items"].as_array().unwrap().clone();
        items.iter().map(|item| item["sku"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(list("sort=-on_hand").await, ["MANY", "FEW", "NONE"]);
    assert_eq!(list("below=3&sort=sku").await, ["FEW", "NONE"]);
    assert_eq!(list("out_of_stock=true").await, ["NONE"]);
    assert_eq!(list("low=true").await, ["FEW"]);
    assert_eq!(list("q=man").await, ["MANY"]);
    shop.get("staff", "/inventory?low=maybe").await.refused(422, "invalid_parameter");
}

async fn stock_is_shown_as_it_was_at_a_moment(shop: &Services) {
    let id = shop.product("MUG", 10).await;
    let opened = shop.get("staff", "/inventory/MUG").await.expect(200)["updated_at"].clone();
    shop.order("MUG", 4).await;
    let then = async |at: &str| shop.get("staff", &format!("/inventory/{id}?at={at}")).await;
    let past = then(opened.as_str().unwrap()).await.expect(200);
    assert_eq!((&past["on_hand"], &past["reserved"], &past["at"]), (&json!(10), &json!(0), &opened));
    assert_eq!(then("1999-12-31").await.expect(200)["seq"], 0);
    assert_eq!(then("2999-12-31").await.expect(200)["available"], 6);
    let refused = then("soon").await;
    refused.refused(422, "invalid_time");
    assert_eq!(refused.pointers(), ["/at"]);
    shop.get("customer", &format!("/inventory/{id}?at=1999-12-31")).await.refused(403, "staff_only");
}

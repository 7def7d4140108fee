//! What may stand in a request, whatever the route.

use serde_json::{Value, json};
use shopctl::http::{Service, openapi};

use crate::support::services::{Services, on_both};

on_both!(
    every_error_of_a_body_is_told_at_once,
    what_is_wrong_with_shape_and_values_is_told_at_once_on_every_route,
    a_dry_run_makes_every_check_and_changes_nothing,
    a_dry_run_of_every_kind_of_write_changes_nothing,
    any_of_several_versions_will_do,
    a_product_may_be_called_batch,
    no_route_takes_a_parameter_that_it_does_not_know,
);

async fn every_error_of_a_body_is_told_at_once(shop: &Services) {
    let body = json!({"sku": {"$gt": ""}, "colour": "red", "price": true, "tags": "x", "stock": "1"});
    let answer = shop.post("staff", "/products", body).await;
    assert_eq!(answer.refused(422, "unknown_member")["errors"].as_array().unwrap().len(), 6);
    let mut pointers = answer.pointers();
    pointers.sort();
    assert_eq!(pointers, ["/colour", "/name", "/price", "/sku", "/stock", "/tags"]);
    let items =
        json!([{"quantity": 1}, {"sku": "A", "product": "A", "quantity": 1}, {"sku": "A", "quantity": 1}]);
    let answer = shop.post("staff", "/orders", json!({"email": "a@example.com", "items": items})).await;
    assert_eq!(answer.pointers(), ["/items/0/sku", "/items/1/product"]);
    let answer = shop.call("GET", "/products?limit=x&colour=red&sort=id&sort=name").send().await;
    assert_eq!(answer.pointers(), ["/limit", "/colour", "/sort"]);
}

#[expect(clippy::too_many_lines, reason = "a table")]
async fn what_is_wrong_with_shape_and_values_is_told_at_once_on_every_route(shop: &Services) {
    shop.product("MUG", 10).await;
    let order = shop.order("MUG", 2).await;
    shop.token("customer").await;
    let item = json!({"sku": "MUG", "quantity": 0});
    let product = json!({"sku": "", "name": 7, "price": "1.234", "currency": "EUR", "tags": ["", 5], "status": "new",
        "options": {"size": 5, "": "x"}});
    let of_product =
        vec!["/name", "/options/", "/options/size", "/price", "/sku", "/status", "/tags/0", "/tags/1"];
    let within =
        |pointers: &[&str]| pointers.iter().map(|pointer| format!("/items/1{pointer}")).collect::<Vec<_>>();
    let of_batch = within(&of_product);
    let of_batch: Vec<&str> = of_batch.iter().map(String::as_str).collect();
    for (role, method, path, body, expected) in [
        (
            "",
            "POST",
            "/register",
            json!({"email": "nobody", "password": "short", "name": 7}),
            vec!["/email", "/name", "/password"],
        ),
        (
            "customer",
            "PATCH",
            "/me",
            json!({"email": "nobody", "role": "admin", "phone": 7}),
            vec!["/email", "/phone", "/role"],
        ),
        (
            "customer",
            "PUT",
            "/me/password",
            json!({"old_password": 7, "new_password": "short"}),
            vec!["/new_password", "/old_password"],
        ),
        (
            "admin",
            "PATCH",
            "/users/customer@example.com",
            json!({"role": "boss", "status": 1}),
            vec!["/role", "/status"],
        ),
        ("staff", "POST", "/products", product.clone(), of_product.clone()),
        ("staff", "PUT", "/products/MUG", product.clone(), of_product.clone()),
        ("staff", "PATCH", "/products/MUG", json!({"name": null, "status": "new"}), vec!["/name", "/status"]),
        (
            "staff",
            "POST",
            "/products/batch",
            json!({"items": [{"sku": "A", "name": "A", "price": "1"}, product]}),
            of_batch,
        ),
        (
            "staff",
            "POST",
            "/orders",
            json!({"email": "nobody", "items": [item, {"quantity": 0}, 5], "note": 7, "hold_seconds": 99_999_999_999_u64}),
            vec![
                "/email",
                "/hold_seconds",
                "/items/0/quantity",
                "/items/1/quantity",
                "/items/1/sku",
                "/items/2",
                "/note",
            ],
        ),
        ("staff", "PUT", &order, json!({"status": "lost", "note": 7}), vec!["/note", "/status"]),
        (
            "staff",
            "POST",
            &format!("{order}/ship"),
            json!({"items": [item], "tracking": "", "reason": 7}),
            vec!["/items/0/quantity", "/reason", "/tracking"],
        ),
        (
            "staff",
            "POST",
            &format!("{order}/cancel"),
            json!({"items": [{"quantity": 0}], "x": 1}),
            vec!["/items/0/quantity", "/items/0/sku", "/x"],
        ),
        (
            "staff",
            "POST",
            &format!("{order}/return"),
            json!({"items": [], "restock": "yes"}),
            vec!["/items", "/restock"],
        ),
        (
            "staff",
            "POST",
            &format!("{order}/refund"),
            json!({"amount": true, "reason": ""}),
            vec!["/amount", "/reason"],
        ),
        (
            "staff",
            "POST",
            "/inventory",
            json!({"quantity": -1, "reason": 7, "low_stock_at": -1}),
            vec!["/low_stock_at", "/quantity", "/reason", "/sku"],
        ),
        (
            "staff",
            "PUT",
            "/inventory/MUG",
            json!({"quantity": "1", "expected": -1, "reason": ""}),
            vec!["/expected", "/quantity", "/reason"],
        ),
        (
            "staff",
            "POST",
            "/inventory/MUG/adjust",
            json!({"delta": 0, "reference": 7}),
            vec!["/delta", "/reason", "/reference"],
        ),
        // Nothing is wrong with the shape of these.
        (
            "staff",
            "POST",
            "/inventory",
            json!({"quantity": -1, "low_stock_at": -1}),
            vec!["/low_stock_at", "/quantity", "/sku"],
        ),
        ("staff", "POST", "/inventory/MUG/adjust", json!({"delta": 0}), vec!["/delta", "/reason"]),
        (
            "staff",
            "POST",
            "/orders",
            json!({"items": [{"quantity": 0}]}),
            vec!["/email", "/items/0/quantity", "/items/0/sku"],
        ),
        (
            "staff",
            "POST",
            &format!("{order}/ship"),
            json!({"items": [{"quantity": 0}], "reason": ""}),
            vec!["/items/0/quantity", "/items/0/sku", "/reason"],
        ),
    ] {
        let call = if role.is_empty() { shop.call(method, path) } else { shop.by(role, method, path).await };
        let answer = call.json(&body).send().await;
        assert_eq!(answer.status, 422, "{method} {path}: {answer}");
        let mut pointers = answer.pointers();
        pointers.sort();
        assert_eq!(pointers, expected, "{method} {path} {body}: {answer}");
    }
}

async fn a_dry_run_makes_every_check_and_changes_nothing(shop: &Services) {
    let body = json!({"sku": "MUG", "name": "Mug", "price": "1.00"});
    let answer = shop.post("staff", "/products?dry_run=true", body.clone()).await;
    assert_eq!(answer.expect(200)["sku"], "MUG");
    assert_eq!((answer.header("dry-run"), answer.header("location")), ("true", ""));
    shop.get("staff", "/products/MUG").await.refused(404, "product_not_found");
    let created = shop.post("staff", "/products?dry_run=false", body.clone()).await;
    created.expect(201);
    assert_eq!(created.header("dry-run"), "");
    shop.post("staff", "/products?dry_run=true", body.clone()).await.refused(409, "sku_taken");
    for query in ["dry_run=maybe", "dry_run=", "dry_run=1", "dry_run=true&dry_run=true", "dry-run=true"] {
        let answer = shop.delete("staff", &format!("/products/MUG?{query}")).await;
        assert_eq!(answer.status, 422, "{query}: {answer}");
    }
    // A key of a dry run is as good as new.
    let keyed = async |path: &str| {
        let call = shop.by("staff", "POST", path).await.header("idempotency-key", "k1");
        call.json(&json!({"sku": "CUP", "name": "Cup", "price": "1.00"})).send().await
    };
    keyed("/products?dry_run=true").await.expect(200);
    keyed("/products").await.expect(201);
}

async fn a_dry_run_of_every_kind_of_write_changes_nothing(shop: &Services) {
    shop.product("MUG", 10).await;
    let order = shop.order("MUG", 2).await;
    let customer = "/users/customer@example.com";
    shop.token("customer").await;
    let items = json!([{"sku": "MUG", "quantity": 1}]);
    let see = async || {
        let mut seen = Vec::new();
        for path in ["/products", "/orders", "/inventory", "/users"] {
            seen.push(shop.get("admin", path).await.expect(200));
        }
        seen
    };
    let before = see().await;
    let replacement = json!({"sku": "CUP", "name": "Cup", "price": "2.00"});
    for (role, method, path, body) in [
        ("staff", "POST", "/products", replacement.clone()),
        ("staff", "POST", "/products/batch", json!({"items": [replacement.clone()]})),
        ("staff", "PUT", "/products/MUG", replacement),
        ("staff", "PATCH", "/products/MUG", json!({"name": "Other"})),
        ("staff", "POST", "/orders", json!({"email": "a@example.com", "items": items})),
        ("customer", "POST", "/orders", json!({"items": items})),
        ("staff", "PUT", &order, json!({"status": "confirmed"})),
        ("staff", "POST", &format!("{order}/pay"), json!({})),
        ("staff", "POST", &format!("{order}/cancel"), json!({"items": items})),
        ("staff", "DELETE", &order, Value::Null),
        ("staff", "PUT", "/inventory/MUG", json!({"quantity": 5})),
        ("staff", "POST", "/inventory/MUG/adjust", json!({"delta": 1, "reason": "found"})),
        (
            "staff",
            "POST",
            "/register",
            json!({"email": "new@example.com", "password": "correct horse battery"}),
        ),
        ("customer", "PATCH", "/me", json!({"name": "Other"})),
        (
            "customer",
            "PUT",
            "/me/password",
            json!({"old_password": "correct horse battery", "new_password": "battery horse correct"}),
        ),
        ("admin", "PATCH", customer, json!({"role": "staff"})),
        ("admin", "DELETE", customer, Value::Null),
    ] {
        let call = shop.by(role, method, &format!("{path}?dry_run=true")).await;
        let call = if body.is_null() { call } else { call.json(&body) };
        let answer = call.send().await;
        assert!(matches!(answer.status, 200 | 204), "{answer}");
        assert_eq!(answer.header("dry-run"), "true", "{answer}");
    }
    assert_eq!(see().await, before);
    shop.get("customer", "/me").await.expect(200);
}

async fn any_of_several_versions_will_do(shop: &Services) {
    shop.product("MUG", 1).await;
    let change = async |path: &str, tags: &str, body: Value| {
        let call = shop.by("staff", if path.starts_with("/p") { "PATCH" } else { "PUT" }, path).await;
        call.header("if-match", tags).json(&body).send().await
    };
    let rename = |name: &str| json!({"name": name});
    assert_eq!(change("/products/MUG", r#""v7", "v1", W/"v3""#, rename("a")).await.expect(200)["version"], 2);
    change("/products/MUG", r#""v7", "v1""#, rename("b")).await.refused(412, "stale_version");
    change("/products/MUG", r#"W/"v2", "x""#, rename("b")).await.refused(412, "stale_version");
    change("/products/MUG", r#""v2","v3""#, rename("b")).await.expect(200);
    change("/products/MUG", r#""v3" "v4""#, rename("c")).await.refused(400, "invalid_header");
    let count = |n: i64| json!({"quantity": n});
    change("/inventory/MUG", r#""v2", "v1""#, count(5)).await.expect(200);
    assert_eq!(
        change("/inventory/MUG", r#""v3", "v1""#, count(6)).await.refused(412, "stale_version")["current_version"],
        2
    );
    let remove = shop.by("staff", "DELETE", "/inventory/MUG").await.header("if-match", r#""v1", "v9""#);
    remove.send().await.refused(412, "stale_version");
}

async fn a_product_may_be_called_batch(shop: &Services) {
    shop.product("batch", 1).await;
    assert_eq!(shop.get("staff", "/products/batch").await.expect(200)["sku"], "batch");
    shop.patch("staff", "/products/batch", json!({"name": "Batch"})).await.expect(200);
    shop.delete("staff", "/products/batch?dry_run=true").await.expect(204);
    shop.call("GET", "/products/batch?colour=red").send().await.refused(422, "unknown_parameter");
    shop.put("staff", "/products/batch", json!({"sku": "batch", "name": "b", "price": "1.00"}))
        .await
        .expect(200);
    shop.delete("staff", "/products/batch").await.expect(204);
    shop.get("staff", "/products/batch").await.refused(404, "product_not_found");
}

/// Every operation of every service, with its method and its path template.
pub(crate) fn operations() -> Vec<(Service, String, String)> {
    let mut found = Vec::new();
    for service in Service::ALL {
        let api: Value = serde_json::from_str(&openapi(service)).unwrap();
        for (path, item) in api["paths"].as_object().unwrap() {
            for method in item.as_object().unwrap().keys() {
                found.push((service, method.to_uppercase(), path.clone()));
            }
        }
    }
    assert!(found.len() > 40, "{found:?}");
    found
}

async fn no_route_takes_a_parameter_that_it_does_not_know(shop: &Services) {
    let token = shop.token("admin").await;
    let mut routes = operations();
    routes
        .extend(["/docs", "/openapi.json"].map(|path| (Service::Orders, "GET".to_owned(), path.to_owned())));
    for (service, method, path) in routes {
        let path = path.replace("{id}", "X");
        let call = shop.http.call(shop.addr(service), &method, &format!("{path}?colour=red"));
        let call = if method == "GET" { call } else { call.json(&json!({})) };
        let answer = call.token(&token).send().await;
        answer.refused(422, "unknown_parameter");
        assert_eq!(answer.pointers(), ["/colour"], "{answer}");
    }
}

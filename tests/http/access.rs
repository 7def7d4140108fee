//! Who may do what: every route of every document, by nobody, with a bad token, and with every role.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use shopctl::http::{AuthMode, Service, openapi};

use crate::support::services::{Services, on_both, usual};
use crate::support::store::sqlite_store;

on_both!(every_route_asks_who_one_is, what_is_broken_or_unknown_is_told_on_every_route);

/// Who may use a route.
#[derive(Clone, Copy, PartialEq)]
enum Who {
    Anyone,
    SignedIn,
    Staff,
    Admin,
}

/// Every route that is not open for all to see how the service is; `{}` stands for an id that does not exist.
const ROUTES: &[(&str, &str, Who)] = &[
    ("POST", "/register", Who::Anyone),
    ("POST", "/login", Who::Anyone),
    ("POST", "/refresh", Who::Anyone),
    ("POST", "/logout", Who::Anyone),
    ("GET", "/.well-known/jwks.json", Who::Anyone),
    ("GET", "/me", Who::SignedIn),
    ("PATCH", "/me", Who::SignedIn),
    ("PUT", "/me/password", Who::SignedIn),
    ("GET", "/users", Who::Admin),
    ("GET", "/users/{id}", Who::Admin),
    ("PATCH", "/users/{id}", Who::Admin),
    ("DELETE", "/users/{id}", Who::Admin),
    ("GET", "/products", Who::Anyone),
    ("POST", "/products", Who::Staff),
    ("POST", "/products/batch", Who::Staff),
    ("GET", "/products/{id}", Who::Anyone),
    ("PUT", "/products/{id}", Who::Staff),
    ("PATCH", "/products/{id}", Who::Staff),
    ("DELETE", "/products/{id}", Who::Staff),
    ("GET", "/orders", Who::SignedIn),
    ("POST", "/orders", Who::SignedIn),
    ("GET", "/orders/{id}", Who::SignedIn),
    ("PUT", "/orders/{id}", Who::SignedIn),
    ("DELETE", "/orders/{id}", Who::Staff),
    ("POST", "/orders/{id}/pay", Who::Staff),
    ("POST", "/orders/{id}/ship", Who::Staff),
    ("POST", "/orders/{id}/deliver", Who::Staff),
    ("POST", "/orders/{id}/cancel", Who::Staff),
    ("POST", "/orders/{id}/return", Who::Staff),
    ("POST", "/orders/{id}/refund", Who::Staff),
    ("GET", "/inventory", Who::Staff),
    ("POST", "/inventory", Who::Staff),
    ("GET", "/inventory/{id}", Who::Staff),
    ("PUT", "/inventory/{id}", Who::Staff),
    ("DELETE", "/inventory/{id}", Who::Staff),
    ("POST", "/inventory/{id}/adjust", Who::Staff),
    ("GET", "/inventory/{id}/movements", Who::Staff),
];

/// An id of the right kind that names nothing.
fn missing(route: &str) -> String {
    let kind = match route.split('/').nth(1) {
        Some("users") => "usr",
        Some("orders") => "ord",
        _ => "prd",
    };
    route.replace("{id}", &format!("{kind}_01h455vb4pex5vsknk084sn02q"))
}

/// A body that the route takes.
fn sound_body(method: &str, route: &str) -> Option<Value> {
    let body = match (method, route) {
        ("GET" | "DELETE", _) => return None,
        (_, "/register" | "/login") => {
            json!({"email": "new@example.com", "password": "correct horse battery"})
        }
        (_, "/refresh" | "/logout") => json!({"refresh_token": "unknown"}),
        (_, "/me/password") => json!({"old_password": "wrong horse", "new_password": "another horse"}),
        ("POST", "/products") | ("PUT", "/products/{id}") => {
            json!({"sku": "S", "name": "n", "price": "1.00"})
        }
        (_, "/products/batch") => json!({"items": [{"sku": "T", "name": "n", "price": "1.00"}]}),
        (_, "/orders") => json!({"items": [{"sku": "NONE", "quantity": 1}], "email": "admin@example.com"}),
        ("PUT", "/orders/{id}") => json!({"status": "cancelled"}),
        (_, "/inventory") => json!({"sku": "NONE", "quantity": 1}),
        ("PUT", "/inventory/{id}") => json!({"quantity": 1}),
        (_, "/inventory/{id}/adjust") => json!({"delta": 1, "reason": "r"}),
        _ => json!({}),
    };
    Some(body)
}

#[test]
fn the_table_has_every_route_of_the_documents() {
    let mut documented = BTreeSet::new();
    for service in Service::ALL {
        let api: Value = serde_json::from_str(&openapi(service)).unwrap();
        for (path, item) in api["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                if operation["tags"][0] != "operations" {
                    documented.insert(format!("{} {path}", method.to_uppercase()));
                }
            }
        }
    }
    let table: BTreeSet<String> = ROUTES.iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    assert_eq!(documented, table);
}

async fn every_route_asks_who_one_is(shop: &Services) {
    for &(method, route, who) in ROUTES {
        let path = missing(route);
        let send = async |token: Option<&str>| {
            let mut call = shop.call(method, &path);
            if let Some(token) = token {
                call = call.token(token);
            }
            match sound_body(method, route) {
                Some(body) => call.json(&body).send().await,
                None => call.send().await,
            }
        };
        let nobody = send(None).await;
        if who == Who::Anyone {
            assert!(nobody.status != 403, "{nobody}");
        } else {
            nobody.refused(401, "token_missing");
            assert_eq!(nobody.header("www-authenticate"), "Bearer realm=\"shopctl\"", "{nobody}");
            let bad = send(Some("eyJhbGciOiJub25lIn0.e30.")).await;
            bad.refused(401, "invalid_token");
            assert!(bad.header("www-authenticate").contains("invalid_token"), "{bad}");
        }
        for (role, rank) in [("customer", 0), ("staff", 1), ("admin", 2)] {
            let needed = match who {
                Who::Anyone | Who::SignedIn => 0,
                Who::Staff => 1,
                Who::Admin => 2,
            };
            let answer = send(Some(&shop.token(role).await)).await;
            if rank < needed {
                answer.refused(403, if who == Who::Admin { "admin_only" } else { "staff_only" });
            } else if route != "/orders" {
                assert!(answer.status != 403, "{role}: {answer}");
            }
        }
    }
}

async fn what_is_broken_or_unknown_is_told_on_every_route(shop: &Services) {
    for &(method, route, _) in ROUTES {
        let path = missing(route);
        if let Some(body) = sound_body(method, route) {
            let broken = shop.by("admin", method, &path).await.text("{\"broken\":").send().await;
            broken.refused(400, "invalid_json");
            let mut strange = body.clone();
            strange["no_such_member"] = json!(1);
            let unknown = shop.by("admin", method, &path).await.json(&strange).send().await;
            unknown.refused(422, "unknown_member");
            assert_eq!(unknown.pointers(), ["/no_such_member"], "{unknown}");
            let plain = shop.by("admin", method, &path).await.raw(body.to_string().as_bytes()).send().await;
            plain.refused(415, "unsupported_media_type");
            let list = shop.by("admin", method, &path).await.text("[]").send().await;
            list.refused(422, "invalid_type");
        }
        if route.contains("{id}") {
            let call = shop.by("admin", method, &path).await;
            let answer = match sound_body(method, route) {
                Some(body) => call.json(&body).send().await,
                None => call.send().await,
            };
            let what = match route.split('/').nth(1) {
                Some("users") => "user_not_found",
                Some("orders") => "order_not_found",
                _ => "product_not_found",
            };
            answer.refused(404, what);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_sign_in_everybody_is_an_admin() {
    let store = sqlite_store().await;
    let mut options = usual();
    options.auth = AuthMode::None;
    let shop = Services::with(store.share(), options).await;
    let body = json!({"sku": "MUG", "name": "Mug", "price": "1.00", "stock": 5});
    shop.call("POST", "/products").json(&body).send().await.expect(201);
    shop.call("GET", "/users").send().await.expect(200);
    let body = json!({"email": "guest@example.com", "items": [{"sku": "MUG", "quantity": 1}]});
    let order = shop.call("POST", "/orders").json(&body).send().await.expect(201);
    assert_eq!(order["history"][0]["actor"], "anonymous");
    shop.call("GET", "/me").send().await.refused(401, "not_signed_in");
}

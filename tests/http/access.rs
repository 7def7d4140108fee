//! Who may do what: every route of every document, by nobody, with a bad and an ended token, with every role, with every scope of a
//! machine's token, and with another customer's things.
//!
//! Rights stand here a second time, on purpose: whoever changes them changes them in two places.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use shopctl::domain::actor::Actor;
use shopctl::domain::clock::Clock;
use shopctl::domain::scope::Scope;
use shopctl::http::{AuthMode, RULES, Service, Who, openapi};
use shopctl::service::WriteOptions;
use shopctl::service::auth::Machines;
use shopctl::service::clock::SystemClock;

use crate::support::clock::HandClock;
use crate::support::services::{Services, on_both, usual};
use crate::support::store::sqlite_store;

on_both!(
    every_route_asks_who_one_is,
    a_machine_s_token_opens_what_it_is_for_and_nothing_else,
    what_belongs_to_another_customer_does_not_exist,
    what_is_broken_or_unknown_is_told_on_every_route,
);

/// Every route that is not open for all to see how the service is; `{}` stands for an id that does not exist.
const ROUTES: &[(&str, &str, Who)] = &[
    ("POST", "/register", Who::Anyone),
    ("POST", "/login", Who::Anyone),
    ("POST", "/refresh", Who::Anyone),
    ("POST", "/logout", Who::Anyone),
    ("GET", "/.well-known/jwks.json", Who::Anyone),
    ("GET", "/me", Who::Oneself),
    ("PATCH", "/me", Who::Oneself),
    ("PUT", "/me/password", Who::Oneself),
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
    ("GET", "/orders", Who::Owner),
    ("POST", "/orders", Who::Owner),
    ("GET", "/orders/{id}", Who::Owner),
    ("PUT", "/orders/{id}", Who::Owner),
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
    let table: BTreeSet<String> =
        RULES.iter().map(|rule| format!("{} {}", rule.method, rule.route)).collect();
    assert_eq!(documented, table, "each route of a document needs a rule, and each rule a route");
    for (rule, expected) in RULES.iter().zip(ROUTES) {
        assert_eq!((rule.method, rule.route, rule.who), *expected);
    }
    assert_eq!(RULES.len(), ROUTES.len());
}

/// A token for a machine that acts as this user.
async fn machine_token(
    shop: &Services,
    user: &str,
    scope: Scope,
    clock: Arc<dyn Clock>,
    good_for: Duration,
) -> String {
    let store = || shop.store();
    let machines = Machines::new(store(), store(), store(), store(), clock);
    let by = WriteOptions::by(Actor::shell(None));
    machines.issue(user, &[scope.as_str().to_owned()], good_for, &by).await.unwrap().token
}

/// A token that ended a day ago.
async fn ended_token(shop: &Services) -> String {
    let clock = HandClock::new();
    let back = SystemClock.now().as_millis() - clock.now().as_millis();
    clock.forward(back / 1000 - 24 * 3600);
    shop.token("admin").await;
    let minute = Duration::from_mins(1);
    machine_token(shop, "admin@example.com", Scope::UsersRead, Arc::new(clock), minute).await
}

async fn every_route_asks_who_one_is(shop: &Services) {
    let ended = ended_token(shop).await;
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
        }
        for (token, code) in
            [("eyJhbGciOiJub25lIn0.e30.", "invalid_token"), (ended.as_str(), "token_expired")]
        {
            let bad = send(Some(token)).await;
            bad.refused(401, code);
            assert!(bad.header("www-authenticate").contains("invalid_token"), "{bad}");
        }
        for (role, rank) in [("customer", 0), ("staff", 1), ("admin", 2)] {
            let needed = match who {
                Who::Anyone | Who::Oneself | Who::Owner => 0,
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

async fn a_machine_s_token_opens_what_it_is_for_and_nothing_else(shop: &Services) {
    shop.token("admin").await;
    for &scope in Scope::ALL {
        let hour = Duration::from_hours(1);
        let token = machine_token(shop, "admin@example.com", scope, Arc::new(SystemClock), hour).await;
        for rule in RULES {
            let call = shop.call(rule.method, &missing(rule.route)).token(&token);
            let answer = match sound_body(rule.method, rule.route) {
                Some(body) => call.json(&body).send().await,
                None => call.send().await,
            };
            if rule.who == Who::Anyone || rule.scope == Some(scope) {
                let code = answer.json_or_null()["code"].clone();
                assert!(code != "scope_missing" && code != "invalid_token", "{scope}: {answer}");
            } else {
                answer.refused(403, "scope_missing");
            }
        }
    }
    // A scope gives no more than the role does, and drafts are for staff who may read products.
    shop.token("customer").await;
    let hour = Duration::from_hours(1);
    let customer =
        machine_token(shop, "customer@example.com", Scope::InventoryRead, Arc::new(SystemClock), hour).await;
    shop.call("GET", "/inventory").token(&customer).send().await.refused(403, "staff_only");
    let draft = json!({"sku": "DRAFT", "name": "n", "price": "1.00", "status": "draft"});
    shop.post("staff", "/products", draft).await.expect(201);
    for (scope, status) in [(Scope::ProductsRead, 200), (Scope::OrdersRead, 404)] {
        let token = machine_token(shop, "staff@example.com", scope, Arc::new(SystemClock), hour).await;
        shop.call("GET", "/products/DRAFT").token(&token).send().await.expect(status);
    }
}

async fn what_belongs_to_another_customer_does_not_exist(shop: &Services) {
    shop.product("MUG", 9).await;
    let body = json!({"items": [{"sku": "MUG", "quantity": 1}]});
    let order = shop.post("customer", "/orders", body).await.expect(201)["id"].as_str().unwrap().to_owned();
    let owned = RULES.iter().filter(|rule| rule.who == Who::Owner && rule.route.contains("{id}"));
    for rule in owned {
        let path = rule.route.replace("{id}", &order);
        let send = async |role: &'static str| {
            let call = shop.by(role, rule.method, &path).await;
            match sound_body(rule.method, rule.route) {
                Some(body) => call.json(&body).send().await,
                None => call.send().await,
            }
        };
        send("other").await.refused(404, "order_not_found");
        send("customer").await.expect(200);
        send("staff").await.expect(200);
    }
    let theirs = shop.get("other", "/orders").await.expect(200);
    assert_eq!(theirs["items"], json!([]));
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

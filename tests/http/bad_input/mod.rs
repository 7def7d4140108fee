//! Bad requests, hundreds of them, over all routes: each gets a problem with a 4xx status within its limit, and nothing changes.
//!
//! The tables: [`shapes`] (what is no body for a route, whatever the route), [`values`] (members and parameters that break a rule),
//! [`tokens`] (forged ones), [`wire`] (what is no HTTP, or not enough of it).

mod shapes;
mod tokens;
mod values;
mod wire;

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::dump::dump;
use crate::support::http::Answer;
use crate::support::say::say;
use crate::support::services::Services;
use crate::support::store::{TestStore, mongo_store, sqlite_store};

/// How long a refusal may take; a body that does not come may take as long as the service waits for one.
const LIMIT: Duration = Duration::from_secs(5);

/// One bad request. It is sent by an admin unless its headers say otherwise.
pub(super) struct Bad {
    /// What is bad about it.
    what: String,
    method: String,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Option<Vec<u8>>,
    /// The codes that say so.
    codes: Vec<&'static str>,
}

impl Bad {
    fn new(what: impl Into<String>, method: &str, path: impl Into<String>, codes: &[&'static str]) -> Self {
        Self {
            what: what.into(),
            method: method.to_owned(),
            path: path.into(),
            headers: Vec::new(),
            body: None,
            codes: codes.to_vec(),
        }
    }

    fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// With a body that says it is JSON.
    fn text(self, body: impl Into<Vec<u8>>) -> Self {
        let json = self.header("content-type", "application/json");
        Self { body: Some(body.into()), ..json }
    }

    /// `None` where the service closed before all of a large body was sent: it had refused it, and the answer got lost.
    async fn send(&self, shop: &Services) -> Option<Answer> {
        let mut call = shop.call(&self.method, &self.path);
        if !self.headers.iter().any(|(name, _)| *name == "authorization") {
            call = call.token(&shop.token("admin").await);
        }
        for (name, value) in &self.headers {
            call = call.header(name, value);
        }
        let body = self.body.as_deref().unwrap_or_default();
        match call.raw(body).attempt().await {
            Err(_) if body.len() > 1 << 20 => None,
            answer => Some(answer.expect("an answer")),
        }
    }
}

/// Ids and keys of things that are there, so that a bad request has something to spoil.
pub(super) struct Shop {
    order: String,
}

impl Shop {
    async fn furnish(services: &Services) -> Self {
        for (sku, stock) in [("MUG", 10), ("CUP", 5)] {
            services.product(sku, stock).await;
        }
        services.token("customer").await;
        services.token("admin").await;
        Self { order: services.order("MUG", 2).await }
    }
}

/// What must be in no answer: names of what is inside.
const INSIDE: &[&str] = &[
    "panicked",
    "mongodb",
    "rusqlite",
    "sqlite",
    "src/",
    ".rs:",
    "backtrace",
    "unwrap",
    "$expr",
    "argon2",
    "SELECT ",
];

fn check(bad: &Bad, answer: &Answer, took: Duration) -> Result<(), String> {
    let told = format!("{} ({} {}): {answer}", bad.what, bad.method, bad.path);
    if !(400..500).contains(&answer.status) {
        return Err(format!("no 4xx: {told}"));
    }
    if took > LIMIT {
        return Err(format!("took {took:?}: {told}"));
    }
    // The answer to HEAD has no body.
    if bad.method == "HEAD" {
        return Ok(());
    }
    if answer.header("content-type") != "application/problem+json" {
        return Err(format!("no problem: {told}"));
    }
    let problem: Value = serde_json::from_slice(&answer.body).map_err(|error| format!("{error}: {told}"))?;
    let code = problem["code"].as_str().unwrap_or_default();
    if problem["status"] != answer.status || !bad.codes.contains(&code) {
        return Err(format!("not one of {:?}: {told}", bad.codes));
    }
    if answer.body.len() > 16 << 10 {
        return Err(format!("{} bytes: {told}", answer.body.len()));
    }
    // The detail may quote the client; everything else is ours.
    let ours = format!("{}{}{}", problem["title"], problem["type"], problem["code"]);
    let text = format!("{ours}{}", problem["detail"].as_str().unwrap_or_default().replace(&bad.path, ""));
    match INSIDE.iter().find(|word| text.contains(**word)) {
        Some(word) => Err(format!("tells of {word:?}: {told}")),
        None => Ok(()),
    }
}

async fn every_bad_request_is_refused_and_nothing_changes(store: TestStore) {
    let services = Services::on(store.share()).await;
    let shop = Shop::furnish(&services).await;
    let mut table = shapes::table(&shop);
    table.extend(values::table(&shop));
    table.extend(tokens::table(&services, &store).await);
    assert!(table.len() >= 200, "only {} bad requests", table.len());
    let before = dump(&store).await;
    let mut failed = Vec::new();
    for bad in &table {
        let begun = Instant::now();
        let Some(answer) = bad.send(&services).await else { continue };
        failed.extend(check(bad, &answer, begun.elapsed()).err());
    }
    assert!(failed.is_empty(), "{} of {}:\n{}", failed.len(), table.len(), failed.join("\n"));
    wire::all(&services).await;
    assert!(dump(&store).await == before, "something changed");
    // And the good ones are served as before.
    services.get("admin", "/products").await.expect(200);
    say(&format!("{} bad requests were refused, and those on the wire\n", table.len()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_bad_request_is_refused_and_nothing_changes_on_sqlite() {
    every_bad_request_is_refused_and_nothing_changes(sqlite_store().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_bad_request_is_refused_and_nothing_changes_on_mongo() {
    every_bad_request_is_refused_and_nothing_changes(mongo_store().await).await;
}

/// The routes that take a body, each with one that they would take.
pub(super) fn with_body(shop: &Shop) -> Vec<(&'static str, String, Value)> {
    let order = |verb: &str| format!("{}{verb}", shop.order);
    let product = json!({"sku": "NEW", "name": "New", "price": "1.00"});
    vec![
        (
            "POST",
            "/register".into(),
            json!({"email": "new@example.com", "password": "correct horse battery"}),
        ),
        ("POST", "/login".into(), json!({"email": "nobody@example.com", "password": "wrong horse battery"})),
        ("POST", "/refresh".into(), json!({"refresh_token": "unknown"})),
        ("POST", "/logout".into(), json!({"refresh_token": "unknown"})),
        ("PATCH", "/me".into(), json!({"name": "New"})),
        (
            "PUT",
            "/me/password".into(),
            json!({"old_password": "wrong horse", "new_password": "a new password"}),
        ),
        ("PATCH", "/users/customer@example.com".into(), json!({"name": "New"})),
        ("POST", "/products".into(), product.clone()),
        ("POST", "/products/batch".into(), json!({"items": [product]})),
        ("PUT", "/products/MUG".into(), json!({"sku": "MUG", "name": "New", "price": "1.00"})),
        ("PATCH", "/products/MUG".into(), json!({"name": "New"})),
        (
            "POST",
            "/orders".into(),
            json!({"email": "a@example.com", "items": [{"sku": "MUG", "quantity": 1}]}),
        ),
        ("PUT", order(""), json!({"status": "confirmed"})),
        ("POST", order("/pay"), json!({"reason": "r"})),
        ("POST", order("/ship"), json!({"tracking": "t"})),
        ("POST", order("/deliver"), json!({"reason": "r"})),
        ("POST", order("/cancel"), json!({"reason": "r"})),
        ("POST", order("/return"), json!({"restock": true})),
        ("POST", order("/refund"), json!({"amount": "1.00"})),
        ("POST", "/inventory".into(), json!({"sku": "CUP", "quantity": 1})),
        ("PUT", "/inventory/MUG".into(), json!({"quantity": 1})),
        ("POST", "/inventory/MUG/adjust".into(), json!({"delta": 1, "reason": "r"})),
    ]
}

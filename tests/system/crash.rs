//! The program dies at each step of placing, shipping and cancelling; the order is there whole or not at all, and a repeat does it once.

use std::os::unix::process::ExitStatusExt;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::program::Shop;
use crate::support::http::Http;
use crate::support::service_process::ServiceProcess;

/// Each step of a command that writes, in `src/store`.
const POINTS: [&str; 7] = [
    "begun",
    "order:written",
    "stock:written",
    "movement:written",
    "receipt:written",
    "commit:before",
    "commit:after",
];

/// What SQLite does in more steps than MongoDB: an order has two lines, and both products' stock is written one after the other.
const POINTS_OF_SQLITE: [&str; 3] = ["lines:written", "stock:written#2", "movement:written#2"];

/// On MongoDB the primary has it before a majority does; here the primary lives on, so that it lasts.
const POINTS_OF_MONGODB: [&str; 1] = ["commit:applied"];

/// Whether what a program did before it died at this point lasts.
fn lasts(point: &str) -> bool {
    ["commit:after", "commit:applied"].contains(&point)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    Place,
    Ship,
    Cancel,
}

/// A command that dies at a point, on products that no other touches.
#[derive(Debug)]
struct Case {
    deed: Deed,
    point: &'static str,
    name: String,
}

impl Case {
    fn all(points: &[&'static str]) -> Vec<Self> {
        let deeds = [Deed::Place, Deed::Ship, Deed::Cancel].into_iter();
        deeds
            .flat_map(|deed| points.iter().map(move |point| (deed, *point)))
            .enumerate()
            .map(|(n, (deed, point))| Self { deed, point, name: format!("c{n:02}") })
            .collect()
    }

    fn skus(&self) -> [String; 2] {
        ["A", "B"].map(|part| format!("{}-{part}", self.name))
    }

    /// Stock for it, and the order that it is about, unless it places that itself.
    fn prepare(&self, shop: &Shop) {
        for sku in self.skus() {
            shop.ok(&["product", "create", &sku, "--name", "Thing", "--price", "1.00", "--stock", "10"]);
        }
        if self.deed != Deed::Place {
            let words = self.placing();
            shop.ok(&words.iter().map(String::as_str).collect::<Vec<_>>());
        }
    }

    fn placing(&self) -> Vec<String> {
        let [a, b] = self.skus();
        let (items, reference) = ([format!("{a}:2"), format!("{b}:3")], format!("ref-{}", self.name));
        let words = ["order", "create", "--email", "a@example.com", "--external-ref", &reference];
        let words = words.into_iter().chain(items.iter().flat_map(|item| ["--item", item.as_str()]));
        words.map(str::to_owned).collect()
    }

    /// The command, which leaves a receipt.
    fn command(&self, shop: &Shop) -> Vec<String> {
        let order = || self.orders(shop)[0]["number"].to_string();
        let mut words = match self.deed {
            Deed::Place => self.placing(),
            Deed::Ship => vec!["order".to_owned(), "ship".to_owned(), order()],
            Deed::Cancel => vec!["order".to_owned(), "cancel".to_owned(), order()],
        };
        words.extend(["--idempotency-key".to_owned(), format!("key-{}", self.name)]);
        words
    }

    /// The orders of its reference.
    fn orders(&self, shop: &Shop) -> Vec<Value> {
        let all = shop.json(&["order", "list", "--all"])["items"].as_array().unwrap().clone();
        all.into_iter().filter(|order| order["external_ref"] == format!("ref-{}", self.name)).collect()
    }

    /// Runs it with a death in the middle.
    fn die(&self, shop: &Shop) {
        let words = self.command(shop);
        let mut command = shop.command(&words.iter().map(String::as_str).collect::<Vec<_>>());
        let output = command.env("SHOPCTL_CRASH_AT", self.point).output().unwrap();
        // SIGABRT.
        assert_eq!(output.status.signal(), Some(6), "{self:?} was not met: {output:?}");
        assert!(output.stdout.is_empty(), "{self:?}: {output:?}");
    }

    /// Runs it to its end.
    fn repeat(&self, shop: &Shop) {
        let words = self.command(shop);
        shop.ok(&words.iter().map(String::as_str).collect::<Vec<_>>());
    }

    /// Whether it has been done, whole; fails where it was done in part.
    fn is_done(&self, shop: &Shop) -> bool {
        let orders = self.orders(shop);
        let status = orders.first().map(|order| order["status"].as_str().unwrap_or_default());
        let (done, stock) = match (self.deed, status, orders.len()) {
            (Deed::Place, None, 0) => (false, [(10, 0), (10, 0)]),
            (Deed::Place, Some("pending"), 1) => (true, [(10, 2), (10, 3)]),
            (Deed::Ship | Deed::Cancel, Some("pending"), 1) => (false, [(10, 2), (10, 3)]),
            (Deed::Ship, Some("shipped"), 1) => (true, [(8, 0), (7, 0)]),
            (Deed::Cancel, Some("cancelled"), 1) => (true, [(10, 0), (10, 0)]),
            other => panic!("{self:?}: {other:?}"),
        };
        for (sku, (on_hand, reserved)) in self.skus().iter().zip(stock) {
            let item = shop.json(&["inventory", "get", sku]);
            let found = (item["on_hand"].as_i64(), item["reserved"].as_i64());
            assert_eq!(found, (Some(on_hand), Some(reserved)), "{self:?}, {sku}");
        }
        done
    }
}

/// Does this for every case at once: on MongoDB a dead program's products stay locked for a second or two.
fn for_each(shop: &Shop, cases: &[Case], work: impl Fn(&Case, &Shop) + Sync) {
    thread::scope(|scope| {
        for some in cases.chunks(cases.len().div_ceil(8)) {
            let work = &work;
            scope.spawn(move || some.iter().for_each(|case| work(case, shop)));
        }
    });
}

fn every_step_may_be_the_last(shop: &Shop, points: &[&'static str]) {
    let cases = Case::all(points);
    for_each(shop, &cases, Case::prepare);
    for_each(shop, &cases, Case::die);
    shop.ok(&["doctor"]);
    for_each(shop, &cases, |case, shop| assert_eq!(case.is_done(shop), lasts(case.point), "{case:?}"));
    for_each(shop, &cases, Case::repeat);
    for_each(shop, &cases, |case, shop| assert!(case.is_done(shop), "{case:?}"));
    shop.ok(&["doctor"]);
}

#[test]
fn a_program_may_die_at_every_step_on_sqlite() {
    every_step_may_be_the_last(&Shop::on_sqlite(), &[&POINTS[..], &POINTS_OF_SQLITE].concat());
}

#[test]
fn a_program_may_die_at_every_step_on_mongodb() {
    every_step_may_be_the_last(&Shop::on_own_mongodb(), &[&POINTS[..], &POINTS_OF_MONGODB].concat());
}

/// The same for a service: a client that asks the next copy again, under the same key, has ordered once.
async fn a_service_may_die_at_every_step(shop: &Shop, points: &[&'static str]) {
    let http = Http::new();
    shop.ok(&["product", "create", "MUG", "--name", "Mug", "--price", "1.00", "--stock", "100"]);
    for (n, &point) in (1..).zip(points) {
        let crash = format!("SHOPCTL_CRASH_AT={point}");
        let order = json!({"email": "a@example.com", "items": [{"sku": "MUG", "quantity": 1}]});
        let ask = |service: &ServiceProcess| {
            let call = http.call(service.addr().unwrap(), "POST", "/orders");
            call.header("idempotency-key", point).json(&order).attempt()
        };
        let doomed =
            ServiceProcess::start_under(&["/usr/bin/env", &crash], "orders", shop.home(), shop.url());
        assert!(ask(&doomed).await.is_err(), "{point} was not met");
        assert!(doomed.is_gone_within(Duration::from_secs(10)), "{point}");
        drop(doomed);
        let next = ServiceProcess::start("orders", shop.home(), shop.url());
        let answer = ask(&next).await.unwrap();
        answer.expect(201);
        assert_eq!(answer.header("idempotent-replayed") == "true", lasts(point), "{point}: {answer}");
        let orders = shop.json(&["order", "list", "--all"])["items"].as_array().unwrap().len();
        assert_eq!(orders, n, "{point}");
    }
    shop.ok(&["doctor"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_may_die_at_every_step_on_sqlite() {
    a_service_may_die_at_every_step(&Shop::on_sqlite(), &POINTS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_may_die_at_every_step_on_mongodb() {
    let points = [&POINTS[..], &POINTS_OF_MONGODB].concat();
    a_service_may_die_at_every_step(&Shop::on_own_mongodb(), &points).await;
}

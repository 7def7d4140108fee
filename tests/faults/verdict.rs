//! What is there when all is over, held against what buyers heard.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use shopctl::domain::inventory::{StockFilter, StockSort};
use shopctl::domain::order::{Order, OrderFilter, OrderSort};
use shopctl::store::open::{OpenOptions, StoreUrl, open};

use super::copies::{FEW, MANY, SCARCE};
use super::log::Log;
use crate::support::builders::page;

/// Every list is shorter than this.
const ALL: usize = 10_000_000;

/// What is wrong; all empty when nothing is.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    /// Acknowledged and not there, or not as acknowledged.
    pub(super) lost: Vec<String>,
    /// There twice.
    pub(super) duplicate: Vec<String>,
    /// Refused, and there all the same.
    pub(super) uninvited: Vec<String>,
    /// Products of which more was promised or sent than there was.
    pub(super) oversold: Vec<String>,
    /// Rules of the store that are broken.
    pub(super) broken: Vec<String>,
    /// Orders that are there.
    pub(super) orders: usize,
}

impl Verdict {
    /// Looks at the store at this URL.
    pub(super) async fn on(home: &Path, url: &str, log: &Log) -> Self {
        let store = open(&StoreUrl::parse(url).expect("a store URL"), &OpenOptions::default()).await;
        let store = store.expect("a store");
        let orders = store.list_orders(&OrderFilter::default(), &page(OrderSort::Id, false, ALL)).await;
        let orders = orders.expect("orders").items;
        let stock = store.list_stock(&StockFilter::default(), &page(StockSort::Id, false, ALL)).await;
        let mut verdict = Self { orders: orders.len(), ..Self::default() };
        verdict.orders_are_as_heard(&orders, log);
        let mut promised: HashMap<&str, i64> = HashMap::new();
        for line in orders.iter().flat_map(|order| &order.lines) {
            *promised.entry(line.sku.as_str()).or_default() +=
                line.quantity.get() - line.progress.cancelled();
        }
        for item in stock.expect("stock").items {
            let (sku, level) = (item.sku.as_str(), item.level);
            let (there, gone) = (if sku == SCARCE { FEW } else { MANY }, promised.get(sku).copied());
            let gone = gone.unwrap_or_default();
            if gone > there || level.available() != there - gone {
                verdict.oversold.push(format!("{sku}: {gone} of {there} promised or sent, {level:?}"));
            }
        }
        store.close().await;
        verdict.broken = broken_rules(home, url);
        verdict
    }

    fn orders_are_as_heard(&mut self, orders: &[Order], log: &Log) {
        let mut by_reference: HashMap<&str, Vec<&Order>> = HashMap::new();
        for order in orders {
            let reference = order.external_ref.as_ref().map_or("", |reference| reference.as_str());
            by_reference.entry(reference).or_default().push(order);
        }
        for heard in &log.acknowledged {
            let same = |order: &&Order| {
                let number = u64::try_from(order.number.get()).unwrap_or_default();
                let ended = heard.end.is_none_or(|end| order.status().as_str() == end);
                order.id.to_string() == heard.id && number == heard.number && ended
            };
            let found = by_reference
                .get(heard.reference.as_str())
                .and_then(|found| found.iter().find(|order| same(order)));
            if found.is_none() {
                self.lost.push(format!("{heard:?}"));
            }
        }
        for (reference, found) in &by_reference {
            if found.len() > 1 || reference.is_empty() {
                self.duplicate.push(format!("{reference:?}: {} orders", found.len()));
            }
        }
        let ids: HashSet<String> = log.acknowledged.iter().map(|heard| heard.id.clone()).collect();
        let numbers: HashSet<u64> = log.acknowledged.iter().map(|heard| heard.number).collect();
        if ids.len() < log.acknowledged.len() || numbers.len() < log.acknowledged.len() {
            self.duplicate.push("two orders were acknowledged under one id or number".to_owned());
        }
        let refused = log.refused.iter().filter(|reference| by_reference.contains_key(reference.as_str()));
        self.uninvited.extend(refused.cloned());
    }
}

/// What `store check` and `doctor` find.
fn broken_rules(home: &Path, url: &str) -> Vec<String> {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_shopctl"));
    command.env_clear().env("HOME", home).env("SHOPCTL_STORE", url).args(["store", "check", "-o", "json"]);
    let output = command.output().expect("the program runs");
    let found: serde_json::Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("store check: {error}: {output:?}"));
    let items = found["items"].as_array().expect("checks");
    let broken = items.iter().filter(|item| !item["problem"].is_null());
    let mut broken: Vec<String> =
        broken.map(|item| format!("{}: {}", item["check"], item["problem"])).collect();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_shopctl"));
    let doctor = command.env_clear().env("HOME", home).env("SHOPCTL_STORE", url).arg("doctor").output();
    let doctor = doctor.expect("the program runs");
    if !doctor.status.success() {
        broken.push(format!("doctor: {}", String::from_utf8_lossy(&doctor.stdout)));
    }
    broken
}

//! What `selftest oversell` prints.

use serde::Serialize;

use crate::output::{Column, Row};
use crate::service::selftest::{Outcome, Plan};

/// The outcome of a trial. Times are in milliseconds.
#[derive(Serialize)]
pub(super) struct Report {
    verdict: &'static str,
    store: &'static str,
    topology: String,
    writers: u32,
    seconds: f64,
    products: u32,
    stock: i64,
    placed: u64,
    placed_per_second: f64,
    place_p50_ms: f64,
    place_p99_ms: f64,
    place_max_ms: f64,
    refused: u64,
    cancelled: u64,
    shipped: u64,
    received: u64,
    adjusted: u64,
    set: u64,
    uncovered: u64,
    conflicts: u64,
    unknown: u64,
    failed: u64,
    stored: u64,
    looks: u64,
    wrong: u64,
    broken_rules: usize,
    first: Option<String>,
}

fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

fn millis(time: std::time::Duration) -> f64 {
    rounded(time.as_secs_f64() * 1000.0)
}

impl Report {
    /// On this kind of store.
    pub(super) fn new(store: &'static str, topology: String, plan: Plan, outcome: &Outcome) -> Self {
        let Outcome { took, tally, observed, stored, findings } = outcome;
        let seconds = took.as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "nobody sells 2^53 orders in a trial")]
        let rate = if seconds > 0.0 { tally.placed as f64 / seconds } else { 0.0 };
        Self {
            verdict: if outcome.clean() { "clean" } else { "broken" },
            store,
            topology,
            writers: plan.writers,
            seconds: rounded(seconds),
            products: plan.products,
            stock: plan.stock,
            placed: tally.placed,
            placed_per_second: rounded(rate),
            place_p50_ms: millis(tally.placing.percentile(50)),
            place_p99_ms: millis(tally.placing.percentile(99)),
            place_max_ms: millis(tally.placing.longest()),
            refused: tally.refused,
            cancelled: tally.cancelled,
            shipped: tally.shipped,
            received: tally.received,
            adjusted: tally.adjusted,
            set: tally.set,
            uncovered: tally.uncovered,
            conflicts: tally.conflicts,
            unknown: tally.unknown,
            failed: tally.failed,
            stored: *stored,
            looks: observed.looks,
            wrong: observed.wrong,
            broken_rules: findings.broken_rules(),
            first: first(outcome),
        }
    }
}

/// The first promise that was broken.
fn first(outcome: &Outcome) -> Option<String> {
    let rule = outcome.findings.verdicts().iter().find_map(|verdict| verdict.first.as_ref());
    let rule = rule.map(|breach| format!("{}: {}", breach.key, breach.detail));
    let seen = outcome.observed.first.as_ref().map(|seen| format!("seen meanwhile: {seen}"));
    let lost = || {
        let (placed, stored) = (outcome.tally.placed, outcome.stored);
        format!("{placed} orders were acknowledged, {stored} are there")
    };
    seen.or(rule).or_else(|| outcome.tally.failure.clone()).or_else(|| (!outcome.clean()).then(lost))
}

impl Row for Report {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("verdict", |report| report.verdict.to_owned()),
        Column::text("store", |report| report.store.to_owned()),
        Column::text("topology", |report| report.topology.clone()),
        Column::number("writers", |report| report.writers.to_string()),
        Column::number("seconds", |report| report.seconds.to_string()),
        Column::number("products", |report| report.products.to_string()),
        Column::number("stock", |report| report.stock.to_string()),
        Column::number("placed", |report| report.placed.to_string()),
        Column::number("placed_per_second", |report| report.placed_per_second.to_string()),
        Column::number("place_p50_ms", |report| report.place_p50_ms.to_string()),
        Column::number("place_p99_ms", |report| report.place_p99_ms.to_string()),
        Column::number("place_max_ms", |report| report.place_max_ms.to_string()),
        Column::number("refused", |report| report.refused.to_string()),
        Column::number("cancelled", |report| report.cancelled.to_string()),
        Column::number("shipped", |report| report.shipped.to_string()),
        Column::number("received", |report| report.received.to_string()),
        Column::number("adjusted", |report| report.adjusted.to_string()),
        Column::number("set", |report| report.set.to_string()),
        Column::number("uncovered", |report| report.uncovered.to_string()),
        Column::number("conflicts", |report| report.conflicts.to_string()),
        Column::number("unknown", |report| report.unknown.to_string()),
        Column::number("failed", |report| report.failed.to_string()),
        Column::number("stored", |report| report.stored.to_string()),
        Column::number("looks", |report| report.looks.to_string()),
        Column::number("wrong", |report| report.wrong.to_string()),
        Column::number("broken_rules", |report| report.broken_rules.to_string()),
        Column::text("first", |report| report.first.clone().unwrap_or_default()),
    ];

    fn id(&self) -> String {
        self.verdict.to_owned()
    }
}

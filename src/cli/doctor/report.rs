//! What `doctor` prints: a line a rule, or one document with all of them.

use serde::Serialize;

use crate::output::{Column, Row};
use crate::service::doctor::{Breach, Findings, RepairNote, Verdict};

/// One rule.
#[derive(Serialize)]
pub(super) struct RuleRow {
    rule: Option<u8>,
    code: &'static str,
    name: &'static str,
    ok: bool,
    checked: u64,
    broken: u64,
    repairable: u64,
    first: Option<BreachRow>,
}

/// The first document that breaks a rule.
#[derive(Serialize)]
struct BreachRow {
    kind: &'static str,
    key: String,
    movement: Option<i64>,
    detail: String,
}

/// One repair.
#[derive(Serialize)]
struct RepairRow {
    kind: &'static str,
    key: String,
    done: bool,
    detail: String,
}

/// Everything.
#[derive(Serialize)]
pub(super) struct Report {
    verdict: &'static str,
    pub(super) rules: Vec<RuleRow>,
    repairs: Vec<RepairRow>,
}

impl From<&Breach> for BreachRow {
    fn from(breach: &Breach) -> Self {
        Self {
            kind: breach.kind,
            key: breach.key.clone(),
            movement: breach.movement,
            detail: breach.detail.clone(),
        }
    }
}

impl From<&Verdict> for RuleRow {
    fn from(verdict: &Verdict) -> Self {
        Self {
            rule: verdict.rule.number(),
            code: verdict.rule.code(),
            name: verdict.rule.name(),
            ok: verdict.broken == 0,
            checked: verdict.checked,
            broken: verdict.broken,
            repairable: verdict.repairable,
            first: verdict.first.as_ref().map(BreachRow::from),
        }
    }
}

impl From<RepairNote> for RepairRow {
    fn from(note: RepairNote) -> Self {
        Self { kind: note.kind, key: note.key, done: note.done, detail: note.detail }
    }
}

impl Report {
    pub(super) fn new(findings: &Findings, notes: Vec<RepairNote>) -> Self {
        Self {
            verdict: if findings.clean() { "clean" } else { "broken" },
            rules: findings.verdicts().iter().map(RuleRow::from).collect(),
            repairs: notes.into_iter().map(RepairRow::from).collect(),
        }
    }
}

impl Row for RuleRow {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::number("rule", |row| row.rule.map(|rule| rule.to_string()).unwrap_or_default()),
        Column::wide_text("code", |row| row.code.to_owned()),
        Column::text("name", |row| row.name.to_owned()),
        Column::wide_text("ok", |row| row.ok.to_string()),
        Column::number("checked", |row| row.checked.to_string()),
        Column::number("broken", |row| row.broken.to_string()),
        Column::number("repairable", |row| row.repairable.to_string()),
        Column::text("first", |row| {
            row.first.as_ref().map_or_else(String::new, |first| format!("{}: {}", first.key, first.detail))
        }),
    ];

    fn id(&self) -> String {
        self.code.to_owned()
    }
}

impl Row for Report {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("verdict", |report| report.verdict.to_owned()),
        Column::text("rules", |report| report.rules.len().to_string()),
        Column::text("repairs", |report| report.repairs.len().to_string()),
    ];

    fn id(&self) -> String {
        self.verdict.to_owned()
    }
}

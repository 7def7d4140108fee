//! What the rows of a batch come to.

use serde_json::Value as Json;

use super::noun::{Change, UndoRow};
use super::report::Rejection;
use super::rows::Parsed;
use crate::domain::import::Tally;
use crate::files::Record;
use crate::store::{ImportWrite, RowOutcome};

/// What was there and what will be; none where nothing changes.
pub(super) type Shown = Option<(Json, Json)>;

/// What became of a row, for those who want to be told.
pub(super) enum Told {
    Rejected(Record, Vec<Rejection>),
    Planned(Record, Option<i64>, Shown),
}

/// What the rows of a batch come to. Rows are named by their place in it.
#[derive(Default)]
pub(super) struct Fate {
    pub(super) tally: Tally,
    pub(super) rejected: Vec<(usize, Vec<Rejection>)>,
    /// Of them, those for what the store holds, by their places in the file.
    pub(super) by_store: Vec<(u64, Vec<Rejection>)>,
    pub(super) planned: Vec<(usize, Option<i64>, Shown)>,
    pub(super) writes: Vec<ImportWrite>,
    /// Whose write it is.
    pub(super) places: Vec<usize>,
    /// Whether it makes something, and what it takes to take it back.
    pub(super) undo: Vec<(bool, UndoRow)>,
}

impl Fate {
    /// A row that is not taken.
    pub(super) fn reject(&mut self, at: usize, reasons: Vec<Rejection>) {
        self.tally.rejected += 1;
        self.rejected.push((at, reasons));
    }

    /// A row that is to be written.
    pub(super) fn change(&mut self, at: usize, makes: bool, found: Option<i64>, change: Change, plans: bool) {
        if plans {
            self.planned.push((at, found, change.shown));
        }
        self.places.push(at);
        self.writes.push(change.write);
        self.undo.push((makes, change.undo));
    }

    /// What there is to tell of a batch, in the order of the file.
    pub(super) fn tell(self, rows: Vec<Parsed<impl Sized>>) -> Vec<Told> {
        if self.rejected.is_empty() && self.planned.is_empty() {
            return Vec::new();
        }
        let mut records: Vec<Record> = rows.into_iter().map(|parsed| parsed.record).collect();
        let rejected = self.rejected.into_iter().map(|(at, reasons)| (at, Err(reasons)));
        let planned = self.planned.into_iter().map(|(at, found, shown)| (at, Ok((found, shown))));
        let mut all: Vec<_> = rejected.chain(planned).collect();
        all.sort_by_key(|(at, _)| *at);
        let told = all.into_iter().map(|(at, what)| {
            let record = std::mem::take(&mut records[at]);
            match what {
                Err(reasons) => Told::Rejected(record, reasons),
                Ok((found, shown)) => Told::Planned(record, found, shown),
            }
        });
        told.collect()
    }
}

/// What became of a batch: what was decided without a write, and what the writes came to.
pub(super) fn tally(mut tally: Tally, writes: &[(bool, UndoRow)], outcomes: &[RowOutcome]) -> Tally {
    for ((makes, _), outcome) in writes.iter().zip(outcomes) {
        match outcome {
            RowOutcome::Written if *makes => tally.created += 1,
            RowOutcome::Written => tally.updated += 1,
            RowOutcome::Refused(_) => tally.rejected += 1,
        }
    }
    tally
}

//! Taking an import back.

use std::collections::BTreeMap;

use futures_util::{StreamExt, stream};
use serde::{Deserialize, Serialize};

use super::noun::{Noun, UndoRow, Undone};
use super::report::{Progress, Rejection, TOLD, Watch};
use crate::domain::import::Import;
use crate::service::error::{Error, Result};
use crate::store::{RowOutcome, Store};

/// How many rows are taken back at once.
const AT_ONCE: usize = 32;
/// How many records of batches are read at once.
const PAGE: usize = 1000;

/// What it takes to take a batch back, as it is kept.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct UndoBatch {
    /// Places in the file, from and to, whose rows made things with ids that follow from the import.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    made: Vec<(u64, u64)>,
    /// All others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    rows: Vec<UndoRow>,
    /// Rows that were not taken though nothing is wrong with them by themselves: their places in the file, and why. So a run that goes on
    /// with the import can still tell.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    rejected: Vec<(u64, Vec<Rejection>)>,
}

impl UndoBatch {
    /// Of the rows that were written.
    pub(super) fn of(
        rows: &[(bool, UndoRow)],
        outcomes: &[RowOutcome],
        rejected: Vec<(u64, Vec<Rejection>)>,
    ) -> Self {
        let mut batch = Self { rejected, ..Self::default() };
        for ((_, row), outcome) in rows.iter().zip(outcomes) {
            match (row, outcome) {
                (_, RowOutcome::Refused(_)) => {}
                (UndoRow::Made(ordinal), _) => match batch.made.last_mut() {
                    Some((_, to)) if *to + 1 == *ordinal => *to = *ordinal,
                    _ => batch.made.push((*ordinal, *ordinal)),
                },
                (row, _) => batch.rows.push(row.clone()),
            }
        }
        batch
    }

    /// As it is kept.
    pub(super) fn text(&self) -> String {
        // Numbers and texts always serialise.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Rows that were not taken, by their places in the file.
    pub(super) fn into_rejected(self) -> BTreeMap<u64, Vec<Rejection>> {
        self.rejected.into_iter().collect()
    }

    /// As it was kept.
    pub(super) fn read(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(Error::internal)
    }

    fn into_rows(self) -> impl Iterator<Item = UndoRow> {
        self.made.into_iter().flat_map(|(from, to)| (from..=to).map(UndoRow::Made)).chain(self.rows)
    }
}

/// What came of taking an import back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct UndoReport {
    /// Names the import.
    pub id: String,
    /// Rows whose effect was taken back.
    pub undone: u64,
    /// Rows of whose effect nothing was left.
    pub gone: u64,
    /// Rows whose effect stays, because somebody has changed or needs it since.
    pub kept: u64,
    /// The first of these, each with the reason.
    pub reasons: BTreeMap<String, String>,
}

/// Takes every written row of an import back.
pub(super) async fn undo<N: Noun>(
    noun: &N,
    store: &dyn Store,
    import: &Import,
    watch: Watch<'_>,
) -> Result<UndoReport> {
    let mut report = UndoReport { id: import.id.to_string(), ..UndoReport::default() };
    let mut from = 0;
    loop {
        let batches = store.import_batches(import.id, from, PAGE).await.map_err(Error::from_store)?;
        let Some(last) = batches.last().map(|batch| batch.number) else { return Ok(report) };
        for batch in &batches {
            let found = store.find_import_batch(import.id, batch.number).await.map_err(Error::from_store)?;
            let Some(found) = found.filter(|found| !found.undo.is_empty()) else { continue };
            let rows = stream::iter(UndoBatch::read(&found.undo)?.into_rows());
            let taken = rows.map(|row| async move { noun.undo(import, &row).await });
            let mut taken = std::pin::pin!(taken.buffered(AT_ONCE));
            while let Some(row) = taken.next().await {
                match row? {
                    Undone::Done => report.undone += 1,
                    Undone::Gone => report.gone += 1,
                    Undone::Refused(thing, reason) => {
                        report.kept += 1;
                        if report.reasons.len() < TOLD {
                            report.reasons.insert(thing, reason);
                        }
                    }
                }
            }
            let rows = report.undone + report.gone + report.kept;
            watch(Progress { what: "taking back", rows, bytes: rows, of: import.tally.written() });
        }
        from = last + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_short_and_holds_every_row_that_was_written() {
        let changed = UndoRow::Changed("prd_1".to_owned(), 2, serde_json::json!({"name": "Mug"}));
        let mut rows: Vec<(bool, UndoRow)> = (0..1000).map(|n| (true, UndoRow::Made(n))).collect();
        rows[500] = (false, changed.clone());
        let mut outcomes = vec![RowOutcome::Written; 1000];
        outcomes[7] = RowOutcome::Refused(crate::store::StoreError::Timeout);
        let text = UndoBatch::of(&rows, &outcomes, Vec::new()).text();
        assert_eq!(
            text,
            r#"{"made":[[0,6],[8,499],[501,999]],"rows":[{"changed":["prd_1",2,{"name":"Mug"}]}]}"#
        );
        let back: Vec<UndoRow> = UndoBatch::read(&text).unwrap().into_rows().collect();
        assert_eq!((back.len(), back.last()), (999, Some(&changed)));
    }
}

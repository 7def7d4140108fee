//! The first pass: every row is read and looked at, and nothing is written.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;
use std::sync::Arc;

use futures_util::StreamExt;

use super::Job;
use super::decide::decide;
use super::noun::{Decision, Noun};
use super::repeats::{Keys, Repeats};
use super::report::{Progress, Rejected, Rejection, TOLD, Watch};
use super::rows::{Batch, Parsed, Read, Rows, batches, located};
use crate::service::error::{Error, Kind, Result};

/// What the first pass found.
pub(super) struct Checked {
    /// Rows that repeat a key.
    pub(super) repeats: Repeats,
    /// Rows that cannot be taken, and the first of them in the order of the file.
    pub(super) rejected: Rejected,
    /// What the file holds that is not kept.
    pub(super) notes: BTreeMap<String, u64>,
}

/// How many looks into the store are under way at once.
const LOOKS: usize = 2;

/// Reads the file through. Where the whole file is refused for one row, those of which only the store knows whether they can be taken are
/// looked up, except in batches that are `done`; where single rows may be left out, the second pass sees to that.
pub(super) async fn check<N: Noun>(
    noun: &Arc<N>,
    job: &Job,
    done: &BTreeSet<u64>,
    watch: Watch<'_>,
) -> Result<Checked> {
    noun.begin_pass(true);
    let rows = Rows::open(&job.source, &job.layout)?;
    let read = batches(noun, rows, &job.source.name, job.import.batch_rows, Arc::default());
    let looked = read.map(|read| async {
        Ok(match read? {
            Read::Notes(notes) => Read::Notes(notes),
            Read::Batch(batch) => {
                let look = !job.skip && !done.contains(&batch.number);
                Read::Batch(if look { look_at(&**noun, batch).await? } else { forget(&**noun, batch) })
            }
        })
    });
    let mut looked = pin!(looked.buffered(LOOKS.min(noun.at_once())));
    let (mut keys, mut rejected) = (Keys::new(), Rejected::default());
    let (mut rows, mut notes) = (0, BTreeMap::new());
    while let Some(read) = looked.next().await {
        if job.stop.is_cancelled() {
            break;
        }
        let batch = match read? {
            Read::Batch(batch) => batch,
            Read::Notes(found) => {
                notes.extend(found);
                continue;
            }
        };
        rows += batch.rows.len() as u64;
        for parsed in &batch.rows {
            match &parsed.row {
                Some(key) if parsed.problems.is_empty() => {
                    keys.add(key, parsed.ordinal, parsed.record.line).map_err(no_room)?;
                }
                _ => rejected.add(&parsed.problems),
            }
        }
        watch(Progress { what: "checking", rows, bytes: batch.bytes, of: job.source.bytes });
    }
    let repeats = keys.repeats(TOLD).map_err(no_room)?;
    rejected.rows += repeats.count;
    let told = repeats.first.iter().map(|(_, line, first)| Rejection::repeat(*line, Some(*first)));
    rejected.first.extend(told);
    rejected.first.sort_by_key(|reason| reason.line);
    rejected.first.truncate(TOLD);
    Ok(Checked { repeats, rejected, notes })
}

#[expect(clippy::needless_pass_by_value, reason = "it stands where errors are mapped")]
fn no_room(error: std::io::Error) -> Error {
    let detail = format!("keys of the file cannot be put aside: {error}");
    Error::new(Kind::Unavailable, "no_temporary_file", detail)
        .hint("make room in the directory for temporary files, or name another in TMPDIR")
}

/// A batch of which only keys and problems are of further use.
fn forget<N: Noun>(noun: &N, batch: Batch<N::Row>) -> Batch<String> {
    let Batch { number, rows, bytes } = batch;
    let rows = rows.into_iter().map(|Parsed { ordinal, record, row, problems, expect }| {
        let row = row.map(|row| noun.key(&row).to_owned());
        Parsed { ordinal, record, row, problems, expect }
    });
    Batch { number, rows: rows.collect(), bytes }
}

/// The same, with what the store says of rows that hang on it.
async fn look_at<N: Noun>(noun: &N, batch: Batch<N::Row>) -> Result<Batch<String>> {
    let Batch { number, rows, bytes } = batch;
    let (mut places, mut asked, mut keyed) = (Vec::new(), Vec::new(), Vec::with_capacity(rows.len()));
    for (at, Parsed { ordinal, record, row, problems, expect }) in rows.into_iter().enumerate() {
        let key = row.as_ref().map(|row| noun.key(row).to_owned());
        if let Some(row) = row.filter(|row| expect.is_some() || noun.needs_look(row)) {
            places.push(at);
            asked.push((ordinal, row, expect));
        }
        keyed.push(Parsed { ordinal, record, row: key, problems, expect });
    }
    for (at, decided) in places.into_iter().zip(decide(noun, asked, true).await?) {
        if let (Some(parsed), Decision::Reject(problems)) = (keyed.get_mut(at), decided.decision) {
            parsed.problems = located(&parsed.record, &problems);
        }
    }
    Ok(Batch { number, rows: keyed, bytes })
}

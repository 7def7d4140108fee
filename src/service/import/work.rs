//! The second pass: rows are decided and written, batch by batch.
//!
//! Several batches are under way at once and are begun in the order of the file. Each is one transaction that also records it, so a batch
//! is there whole with its record, or not at all.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;
use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::future;
use serde_json::Value as Json;

use super::Job;
use super::check::Checked;
use super::decide::decide;
use super::fate::{Fate, Told, tally};
use super::noun::{Decision, Noun};
use super::plan::{PlanWriter, Planned};
use super::rejects::RejectsFile;
use super::repeats::Repeats;
use super::report::{Progress, Rejected, Rejection, Watch, refusal};
use super::rows::{Batch, Parsed, Read, Rows, batches, located};
use super::undo::UndoBatch;
use crate::domain::import::Tally;
use crate::service::error::{Error, Kind, Result};
use crate::service::write::{TRIES, back_off};
use crate::store::{BatchWrite, RowOutcome, Store, StoreError, Unique};

/// Where to write to.
pub(super) struct Aim<'a> {
    /// The store.
    pub(super) store: &'a Arc<dyn Store>,
    /// Whether rows go into it; otherwise nothing is changed.
    pub(super) writes: bool,
    /// How many batches are under way at once, at least 1.
    pub(super) in_flight: usize,
    /// Batches that were written before, and what became of their rows.
    pub(super) done: BTreeMap<u64, Tally>,
    /// Where rows go that are not taken.
    pub(super) rejects: Option<RejectsFile>,
    /// Where it is told what would be done.
    pub(super) plan: Option<PlanWriter>,
}

/// What the second pass came to.
#[derive(Default)]
pub(super) struct Worked {
    /// What became of the rows.
    pub(super) tally: Tally,
    /// How many of them an earlier run had seen to.
    pub(super) resumed: u64,
    /// Rows that were not taken.
    pub(super) rejected: Rejected,
    /// Whether it was stopped before the end of the file.
    pub(super) stopped: bool,
}

/// What became of a batch.
struct Done {
    tally: Tally,
    told: Vec<Told>,
    bytes: u64,
    resumed: bool,
}

/// Decides and writes every row.
pub(super) async fn work<N: Noun>(
    noun: &Arc<N>,
    job: &Job,
    checked: &Checked,
    mut aim: Aim<'_>,
    watch: Watch<'_>,
) -> Result<Worked> {
    noun.begin_pass(!aim.writes);
    let rows = Rows::open(&job.source, &job.layout)?;
    // Of a batch that was written only its rejected rows are still of interest, and only to a rejects file.
    let passed: BTreeSet<u64> =
        if aim.rejects.is_none() { aim.done.keys().copied().collect() } else { BTreeSet::new() };
    let read = batches(noun, rows, &job.source.name, job.import.batch_rows, Arc::new(passed));
    let read = read.take_while(|_| future::ready(!job.stop.is_cancelled()));
    let (store, writes, plans) = (&**aim.store, aim.writes, aim.plan.is_some());
    let before = std::mem::take(&mut aim.done);
    let worked = read.map(|read| async {
        match read? {
            Read::Notes(_) => Ok(None),
            Read::Batch(batch) => {
                let bytes = batch.bytes;
                let task = Task { noun: &**noun, job, repeats: &checked.repeats, plans };
                let (tally, told, resumed) = match (before.get(&batch.number), writes) {
                    (Some(tally), _) => (*tally, task.look_again(store, batch).await?, true),
                    (None, true) => task.write(store, batch).await?,
                    (None, false) => {
                        let (tally, told) = task.dry(batch).await?;
                        (tally, told, false)
                    }
                };
                Ok(Some(Done { tally, told, bytes, resumed }))
            }
        }
    });
    let mut worked = pin!(worked.buffered(aim.in_flight));
    let mut sum = Worked { stopped: true, ..Worked::default() };
    let what = if writes { "writing" } else { "comparing" };
    while let Some(done) = worked.next().await {
        let Some(done) = done? else {
            sum.stopped = false;
            continue;
        };
        sum.tally.add(&done.tally);
        if done.resumed {
            sum.resumed += done.tally.read();
        }
        for told in done.told {
            match told {
                Told::Rejected(record, reasons) => {
                    if let Some(rejects) = &mut aim.rejects {
                        rejects.add(&record, &reasons)?;
                    }
                    sum.rejected.add(&reasons);
                }
                Told::Planned(record, found, shown) => {
                    if let Some(plan) = &mut aim.plan {
                        plan.row(&record, &planned(found, shown.as_ref()))?;
                    }
                }
            }
        }
        watch(Progress { what, rows: sum.tally.read(), bytes: done.bytes, of: job.source.bytes });
    }
    if let Some(rejects) = aim.rejects {
        rejects.finish()?;
    }
    if let Some(plan) = aim.plan {
        plan.finish()?;
    }
    Ok(sum)
}

fn planned(found: Option<i64>, shown: Option<&(Json, Json)>) -> Planned<'_> {
    match (found, shown) {
        (None, Some((_, after))) => Planned::Create(after),
        (Some(version), Some((before, after))) => Planned::Update(version, before, after),
        (version, None) => Planned::Unchanged(version.unwrap_or_default()),
    }
}

/// One batch at work.
struct Task<'a, N> {
    noun: &'a N,
    job: &'a Job,
    repeats: &'a Repeats,
    plans: bool,
}

impl<N: Noun> Task<'_, N> {
    /// Decides the rows of a batch. What they say is used up.
    async fn decide(&self, rows: &mut [Parsed<N::Row>], look: bool) -> Result<Fate> {
        let (mut fate, mut places, mut asked) = (Fate::default(), Vec::new(), Vec::with_capacity(rows.len()));
        for (at, parsed) in rows.iter_mut().enumerate() {
            if let Some(reasons) = self.by_itself(parsed) {
                fate.reject(at, reasons);
            } else if let Some(row) = parsed.row.take() {
                places.push(at);
                asked.push((parsed.ordinal, row, parsed.expect));
            }
        }
        for (at, decided) in places.into_iter().zip(decide(self.noun, asked, look).await?) {
            match decided.decision {
                Decision::Create(change) => fate.change(at, true, decided.found, *change, self.plans),
                Decision::Update(change) => fate.change(at, false, decided.found, *change, self.plans),
                Decision::Unchanged => {
                    fate.tally.unchanged += 1;
                    if self.plans {
                        fate.planned.push((at, decided.found, None));
                    }
                }
                Decision::Reject(problems) => {
                    let reasons = located(&rows[at].record, &problems);
                    fate.by_store.push((rows[at].ordinal, reasons.clone()));
                    fate.reject(at, reasons);
                }
            }
        }
        Ok(fate)
    }

    /// Decides a batch and writes nothing.
    async fn dry(&self, batch: Batch<N::Row>) -> Result<(Tally, Vec<Told>)> {
        let mut rows = batch.rows;
        let fate = self.decide(&mut rows, true).await?;
        let all = vec![RowOutcome::Written; fate.undo.len()];
        Ok((tally(fate.tally, &fate.undo, &all), fate.tell(rows)))
    }

    /// The rejected rows of a batch that was written before.
    async fn look_again(&self, store: &dyn Store, batch: Batch<N::Row>) -> Result<Vec<Told>> {
        let found =
            store.find_import_batch(self.job.import.id, batch.number).await.map_err(Error::from_store)?;
        let mut kept = match found {
            Some(found) => UndoBatch::read(&found.undo)?.into_rejected(),
            None => BTreeMap::new(),
        };
        let mut fate = Fate::default();
        for (at, parsed) in batch.rows.iter().enumerate() {
            if let Some(reasons) = self.by_itself(parsed).or_else(|| kept.remove(&parsed.ordinal)) {
                fate.reject(at, reasons);
            }
        }
        Ok(fate.tell(batch.rows))
    }

    /// What is wrong with a row whatever the store holds.
    fn by_itself(&self, parsed: &Parsed<N::Row>) -> Option<Vec<Rejection>> {
        if !parsed.problems.is_empty() {
            return Some(parsed.problems.clone());
        }
        let repeats = self.repeats.contains(parsed.ordinal);
        let first = || self.repeats.first_line(parsed.ordinal);
        repeats.then(|| vec![Rejection::repeat(parsed.record.line, first())])
    }

    /// Decides a batch and writes it; where something has moved in between, both again. Also returns whether another process was quicker.
    async fn write(&self, store: &dyn Store, batch: Batch<N::Row>) -> Result<(Tally, Vec<Told>, bool)> {
        let Batch { number, mut rows, .. } = batch;
        let import = self.job.import.id;
        let mut attempt = 0;
        loop {
            let mut fate = self.decide(&mut rows, attempt > 0 || !self.noun.writes_blindly()).await?;
            if let (false, Some((_, reasons))) = (self.job.skip, fate.rejected.first()) {
                return Err(overtaken(&self.job.source.name, reasons));
            }
            let undo = Arc::new(std::mem::take(&mut fate.undo));
            let (before, entries) = (fate.tally, Arc::clone(&undo));
            let whose: Vec<(u64, u64)> =
                fate.places.iter().map(|&at| (rows[at].ordinal, rows[at].record.line)).collect();
            let by_store = std::mem::take(&mut fate.by_store);
            let record = Arc::new(move |outcomes: &[RowOutcome]| {
                let mut rejected = by_store.clone();
                for (&(ordinal, line), outcome) in whose.iter().zip(outcomes) {
                    let reason = refusal(outcome).map(|problem| Rejection::on_line(line, &problem));
                    rejected.extend(reason.map(|reason| (ordinal, vec![reason])));
                }
                (tally(before, &entries, outcomes), UndoBatch::of(&entries, outcomes, rejected).text())
            });
            let writes = std::mem::take(&mut fate.writes);
            match store.write_import(BatchWrite { import, number, writes, record }).await {
                Ok(outcomes) => {
                    for (at, outcome) in fate.places.clone().into_iter().zip(&outcomes) {
                        if let Some(problem) = refusal(outcome) {
                            fate.rejected.push((at, located(&rows[at].record, &[problem])));
                        }
                    }
                    if let (false, Some((_, reasons))) = (self.job.skip, fate.rejected.first()) {
                        return Err(overtaken(&self.job.source.name, reasons));
                    }
                    return Ok((tally(before, &undo, &outcomes), fate.tell(rows), false));
                }
                Err(StoreError::Duplicate(Unique::ImportBatch)) => {
                    // Another process is at the same import; what it wrote is what would have been written here.
                    let found = store.find_import_batch(import, number).await.map_err(Error::from_store)?;
                    return Ok((found.map(|found| found.tally).unwrap_or_default(), fate.tell(rows), true));
                }
                Err(StoreError::Duplicate(_) | StoreError::Stale { .. }) if attempt < TRIES => {
                    back_off(&mut attempt).await;
                    let again = |parsed: Parsed<N::Row>| {
                        if parsed.problems.is_empty() { parsed.parse(self.noun) } else { parsed }
                    };
                    rows = rows.into_iter().map(again).collect();
                }
                Err(error) => return Err(Error::from_store(error)),
            }
        }
    }
}

/// The refusal of a row that was good when the file was checked.
fn overtaken(file: &str, reasons: &[Rejection]) -> Error {
    let reason = reasons.first().map(ToString::to_string).unwrap_or_default();
    let detail =
        format!("{file}:{reason}; it was good when the file was checked, and the rows before it are written");
    Error::new(Kind::Conflict, "import_overtaken", detail)
        .hint("run the same command again with --on-error skip, or take the import back: shopctl import list")
}

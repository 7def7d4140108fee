//! One run of an import: both passes over its file, and what came of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::check::{Checked, check};
use super::noun::Noun;
use super::plan::{Header, PlanWriter};
use super::refused::refused;
use super::rejects::RejectsFile;
use super::report::{ImportReport, Watch};
use super::work::{Aim, Worked, work};
use super::{Asides, Imports, Job};
use crate::domain::id::ImportId;
use crate::domain::import::{Import, ImportState};
use crate::service::error::{Error, Kind, Result};
use crate::store::StoreError;

impl Imports {
    /// Checks, and unless anything is wrong, writes.
    pub(super) async fn run<N: Noun>(
        &self,
        noun: Arc<N>,
        job: &Job,
        asides: Asides,
        known: bool,
        watch: Watch<'_>,
    ) -> Result<ImportReport> {
        let import = &job.import;
        let done = if known { self.done(import).await? } else { BTreeMap::new() };
        let checked = check(&noun, job, &done.keys().copied().collect(), watch).await?;
        if job.stop.is_cancelled() {
            return Ok(report(import, "interrupted", None));
        }
        if !job.skip && checked.rejected.rows > 0 {
            if let Some(path) = &asides.rejects {
                let rejects = Some(RejectsFile::create(path, job)?);
                let aim = Aim { store: &self.store, writes: false, in_flight: 1, done, rejects, plan: None };
                work(&noun, job, &checked, aim, watch).await?;
            }
            return Err(refused(&job.source.name, &checked, asides.rejects.as_deref()));
        }
        let rejects = asides.rejects.as_ref().map(|path| RejectsFile::create(path, job)).transpose()?;
        let header = || Header::new(import.noun, import.mode, &import.file, &import.sha256, &import.options);
        let plan = asides.plan.as_ref().map(|path| PlanWriter::create(path, &header())).transpose()?;
        if !known && !asides.dry_run {
            self.store.begin_import(import).await.map_err(Error::from_store)?;
        }
        let in_flight = self.store.import_pace().in_flight.min(noun.at_once()).max(1);
        let aim = Aim { store: &self.store, writes: !asides.dry_run, in_flight, done, rejects, plan };
        // Only what the second pass meets counts.
        let said: BTreeMap<String, u64> = noun.remarks().into_iter().collect();
        let worked = work(&noun, job, &checked, aim, watch).await?;
        let mut checked = checked;
        for (remark, rows) in noun.remarks() {
            let rows = rows - said.get(&remark).copied().unwrap_or_default();
            if rows > 0 {
                checked.notes.insert(remark, rows);
            }
        }
        self.finish(job, checked, worked, asides.dry_run).await
    }

    async fn finish(
        &self,
        job: &Job,
        checked: Checked,
        worked: Worked,
        dry_run: bool,
    ) -> Result<ImportReport> {
        let Worked { tally, resumed, rejected, stopped } = worked;
        let outcome = match (stopped, dry_run) {
            (true, _) => "interrupted",
            (false, true) => "checked",
            (false, false) => "done",
        };
        if outcome == "done" {
            let ended = Import {
                state: ImportState::Done,
                ended_at: Some(self.clock.now()),
                tally,
                ..job.import.clone()
            };
            match self.end(&ended, ImportState::Running).await {
                // Another process that was at the same import got to its end first.
                Err(error) if error.code == "import_moved" => {}
                ended => ended?,
            }
        }
        let mut report = report(&job.import, outcome, (!dry_run).then_some(job.import.id));
        report.count(&tally);
        report.resumed = resumed;
        report.notes = checked.notes;
        report.rejections = rejected.first;
        Ok(report)
    }

    pub(super) async fn end(&self, import: &Import, from: ImportState) -> Result<()> {
        self.store.end_import(import, from).await.map_err(|error| match error {
            StoreError::Stale { .. } => {
                let detail =
                    format!("import {} was ended or taken back by somebody else meanwhile", import.id);
                Error::new(Kind::Conflict, "import_moved", detail)
            }
            error => Error::from_store(error),
        })
    }
}

/// What is said of an import before anything came of it.
pub(super) fn report(import: &Import, outcome: &str, id: Option<ImportId>) -> ImportReport {
    ImportReport {
        id: id.map(|id| id.to_string()),
        file: import.file.clone(),
        noun: import.noun.to_string(),
        mode: import.mode.to_string(),
        outcome: outcome.to_owned(),
        read: 0,
        created: 0,
        updated: 0,
        unchanged: 0,
        rejected: 0,
        resumed: 0,
        notes: BTreeMap::new(),
        rejections: Vec::new(),
    }
}

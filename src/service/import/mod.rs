//! Bringing files into the shop.
//!
//! An import reads its file twice. The [first pass](mod@check) reads and judges every row and writes nothing; unless single rows may be left out,
//! one bad row refuses the file. The [second](mod@work) decides each row against the store and writes, batch by batch, each batch in one
//! transaction with its own record. So an import that broke off is gone on with by the same command, and ends as one that did not:
//! batches are cut by place in the file, ids follow from the import and the row, and all times are that of its beginning.
//!
//! A [`noun`] knows what a row of its kind says and means; all the rest is the same for all.

mod check;
mod decide;
mod noun;
mod plan;
mod products;
mod rejects;
mod repeats;
mod report;
mod rows;
mod source;
mod undo;
mod work;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

pub use report::{ImportReport, Progress, Rejection, Watch};
pub use undo::UndoReport;

use self::check::{Checked, check};
use self::noun::Noun;
use self::plan::{Header, PlanWriter};
use self::products::ProductNoun;
use self::rejects::RejectsFile;
use self::rows::Layout;
use self::source::Source;
use self::work::{Aim, Worked, work};
use super::error::{Error, Kind, Problem, Result};
use super::ids::new_uuid;
use super::once::digest;
use super::page::{Listing, PageInput};
use super::view::ImportView;
use super::write::WriteOptions;
use crate::domain::clock::Clock;
use crate::domain::id::ImportId;
use crate::domain::import::{Import, ImportFilter, ImportMode, ImportNoun, ImportSort, ImportState, Tally};
use crate::domain::invalid::Invalid;
use crate::domain::money::Currency;
use crate::domain::page::{Position, SortValue};
use crate::files::{Dialect, Format, ReadOptions};
use crate::store::{Store, StoreError};

/// How many records of batches are read at once.
const PAGE: usize = 1000;

/// What is to be imported, and how.
pub struct ImportInput {
    /// The file; `-` for standard input.
    pub path: PathBuf,
    /// What it holds and how to read it.
    pub read: ReadOptions,
    /// What may become of its rows.
    pub mode: ImportMode,
    /// Whether rows that cannot be taken are left out; otherwise one refuses the file.
    pub skip: bool,
    /// Where such rows go.
    pub rejects: Option<PathBuf>,
    /// Where it is written what would be done; then nothing else is.
    pub plan: Option<PathBuf>,
    /// Whether a file that was imported before is imported again.
    pub again: bool,
    /// How many rows a transaction holds; what suits the store without.
    pub batch_rows: Option<u32>,
}

/// Which imports to list, as written.
#[derive(Debug, Default)]
pub struct ImportQuery {
    /// Of this kind of thing.
    pub noun: Option<String>,
    /// In this state.
    pub state: Option<String>,
    /// Which part.
    pub page: PageInput,
}

/// One import at work.
struct Job {
    import: Import,
    source: Source,
    layout: Layout,
    skip: bool,
    stop: CancellationToken,
}

/// Where what is not written goes.
#[derive(Default)]
struct Asides {
    rejects: Option<PathBuf>,
    plan: Option<PathBuf>,
    dry_run: bool,
}

/// The use cases of imports.
pub struct Imports {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    currency: Currency,
}

impl Imports {
    /// On this store, with the shop's own currency for prices that name none.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, currency: Currency) -> Self {
        Self { store, clock, currency }
    }

    /// Imports a file, once: the same file again, with everything that decides what becomes of its rows the same, writes nothing; broken off,
    /// it is gone on with. It ends early, after the batches under way, when `stop` is cancelled.
    ///
    /// # Errors
    /// `import_refused` with the first rows that cannot be taken, and nothing written; `import_overtaken`; those of reading the file.
    pub async fn import(
        &self,
        input: ImportInput,
        options: &WriteOptions,
        stop: CancellationToken,
        watch: Watch<'_>,
    ) -> Result<ImportReport> {
        let source = open(input.path, &stop).await?;
        let said = said(&input.read);
        let layout = Layout::File(ReadOptions { currency: Some(self.currency), ..input.read.clone() });
        let noun = input.read.noun;
        let import = self.begin(&source, noun, input.mode, said, input.batch_rows, options);
        let job = Job { import, source, layout, skip: input.skip, stop };
        let dry_run = options.dry_run || input.plan.is_some();
        let asides = Asides { rejects: input.rejects, plan: input.plan, dry_run };
        self.start(job, asides, input.again, options, watch).await
    }

    /// Does what a plan says, if nothing that it touches has moved since it was made.
    ///
    /// # Errors
    /// `invalid_plan`; as [`import`](Self::import), with `plan_stale` for rows that have moved.
    pub async fn apply(
        &self,
        plan: PathBuf,
        options: &WriteOptions,
        stop: CancellationToken,
        watch: Watch<'_>,
    ) -> Result<ImportReport> {
        let source = open(plan, &stop).await?;
        let header = Header::read(source.read()?, &source.name)?;
        let noun = header.noun()?;
        let said = vec!["plan".to_owned(), header.file, header.sha256];
        let import = self.begin(&source, noun, ImportMode::Upsert, said, None, options);
        let job = Job { import, source, layout: Layout::Plan, skip: false, stop };
        let asides = Asides { dry_run: options.dry_run, ..Asides::default() };
        self.start(job, asides, false, options, watch).await
    }

    /// Lists imports.
    ///
    /// # Errors
    /// `Invalid`.
    pub async fn list(&self, query: &ImportQuery) -> Result<Listing<ImportView>> {
        let mut fields = super::fields::Fields::new();
        let noun = fields.optional::<ImportNoun>("/noun", query.noun.as_deref());
        let state = fields.optional::<ImportState>("/state", query.state.as_deref());
        let (Some(noun), Some(state)) = (noun, state) else { return Err(fields.into_error()) };
        let filter = ImportFilter { noun, state };
        let paging = query.page.parse(&filter, ImportSort::Id)?;
        let page = self.store.list_imports(&filter, &paging.request).await.map_err(Error::from_store)?;
        let position = |import: &Import, _| Position {
            value: SortValue::Text(import.id.to_string()),
            id: import.id.to_string(),
        };
        Ok(paging.listing(page, position, |import| ImportView::from(&import)))
    }

    /// Shows an import; of one that is not done, what is done of it.
    ///
    /// # Errors
    /// `Invalid`; `import_not_found`.
    pub async fn get(&self, id: &str) -> Result<ImportView> {
        let mut import = self.find(id).await?;
        if import.state == ImportState::Running {
            for tally in self.done(&import).await?.values() {
                import.tally.add(tally);
            }
        }
        Ok(ImportView::from(&import))
    }

    /// Takes an import back, row by row; what somebody has changed or needs since stays, and is told.
    ///
    /// # Errors
    /// `Invalid`; `import_not_found`; `import_undone`.
    pub async fn undo(&self, id: &str, options: &WriteOptions, watch: Watch<'_>) -> Result<UndoReport> {
        let import = self.find(id).await?;
        let noun = match import.noun {
            ImportNoun::Products => self.product_noun(&import, false).undoing(options),
            other => return Err(not_yet(other)),
        };
        let report = undo::undo(&noun, &*self.store, &import, watch).await?;
        if !options.dry_run && import.state != ImportState::Undone {
            let undone =
                Import { state: ImportState::Undone, ended_at: Some(self.clock.now()), ..import.clone() };
            self.end(&undone, import.state).await?;
        }
        Ok(report)
    }

    /// A new import of this file.
    fn begin(
        &self,
        source: &Source,
        noun: ImportNoun,
        mode: ImportMode,
        said: Vec<String>,
        batch_rows: Option<u32>,
        options: &WriteOptions,
    ) -> Import {
        let now = self.clock.now();
        let mut parts: Vec<&[u8]> = vec![b"import", noun.as_str().as_bytes(), mode.as_str().as_bytes()];
        parts.push(source.sha256.as_bytes());
        parts.extend(said.iter().map(String::as_bytes));
        let once = digest(&parts);
        Import {
            id: ImportId::from_uuid(new_uuid(now)),
            once,
            sha256: source.sha256.clone(),
            file: source.name.clone(),
            noun,
            mode,
            options: said,
            actor: options.actor.clone(),
            started_at: now,
            ended_at: None,
            state: ImportState::Running,
            batch_rows: batch_rows.unwrap_or_else(|| self.store.import_pace().rows).max(1),
            tally: Tally::default(),
        }
    }

    /// Looks whether the import was done or begun before, and does what is left.
    async fn start(
        &self,
        mut job: Job,
        asides: Asides,
        again: bool,
        options: &WriteOptions,
        watch: Watch<'_>,
    ) -> Result<ImportReport> {
        if let Some(key) = &options.request {
            job.import.once = key.name().to_owned();
        }
        let before = self.store.find_import_once(&job.import.once).await.map_err(Error::from_store)?;
        let before = before.filter(|_| !again || options.request.is_some());
        if let Some(before) = &before
            && options.request.is_some()
            && (&before.sha256, &before.options, before.noun, before.mode)
                != (&job.import.sha256, &job.import.options, job.import.noun, job.import.mode)
        {
            return Err(super::once::reused());
        }
        let known = before.is_some();
        if let Some(before) = before {
            if before.state == ImportState::Done {
                if let Some(key) = &options.request {
                    key.note_replay();
                }
                let mut report = report(&before, "done_before", Some(before.id));
                report.count(&before.tally);
                return Ok(report);
            }
            job.import = before;
        }
        match job.import.noun {
            ImportNoun::Products => {
                let noun = self.product_noun(&job.import, asides.plan.is_some());
                self.run(Arc::new(noun), &job, asides, known, watch).await
            }
            other => Err(not_yet(other)),
        }
    }

    fn product_noun(&self, import: &Import, shows: bool) -> ProductNoun {
        ProductNoun::new(Arc::clone(&self.store), import.clone(), self.currency, shows)
    }

    /// Checks, and unless anything is wrong, writes.
    async fn run<N: Noun>(
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
                let aim = Aim { store: None, in_flight: 1, done, rejects, plan: None };
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
        let store = (!asides.dry_run).then_some(&self.store);
        let in_flight = self.store.import_pace().in_flight.min(noun.at_once()).max(1);
        let aim = Aim { store, in_flight, done, rejects, plan };
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

    async fn end(&self, import: &Import, from: ImportState) -> Result<()> {
        self.store.end_import(import, from).await.map_err(|error| match error {
            StoreError::Stale { .. } => {
                let detail =
                    format!("import {} was ended or taken back by somebody else meanwhile", import.id);
                Error::new(Kind::Conflict, "import_moved", detail)
            }
            error => Error::from_store(error),
        })
    }

    /// The batches of an import that were written, and what became of their rows.
    async fn done(&self, import: &Import) -> Result<BTreeMap<u64, Tally>> {
        let mut done = BTreeMap::new();
        let mut from = 0;
        loop {
            let found = self.store.import_batches(import.id, from, PAGE).await.map_err(Error::from_store)?;
            let Some(last) = found.last() else { return Ok(done) };
            from = last.number + 1;
            done.extend(found.iter().map(|batch| (batch.number, batch.tally)));
        }
    }

    async fn find(&self, id: &str) -> Result<Import> {
        let parsed: ImportId = id.trim().parse().map_err(|invalid| Error::invalid("/id", invalid))?;
        let found = self.store.find_import(parsed).await.map_err(Error::from_store)?;
        found.ok_or_else(|| {
            let detail = format!("import {id:?} does not exist");
            Error::new(Kind::NotFound, "import_not_found", detail).hint("shopctl import list")
        })
    }
}

/// Reads the file through, away from the threads that serve.
async fn open(path: PathBuf, stop: &CancellationToken) -> Result<Source> {
    tokio::select! {
        source = tokio::task::spawn_blocking(move || Source::open(&path)) => source.map_err(Error::internal)?,
        // Standard input may never say anything.
        () = stop.cancelled() => {
            Err(Error::new(Kind::Unavailable, "stopped", "stopped before anything was written"))
        }
    }
}

/// What was said of a file that decides what becomes of its rows, as words of the command line.
fn said(read: &ReadOptions) -> Vec<String> {
    let mut said = Vec::new();
    let mut pair = |flag: &str, (name, value): &(String, String)| {
        said.extend([flag.to_owned(), format!("{name}={value}")]);
    };
    read.map.iter().for_each(|entry| pair("--map", entry));
    read.set.iter().for_each(|entry| pair("--set", entry));
    said.extend(read.ignore_unknown.then(|| "--ignore-unknown".to_owned()));
    let format = read.format.map(Format::as_str).or(read.dialect.map(Dialect::as_str));
    said.extend(format.into_iter().flat_map(|format| ["--format".to_owned(), format.to_owned()]));
    let delimiter = read.delimiter.map(|byte| char::from(byte).to_string());
    said.extend(delimiter.into_iter().flat_map(|delimiter| ["--delimiter".to_owned(), delimiter]));
    said
}

fn report(import: &Import, outcome: &str, id: Option<ImportId>) -> ImportReport {
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

/// The refusal of a file, with the first rows that cannot be taken.
fn refused(name: &str, checked: &Checked, rejects: Option<&Path>) -> Error {
    let problems: Vec<Problem> = checked
        .rejected
        .first
        .iter()
        .map(|reason| Problem {
            pointer: format!("/{}", reason.line),
            code: "row_refused",
            detail: format!("{name}:{reason} ({})", reason.code),
        })
        .collect();
    let rows = checked.rejected.rows;
    let first = problems.first().map(|problem| problem.detail.clone()).unwrap_or_default();
    let detail = match rows {
        1 => format!("{name} is refused, nothing was written; {first}"),
        _ => format!(
            "{name} is refused, nothing was written; {rows} rows cannot be taken, the first: {first} (and {} more)",
            rows - 1
        ),
    };
    let error = Error { problems, ..Error::new(Kind::Invalid, "import_refused", detail) };
    match rejects {
        Some(path) => error.hint(format!(
            "mend the rows in {:?}, or leave them out with --on-error skip",
            path.display().to_string()
        )),
        None => error.hint("--rejects FILE writes all such rows to a file; --on-error skip leaves them out"),
    }
}

fn not_yet(noun: ImportNoun) -> Error {
    Error::invalid("/noun", Invalid::new("invalid_noun", format!("{noun} cannot be imported")))
}

//! Bringing files into the shop.
//!
//! An import reads its file twice. The [first pass](mod@check) reads and judges every row and writes nothing; unless single rows may be left out,
//! one bad row refuses the file. The [second](mod@work) decides each row against the store and writes, batch by batch, each batch in one
//! transaction with its own record. So an import that broke off is gone on with by the same command, and ends as one that did not:
//! batches are cut by place in the file, ids follow from the import and the row, and all times are that of its beginning.
//!
//! A [`noun`] knows what a row of its kind says and means; all the rest is the same for all.

mod cells;
mod check;
mod decide;
mod fate;
mod inventory;
mod noun;
mod orders;
mod plan;
mod products;
mod records;
mod refused;
mod rejects;
mod repeats;
mod report;
mod rows;
mod run;
mod source;
mod undo;
mod users;
mod work;

use std::path::PathBuf;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

pub use report::{ImportReport, Progress, Rejection, Watch};
pub use undo::UndoReport;

pub use orders::StockPolicy;
pub use records::ImportQuery;
pub use source::expect_readable;

use self::inventory::StockNoun;
use self::noun::By;
use self::orders::OrderNoun;
use self::plan::Header;
use self::products::ProductNoun;
use self::rows::Layout;
use self::run::report;
use self::source::Source;
use self::users::UserNoun;
use super::error::{Error, Kind, Result};
use super::ids::new_uuid;
use super::once::digest;
use super::write::WriteOptions;
use crate::domain::clock::Clock;
use crate::domain::id::ImportId;
use crate::domain::import::{Import, ImportMode, ImportNoun, ImportState, Tally};
use crate::domain::money::Currency;
use crate::files::{Dialect, Format, ReadOptions};
use crate::store::Store;

/// The first of the options of an import that does what a plan says.
const PLAN: &str = "plan";

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
    /// What orders do to stock; of other things it says nothing.
    pub stock: StockPolicy,
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
        let mut said = said(&input.read);
        if input.read.noun == ImportNoun::Orders {
            said.extend(input.stock.said());
        }
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
        let mut said = vec![PLAN.to_owned(), header.file, header.sha256];
        said.extend(StockPolicy::among(&header.options));
        let import = self.begin(&source, noun, ImportMode::Upsert, said, None, options);
        let job = Job { import, source, layout: Layout::Plan, skip: false, stop };
        let asides = Asides { dry_run: options.dry_run, ..Asides::default() };
        self.start(job, asides, false, options, watch).await
    }

    /// Takes an import back, row by row; what somebody has changed or needs since stays, and is told.
    ///
    /// # Errors
    /// `Invalid`; `import_not_found`; `import_undone`.
    pub async fn undo(&self, id: &str, options: &WriteOptions, watch: Watch<'_>) -> Result<UndoReport> {
        let import = self.find(id).await?;
        let by = By { actor: options.actor.clone(), at: self.clock.now(), dry_run: options.dry_run };
        let store = &*self.store;
        let report = match import.noun {
            ImportNoun::Products => {
                undo::undo(&self.products(&import, false, by), store, &import, watch).await
            }
            ImportNoun::Users => undo::undo(&self.users(&import, false, by), store, &import, watch).await,
            ImportNoun::Orders => undo::undo(&self.orders(&import, false, by), store, &import, watch).await,
            ImportNoun::Inventory => undo::undo(&self.stock(&import, false, by), store, &import, watch).await,
        }?;
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
        let (import, shows) = (&job.import, asides.plan.is_some());
        let by = By::of(import);
        match import.noun {
            ImportNoun::Products => {
                self.run(Arc::new(self.products(import, shows, by)), &job, asides, known, watch).await
            }
            ImportNoun::Users => {
                self.run(Arc::new(self.users(import, shows, by)), &job, asides, known, watch).await
            }
            ImportNoun::Orders => {
                self.run(Arc::new(self.orders(import, shows, by)), &job, asides, known, watch).await
            }
            ImportNoun::Inventory => {
                self.run(Arc::new(self.stock(import, shows, by)), &job, asides, known, watch).await
            }
        }
    }

    fn products(&self, import: &Import, shows: bool, by: By) -> ProductNoun {
        ProductNoun::new(Arc::clone(&self.store), import.clone(), self.currency, shows, by)
    }

    fn users(&self, import: &Import, shows: bool, by: By) -> UserNoun {
        UserNoun::new(Arc::clone(&self.store), import.clone(), shows, by)
    }

    fn orders(&self, import: &Import, shows: bool, by: By) -> OrderNoun {
        OrderNoun::new(Arc::clone(&self.store), import.clone(), shows, by)
    }

    fn stock(&self, import: &Import, shows: bool, by: By) -> StockNoun {
        let strict = import.options.first().is_some_and(|option| option == PLAN);
        StockNoun::new(Arc::clone(&self.store), import.clone(), shows, strict, by)
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

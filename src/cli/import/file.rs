//! The flags of `shopctl <noun> import`, and one run of it.

use std::path::PathBuf;

use clap::Args;
use tokio_util::sync::CancellationToken;

use super::meter::Meter;
use crate::cli::app::App;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::open_store::Access;
use crate::cli::run::interrupted;
use crate::cli::syntax::pair;
use crate::cli::write::OnceArgs;
use crate::cli::{Outcome, word};
use crate::files::{Noun, ReadOptions};
use crate::output::Printer;
use crate::service::import::{ImportInput, ImportReport, Progress, StockPolicy, expect_readable};
use crate::service::{self, WriteOptions};

/// What to do with a file.
#[derive(Debug, Args)]
pub(in crate::cli) struct FileArgs {
    /// The file: CSV, TSV, JSON or JSON Lines, also gzipped; - for standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// insert (each row is new), upsert (new or not) or update (each is there) [default: insert; of inventory: upsert]
    #[arg(long, value_name = "MODE")]
    mode: Option<String>,
    /// What a column of the file is: a field, or - to leave it out; may be repeated
    #[arg(long, value_name = "COLUMN=FIELD", value_parser = pair)]
    map: Vec<(String, String)>,
    /// A field of every row, whatever the file says; may be repeated
    #[arg(long, value_name = "FIELD=VALUE", value_parser = pair)]
    set: Vec<(String, String)>,
    /// Count columns that are no field instead of refusing them
    #[arg(long)]
    ignore_unknown: bool,
    /// How the file is laid out or whose it is; told from its beginning without
    #[arg(long, value_name = "FORMAT")]
    format: Option<String>,
    /// What separates the values of a row; told from the header without
    #[arg(long, value_name = "CHARACTER")]
    delimiter: Option<char>,
    /// What to do about rows that cannot be taken: abort writes nothing at all, skip leaves them out
    #[arg(long, default_value = "abort", value_name = "WHAT")]
    #[arg(value_parser = word::flag::<OnError>(), hide_possible_values = true)]
    on_error: OnError,
    /// Write the rows that cannot be taken to this file, each with the reason
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// Change nothing, and write what would be done to this file, for import apply
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    /// Import a file that was imported before
    #[arg(long)]
    again: bool,
    /// How many rows a transaction holds [default: what suits the store]
    #[arg(long, value_name = "ROWS", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    batch: Option<u32>,
    #[command(flatten)]
    once: OnceArgs,
}

/// What to do about rows that cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OnError {
    Abort,
    Skip,
}

impl word::Word for OnError {
    const ALL: &'static [Self] = &[Self::Abort, Self::Skip];

    fn word(self) -> &'static str {
        match self {
            Self::Abort => "abort",
            Self::Skip => "skip",
        }
    }
}

impl FileArgs {
    /// Imports a file of these things.
    pub(in crate::cli) async fn run(self, app: &App, noun: Noun) -> Outcome {
        self.run_with(app, noun, StockPolicy::Obey).await
    }

    /// Imports a file of these things; orders do this to stock.
    pub(in crate::cli) async fn run_with(self, app: &App, noun: Noun, stock: StockPolicy) -> Outcome {
        let printer = app.printer::<ImportReport>()?;
        let options = app.write(&(&self.once).into())?;
        let input = self.input(noun, stock)?;
        expect_readable(&input.path)?;
        // A dry run of an import reads the store; a plan does too.
        let access = if input.plan.is_some() { Access::Read } else { Access::Write };
        let imports = app.imports(access).await?;
        carry_out(app, &printer, &options, async |stop, options, watch| {
            imports.import(input, options, stop, watch).await
        })
        .await
    }

    fn input(self, noun: Noun, stock: StockPolicy) -> Result<ImportInput, Failure> {
        let mut read =
            ReadOptions { map: self.map, set: self.set, ..ReadOptions::new(noun).named(&self.file) };
        read.ignore_unknown = self.ignore_unknown;
        match self.format.as_deref().map(|text| (text.parse(), text.parse())) {
            None => {}
            Some((Ok(format), _)) => read.format = Some(format),
            Some((_, Ok(dialect))) => read.dialect = Some(dialect),
            Some((Err(_), Err(invalid))) => return Err(invalid.into()),
        }
        if let Some(delimiter) = self.delimiter {
            let byte = u8::try_from(delimiter).ok().filter(u8::is_ascii);
            read.delimiter = Some(byte.ok_or_else(|| Failure::usage("--delimiter is one ASCII character"))?);
        }
        Ok(ImportInput {
            path: self.file,
            read,
            mode: self.mode.map_or(Ok(noun.usual_mode()), |mode| mode.parse())?,
            skip: self.on_error == OnError::Skip,
            rejects: self.rejects,
            plan: self.plan,
            again: self.again,
            batch_rows: self.batch,
            stock,
        })
    }
}

/// Runs an import with a meter, ends it after the batches under way at the first signal, and shows what came of it.
pub(super) async fn carry_out(
    app: &App,
    printer: &Printer<'_, ImportReport>,
    options: &WriteOptions,
    run: impl AsyncFnOnce(CancellationToken, &WriteOptions, &dyn Fn(Progress)) -> service::Result<ImportReport>,
) -> Outcome {
    app.deadline.lift();
    let (stop, mut signal) = (CancellationToken::new(), std::pin::pin!(interrupted()));
    let meter = Meter::new(&app.ui);
    let watch = |progress: Progress| meter.show(progress);
    let mut work = std::pin::pin!(run(stop.clone(), options, &watch));
    let report = tokio::select! {
        report = &mut work => report,
        exit = &mut signal => {
            stop.cancel();
            let left = tokio::select! {
                report = &mut work => report.ok(),
                // Whoever asks twice does not want to wait.
                exit = interrupted() => return Err(Failure::Silent(exit)),
            };
            meter.end();
            if let Some(report) = left.filter(|report| report.outcome == "interrupted") {
                tell_stopped(app, &report);
            }
            return Err(Failure::Silent(exit));
        }
    };
    meter.end();
    show(app, printer, &report?)
}

fn tell_stopped(app: &App, report: &ImportReport) {
    match &report.id {
        None => app.ui.notice("stopped before anything was written"),
        Some(id) => app.ui.notice(&format!(
            "stopped: {} rows of {} are done; the same command goes on from there, shopctl import undo {id} takes them back",
            report.read, report.file
        )),
    }
}

fn show(app: &App, printer: &Printer<'_, ImportReport>, report: &ImportReport) -> Outcome {
    for rejection in &report.rejections {
        app.ui.notice(&format!("{}:{rejection}", report.file));
    }
    let untold = report.rejected.saturating_sub(report.rejections.len() as u64);
    if !report.rejections.is_empty() && untold > 0 {
        app.ui.notice(&format!("{untold} more rows were not taken; --rejects FILE writes all of them"));
    }
    for (note, count) in &report.notes {
        app.ui.notice(&format!("{}: {note} ({count})", report.file));
    }
    if let ("done_before", Some(id)) = (report.outcome.as_str(), &report.id) {
        app.ui.notice(&format!(
            "{} was imported before as {id}: nothing was written; --again imports it once more",
            report.file
        ));
    } else if report.resumed > 0 {
        app.ui.notice(&format!("{} rows were done by a run that broke off", report.resumed));
    }
    printer.one(report)?;
    app.ui.flush()?;
    if report.rejected > 0 { Err(Failure::Silent(Exit::Partly)) } else { Ok(()) }
}

//! `shopctl demo`: a small shop, made by the commands that everybody uses.
//!
//! Each step is run exactly as it would be from a shell, by the same parser and the same code.

mod steps;

use std::borrow::Cow;

use clap::Parser;
use serde::Serialize;

use self::steps::{Ending, STEPS, Step};
use super::app::App;
use super::exit::Exit;
use super::failure::Failure;
use super::open_store::Access;
use super::{Cli, Outcome};
use crate::output::{Column, Format, Row};
use crate::service::orders::{OrderQuery, Scope};
use crate::service::page::PageInput;

/// Fill an empty store with a small shop and walk through the main jobs, showing each command
///
/// Registers users, creates products, counts stock; places, pays, ships and cancels orders; and is refused one for lack of stock. A store
/// that holds anything is left alone.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "EXAMPLES\n  shopctl demo\n  shopctl demo --store sqlite:demo.db\n  shopctl demo --dry-run"
)]
pub(super) struct Args {}

/// A step as it went.
#[derive(Serialize)]
struct StepRow {
    step: usize,
    about: &'static str,
    command: String,
    exit_code: Option<u8>,
}

impl Row for StepRow {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::number("step", |row| row.step.to_string()),
        Column::text("about", |row| row.about.to_owned()),
        Column::text("command", |row| row.command.clone()),
        Column::number("exit_code", |row| row.exit_code.map(|code| code.to_string()).unwrap_or_default()),
    ];

    fn id(&self) -> String {
        self.step.to_string()
    }
}

impl Args {
    pub(super) async fn run(self, app: &App) -> Outcome {
        let printer = app.printer::<StepRow>()?;
        // People read along; programs get a row a step.
        let told = matches!(app.ui.format(), Format::Table | Format::Tsv) && app.globals.output.is_none();
        if !app.globals.dry_run {
            empty(app).await?;
        }
        let mut rows = Vec::with_capacity(STEPS.len());
        for (index, step) in STEPS.iter().enumerate() {
            let words = filled(app, step).await?;
            let command = shell_line(&words);
            if told {
                app.ui.raw(&format!("\n# {}\n$ {command}\n", step.about))?;
                app.ui.flush()?;
            }
            let exit_code =
                if app.globals.dry_run { None } else { Some(play(app, step, &words, told).await?) };
            rows.push(StepRow { step: index + 1, about: step.about, command, exit_code });
        }
        if !told {
            return Ok(printer.all(&rows)?);
        }
        if !app.globals.dry_run {
            app.ui.raw(
                "\nThe shop is open. To serve it on ports 5001 to 5004, give the admin a password first:\n\n    \
                 shopctl user passwd admin@example.com\n    shopctl serve all\n",
            )?;
        }
        Ok(())
    }
}

/// Fails unless nothing is in the store.
async fn empty(app: &App) -> Outcome {
    let store = app.store(Access::Write).await?;
    let info = store.info().await?;
    let counts = info.counts;
    let things = counts.users + counts.products + counts.orders + counts.inventory;
    if things == 0 {
        return Ok(());
    }
    let detail = format!("the demo needs an empty store, and {} holds {things} documents", info.location);
    Err(Failure::new(Exit::Conflict, "store_not_empty", detail).hint("shopctl demo --store sqlite:demo.db"))
}

/// Runs one step and returns its exit code.
async fn play(app: &App, step: &Step, words: &[String], told: bool) -> Result<u8, Failure> {
    let line = std::iter::once("shopctl".to_owned()).chain(words.iter().cloned());
    let cli = Cli::try_parse_from(line)
        .map_err(|error| Failure::new(Exit::Internal, "internal", format!("a step of the demo: {error}")))?;
    let format = if told { Format::Table } else { Format::Json };
    let within = app.within(cli.globals, format);
    // The demo is itself a command: without a box its future would contain itself.
    let outcome = Box::pin(cli.command.run(&within)).await;
    match (outcome, step.ending) {
        (Ok(()), Ending::Done) => {
            if told {
                within.ui.flush()?;
            }
            Ok(Exit::Done.code())
        }
        (Err(failure), Ending::Refused) => {
            if told && let Some(report) = failure.report() {
                app.ui.raw(&report.text(false))?;
                app.ui.flush()?;
            }
            Ok(failure.exit().code())
        }
        (Err(failure), Ending::Done) => Err(failure),
        (Ok(()), Ending::Refused) => {
            let detail = format!("this should have been refused: {}", shell_line(words));
            Err(Failure::new(Exit::Internal, "internal", detail))
        }
    }
}

/// The words of a step with `{order}` as the number of the newest order.
async fn filled(app: &App, step: &Step) -> Result<Vec<String>, Failure> {
    let number =
        if step.words.contains(&"{order}") && !app.globals.dry_run { newest(app).await? } else { None };
    let number = number.map_or("ORDER".to_owned(), |number| number.to_string());
    Ok(step.words.iter().map(|word| word.replace("{order}", &number)).collect())
}

async fn newest(app: &App) -> Result<Option<i64>, Failure> {
    let page = PageInput { limit: Some(1), cursor: None, sort: Some("-number".to_owned()) };
    let query = OrderQuery { page, ..OrderQuery::default() };
    let orders = app.orders(Access::Read).await?.list(&query, Scope::All).await?;
    Ok(orders.items.first().map(|order| order.number))
}

/// The command as it would be typed.
fn shell_line(words: &[String]) -> String {
    let quoted = words.iter().map(|word| {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.:@/".contains(c);
        if word.chars().all(plain) { Cow::Borrowed(word.as_str()) } else { Cow::Owned(format!("'{word}'")) }
    });
    std::iter::once(Cow::Borrowed("shopctl")).chain(quoted).collect::<Vec<_>>().join(" ")
}

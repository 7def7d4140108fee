//! `shopctl store check`

use serde::Serialize;

use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::open_store::Access;
use crate::output::{Column, Format, Row};
use crate::service::check::check;
use crate::store::Check;

/// Check that the store is sound and every rule of stock and orders holds; exit 4 if not
///
/// Looks only; changes nothing. A table shows what is broken and how much was checked, the other formats every check.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {}

#[derive(Clone, Serialize)]
struct CheckRow {
    check: String,
    ok: bool,
    problem: Option<String>,
}

impl From<Check> for CheckRow {
    fn from(check: Check) -> Self {
        Self { check: check.name, ok: check.problem.is_none(), problem: check.problem }
    }
}

impl Row for CheckRow {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("check", |row| row.check.clone()),
        Column::text("ok", |row| row.ok.to_string()),
        Column::text("problem", |row| row.problem.clone().unwrap_or_default()),
    ];

    fn id(&self) -> String {
        self.check.clone()
    }
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        let printer = app.printer::<CheckRow>()?;
        let store = app.store(Access::Read).await?;
        app.deadline.lift();
        let rows: Vec<CheckRow> = check(&store).await?.into_iter().map(CheckRow::from).collect();
        let broken = rows.iter().filter(|row| !row.ok).count();
        match (app.ui.format(), broken) {
            (Format::Table, 0) => app.ui.raw(&format!("{} checks, all good\n", rows.len()))?,
            (Format::Table, _) => {
                let broken: Vec<CheckRow> = rows.iter().filter(|row| !row.ok).cloned().collect();
                printer.all(&broken)?;
            }
            _ => printer.all(&rows)?,
        }
        app.ui.flush()?;
        if broken == 0 {
            return Ok(());
        }
        let detail = format!("{broken} of {} checks failed", rows.len());
        Err(Failure::new(Exit::Conflict, "store_damaged", detail)
            .hint("shopctl doctor names what breaks a rule; what it cannot repair comes back from a backup"))
    }
}

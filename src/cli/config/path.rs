//! `shopctl config path`

use serde::Serialize;

use super::file;
use crate::cli::Outcome;
use crate::cli::app::App;
use crate::output::{Column, Row};

/// Show where configuration files are looked for, the one that wins first
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {}

#[derive(Serialize)]
struct PlaceRow {
    path: String,
    exists: bool,
}

impl Row for PlaceRow {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("path", |place| place.path.clone()),
        Column::text("exists", |place| place.exists.to_string()),
    ];

    fn id(&self) -> String {
        self.path.clone()
    }
}

impl Args {
    #[expect(clippy::unused_self, reason = "every command is run in the same way")]
    pub(in crate::cli) fn run(self, app: &App) -> Outcome {
        let printer = app.printer()?;
        let places = file::places()?.into_iter();
        let row =
            |path: std::path::PathBuf| PlaceRow { exists: path.exists(), path: path.display().to_string() };
        Ok(printer.all(&places.map(row).collect::<Vec<_>>())?)
    }
}

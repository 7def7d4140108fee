//! `shopctl version`

use serde::Serialize;

use super::Outcome;
use super::app::App;
use crate::output::{Column, Format, Row};

/// Print the version
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

#[derive(Serialize)]
struct VersionRow {
    name: &'static str,
    version: &'static str,
}

impl Row for VersionRow {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("name", |row| row.name.to_owned()),
        Column::text("version", |row| row.version.to_owned()),
    ];

    fn id(&self) -> String {
        self.version.to_owned()
    }
}

impl Args {
    #[expect(clippy::unused_self, reason = "every command is run in the same way")]
    pub(super) fn run(self, app: &App) -> Outcome {
        let row = VersionRow { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") };
        // One line that people and scripts know, unless another format is asked for.
        match app.settings.output.value {
            None | Some(Format::Table) => Ok(app.ui.raw(&format!("{} {}\n", row.name, row.version))?),
            Some(_) => Ok(app.printer()?.one(&row)?),
        }
    }
}

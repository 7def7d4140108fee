//! `shopctl config show`

use std::time::Duration;

use serde::Serialize;

use super::layer::Origin;
use super::settings::{Settings, StoreChoice};
use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::word::Word;
use crate::domain::order::Hold;
use crate::output::{Column, Row};
use crate::store::open::StoreUrl;

/// Show the settings in force; passwords are hidden
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Show where each value comes from
    #[arg(long)]
    origin: bool,
}

#[derive(Serialize)]
struct SettingRow {
    key: &'static str,
    value: String,
}

/// A setting and where it came from.
#[derive(Serialize)]
struct OriginRow {
    #[serde(flatten)]
    setting: SettingRow,
    origin: String,
}

impl Row for SettingRow {
    const COLUMNS: &'static [Column<Self>] =
        &[Column::text("key", |row| row.key.to_owned()), Column::text("value", |row| row.value.clone())];

    fn id(&self) -> String {
        self.key.to_owned()
    }
}

impl Row for OriginRow {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("key", |row| row.setting.key.to_owned()),
        Column::text("value", |row| row.setting.value.clone()),
        Column::text("origin", |row| row.origin.clone()),
    ];

    fn id(&self) -> String {
        self.setting.key.to_owned()
    }
}

impl Args {
    pub(in crate::cli) fn run(self, app: &App) -> Outcome {
        if self.origin {
            return Ok(app.printer()?.all(&rows(&app.settings))?);
        }
        let printer = app.printer()?;
        let settings = rows(&app.settings).into_iter().map(|row| row.setting);
        Ok(printer.all(&settings.collect::<Vec<_>>())?)
    }
}

fn rows(s: &Settings) -> Vec<OriginRow> {
    let row = |key, value, origin: &Origin| OriginRow {
        setting: SettingRow { key, value },
        origin: origin.to_string(),
    };
    let output = s.output.value.map_or("auto", Word::word).to_owned();
    vec![
        row("profile", s.profile.value.clone().unwrap_or_default(), &s.profile.origin),
        row("store", store(&s.store.value), &s.store.origin),
        row("output", output, &s.output.origin),
        row("color", s.color.value.word().to_owned(), &s.color.origin),
        row("currency", s.currency.value.to_string(), &s.currency.origin),
        row("timeout", format!("{:?}", s.timeout.value), &s.timeout.origin),
        row("hold", format!("{:?}", s.hold.value.map_or(Duration::ZERO, Hold::length)), &s.hold.origin),
        row("log_format", s.log_format.value.word().to_owned(), &s.log_format.origin),
        row("protected", s.protected.value.to_string(), &s.protected.origin),
    ]
}

fn store(choice: &StoreChoice) -> String {
    match choice {
        StoreChoice::Url(text) => {
            StoreUrl::parse(text).map_or("(not a store URL)".to_owned(), |url| url.to_string())
        }
        StoreChoice::UrlFile(path) => format!("(read from {})", path.display()),
        StoreChoice::Embedded(Some(path)) => StoreUrl::Sqlite(path.clone()).to_string(),
        StoreChoice::Embedded(None) => "(none)".to_owned(),
    }
}

//! `shopctl config show`

use clap::ValueEnum;
use serde::Serialize;

use super::layer::Origin;
use super::settings::StoreChoice;
use crate::cli::Outcome;
use crate::cli::app::App;
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
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<String>,
}

impl Row for SettingRow {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("key", |setting| setting.key.to_owned()),
        Column::text("value", |setting| setting.value.clone()),
        Column::text("origin", |setting| setting.origin.clone().unwrap_or_default()),
    ];

    fn id(&self) -> String {
        self.key.to_owned()
    }
}

impl Args {
    pub(in crate::cli) fn run(self, app: &App) -> Outcome {
        let printer = app.printer()?;
        let s = &app.settings;
        let row = |key, value, origin: &Origin| SettingRow {
            key,
            value,
            origin: self.origin.then(|| origin.to_string()),
        };
        let output = s.output.value.map_or("auto".to_owned(), word);
        Ok(printer.all(&[
            row("profile", s.profile.value.clone().unwrap_or_default(), &s.profile.origin),
            row("store", store(&s.store.value), &s.store.origin),
            row("output", output, &s.output.origin),
            row("color", word(s.color.value), &s.color.origin),
            row("currency", s.currency.value.to_string(), &s.currency.origin),
            row("timeout", format!("{:?}", s.timeout.value), &s.timeout.origin),
            row("log_format", word(s.log_format.value), &s.log_format.origin),
            row("protected", s.protected.value.to_string(), &s.protected.origin),
        ])?)
    }
}

fn word<T: ValueEnum>(value: T) -> String {
    value.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
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

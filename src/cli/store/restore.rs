//! `shopctl store restore`

use std::path::PathBuf;

use super::copy;
use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::open_store;
use crate::store::open::StoreUrl;

/// Fill an empty store from a backup
///
/// A store that holds anything is refused: name another, or empty it yourself.
#[derive(Debug, clap::Args)]
#[command(after_help = "EXAMPLES\n  shopctl --store mongodb://localhost/shop store restore shop-monday.db")]
pub(in crate::cli) struct Args {
    /// What store backup made
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        copy::run(app, &StoreUrl::Sqlite(self.file), &open_store::url(&app.settings)?).await
    }
}

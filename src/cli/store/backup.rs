//! `shopctl store backup`

use std::path::PathBuf;

use super::copy;
use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::open_store;
use crate::store::open::StoreUrl;

/// Copy the whole shop into a new file
///
/// The file is an embedded store, whatever the shop itself is kept in; see store copy for what is in it. Any command can look into
/// it: --store sqlite:FILE.
#[derive(Debug, clap::Args)]
#[command(after_help = "EXAMPLES\n  shopctl store backup shop-monday.db")]
pub(in crate::cli) struct Args {
    /// The file to make
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        copy::run(app, &open_store::url(&app.settings)?, &StoreUrl::Sqlite(self.file)).await
    }
}

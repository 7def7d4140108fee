//! `shopctl store init`

use super::info::InfoRow;
use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::open_store::Access;
use crate::cli::write::WriteArgs;

/// Set the store up, or bring it up to date; may be repeated
///
/// Every first write does this by itself; it is for those who want it done before.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        let printer = app.printer::<InfoRow>()?;
        let dry_run = app.write(&WriteArgs::default())?.dry_run;
        let store = app.store(Access::Write).await?;
        if !dry_run {
            store.init().await?;
        }
        Ok(printer.one(&store.info().await?.into())?)
    }
}

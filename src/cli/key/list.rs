//! `shopctl key list`

use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::open_store::Access;
use crate::service::view::KeyView;

/// List the keys that sign access tokens and those that still check some, newest first
///
/// Services show the public halves at /.well-known/jwks.json. The private halves never leave the store.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        let printer = app.printer::<KeyView>()?;
        Ok(printer.all(&app.keys(Access::Read).await?.list().await?)?)
    }
}

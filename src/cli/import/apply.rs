//! `shopctl import apply`

use std::path::PathBuf;

use super::file::carry_out;
use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::open_store::Access;
use crate::cli::write::OnceArgs;
use crate::service::import::{ImportReport, expect_readable};

/// Do what a plan says, which product import --plan wrote
///
/// Refused, with nothing written, if anything that the plan touches has moved since it was made.
#[derive(Debug, clap::Args)]
#[command(after_help = "EXAMPLES\n  \
    shopctl product import prices.csv --mode update --plan prices.plan\n  \
    shopctl import apply prices.plan")]
pub(in crate::cli) struct Args {
    /// The plan
    plan: PathBuf,
    #[command(flatten)]
    once: OnceArgs,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        let printer = app.printer::<ImportReport>()?;
        let options = app.write(&(&self.once).into())?;
        expect_readable(&self.plan)?;
        let imports = app.imports(Access::Write).await?;
        carry_out(app, &printer, &options, async |stop, options, watch| {
            imports.apply(self.plan, options, stop, watch).await
        })
        .await
    }
}

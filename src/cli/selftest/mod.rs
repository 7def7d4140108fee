//! `shopctl selftest …`

mod oversell;
mod report;

use clap::Subcommand;

use super::Outcome;
use super::app::App;

/// Prove on your own deployment what is promised
#[derive(Debug, Subcommand)]
#[command(subcommand_required = true, arg_required_else_help = true, disable_help_subcommand = true)]
pub(super) enum Command {
    /// Sell more than there is to many buyers at once, and look whether it can be done
    Oversell(oversell::Args),
}

impl Command {
    pub(super) async fn run(self, app: &App) -> Outcome {
        match self {
            Self::Oversell(args) => args.run(app).await,
        }
    }
}

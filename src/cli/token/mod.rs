//! `shopctl token …`

mod inspect;
mod issue;

use clap::Subcommand;

use super::Outcome;
use super::app::App;

/// Give machines tokens, and look at tokens
#[derive(Debug, Subcommand)]
#[command(subcommand_required = true, arg_required_else_help = true, disable_help_subcommand = true)]
pub(super) enum Command {
    /// Issue a machine's token
    Issue(issue::Args),
    /// Show what a token says and whether it is good
    Inspect(inspect::Args),
}

impl Command {
    pub(super) async fn run(self, app: &App) -> Outcome {
        match self {
            Self::Issue(args) => args.run(app).await,
            Self::Inspect(args) => args.run(app).await,
        }
    }
}

//! `shopctl key …`

mod list;
mod rotate;

use clap::Subcommand;

use super::Outcome;
use super::app::App;

/// Look after the keys that sign access tokens
#[derive(Debug, Subcommand)]
#[command(subcommand_required = true, arg_required_else_help = true, disable_help_subcommand = true)]
pub(super) enum Command {
    /// List the keys, newest first
    #[command(alias = "ls")]
    List(list::Args),
    /// Make a new key that signs from now on
    Rotate(rotate::Args),
}

impl Command {
    pub(super) async fn run(self, app: &App) -> Outcome {
        match self {
            Self::List(args) => args.run(app).await,
            Self::Rotate(args) => args.run(app).await,
        }
    }
}

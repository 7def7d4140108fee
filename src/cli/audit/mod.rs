//! `shopctl audit …`

mod list;

use clap::Subcommand;

use super::Outcome;
use super::app::App;

/// See who gave or took which rights
#[derive(Debug, Subcommand)]
#[command(subcommand_required = true, arg_required_else_help = true, disable_help_subcommand = true)]
pub(super) enum Command {
    /// List what was done, newest first
    #[command(alias = "ls")]
    List(list::Args),
}

impl Command {
    pub(super) async fn run(self, app: &App) -> Outcome {
        match self {
            Self::List(args) => args.run(app).await,
        }
    }
}

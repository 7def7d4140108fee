//! `shopctl store …`

mod check;
mod info;
mod init;

use clap::Subcommand;

use super::Outcome;
use super::app::App;

/// Look after the store itself
#[derive(Debug, Subcommand)]
#[command(subcommand_required = true, arg_required_else_help = true, disable_help_subcommand = true)]
pub(super) enum Command {
    /// Show what and where the store is, and how much is in it
    Info(info::Args),
    /// Set the store up, or bring it up to date
    Init(init::Args),
    /// Check that the store is sound and every rule of stock and orders holds
    Check(check::Args),
}

impl Command {
    pub(super) async fn run(self, app: &App) -> Outcome {
        match self {
            Self::Info(args) => args.run(app).await,
            Self::Init(args) => args.run(app).await,
            Self::Check(args) => args.run(app).await,
        }
    }
}

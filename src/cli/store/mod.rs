//! `shopctl store …`

mod backup;
mod check;
mod copy;
mod info;
mod init;
mod restore;

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
    /// Copy the whole shop into a new file
    Backup(backup::Args),
    /// Fill an empty store from a backup
    Restore(restore::Args),
    /// Move a whole shop into an empty store
    Copy(copy::Args),
}

impl Command {
    pub(super) async fn run(self, app: &App) -> Outcome {
        match self {
            Self::Info(args) => args.run(app).await,
            Self::Init(args) => args.run(app).await,
            Self::Check(args) => args.run(app).await,
            Self::Backup(args) => args.run(app).await,
            Self::Restore(args) => args.run(app).await,
            Self::Copy(args) => args.run(app).await,
        }
    }
}

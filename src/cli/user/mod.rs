//! `shopctl user …`

mod delete;
mod disable;
mod enable;
mod export;
mod get;
mod import;
mod list;
mod passwd;
mod register;
mod update;
mod verify;

use clap::Subcommand;

use super::Outcome;
use super::app::App;

/// Register and look after users
#[derive(Debug, Subcommand)]
#[command(subcommand_required = true, arg_required_else_help = true, disable_help_subcommand = true)]
pub(super) enum Command {
    /// Register a user
    Register(register::Args),
    /// List users
    #[command(alias = "ls")]
    List(list::Args),
    /// Show users
    #[command(alias = "show")]
    Get(get::Args),
    /// Change a user
    Update(update::Args),
    /// Give a user another password
    Passwd(passwd::Args),
    /// Check a user's password
    Verify(verify::Args),
    /// Let users no longer sign in
    Disable(disable::Args),
    /// Let users sign in again
    Enable(enable::Args),
    /// Delete users
    #[command(alias = "rm")]
    Delete(delete::Args),
    /// Import users from a file
    Import(import::Args),
    /// Write users to a file
    Export(export::Args),
}

impl Command {
    pub(super) async fn run(self, app: &App) -> Outcome {
        match self {
            Self::Register(args) => args.run(app).await,
            Self::List(args) => args.run(app).await,
            Self::Get(args) => args.run(app).await,
            Self::Update(args) => args.run(app).await,
            Self::Passwd(args) => args.run(app).await,
            Self::Verify(args) => args.run(app).await,
            Self::Disable(args) => args.run(app).await,
            Self::Enable(args) => args.run(app).await,
            Self::Delete(args) => args.run(app).await,
            Self::Import(args) => args.run(app).await,
            Self::Export(args) => args.run(app).await,
        }
    }

    /// Whether it ends by itself after a signal, because it has something to put away.
    pub(super) fn ends_by_itself(&self) -> bool {
        matches!(self, Self::Import(_))
    }
}

//! `shopctl import …`, and what the `import` verbs of the nouns share.

mod apply;
mod file;
mod list;
mod meter;
mod show;
mod undo;

use clap::Subcommand;

use super::Outcome;
use super::app::App;

pub(super) use file::FileArgs;

/// Look after imports
#[derive(Debug, Subcommand)]
#[command(subcommand_required = true, arg_required_else_help = true, disable_help_subcommand = true)]
pub(super) enum Command {
    /// List imports
    #[command(alias = "ls")]
    List(list::Args),
    /// Show imports
    #[command(alias = "get")]
    Show(show::Args),
    /// Take an import back
    Undo(undo::Args),
    /// Do what a plan says
    Apply(apply::Args),
}

impl Command {
    pub(super) async fn run(self, app: &App) -> Outcome {
        match self {
            Self::List(args) => args.run(app).await,
            Self::Show(args) => args.run(app).await,
            Self::Undo(args) => args.run(app).await,
            Self::Apply(args) => args.run(app).await,
        }
    }

    /// Whether it ends by itself after a signal, because it has something to put away.
    pub(super) fn ends_by_itself(&self) -> bool {
        matches!(self, Self::Apply(_))
    }
}

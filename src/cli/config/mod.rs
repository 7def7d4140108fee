//! Settings: flags, environment, profile, files, defaults, and where each value came from.

mod file;
mod layer;
mod path;
mod settings;
mod show;

use clap::Subcommand;

pub(super) use self::settings::{Settings, StoreChoice};
use super::Outcome;
use super::app::App;

/// `shopctl config …`
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
pub(super) enum Command {
    /// Show the settings in force
    Show(show::Args),
    /// Show where configuration files are looked for
    Path(path::Args),
}

impl Command {
    pub(super) fn run(self, app: &App) -> Outcome {
        match self {
            Self::Show(args) => args.run(app),
            Self::Path(args) => args.run(app),
        }
    }
}

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

/// The names of all profiles, for completion: a file that cannot be read has none.
pub(super) fn profiles() -> Vec<String> {
    let files = file::places().unwrap_or_default();
    let values = files.iter().filter_map(|path| file::read(path).ok().flatten());
    values.flat_map(|values| values.profiles.into_keys()).collect()
}

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

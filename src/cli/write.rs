//! Flags of every command that writes.

use clap::Args;

/// Under which conditions to write.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct WriteArgs {
    /// Only if it is still at this version
    #[arg(long, value_name = "N")]
    pub(super) if_version: Option<String>,
}

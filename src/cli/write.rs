//! Flags of every command that writes.

use clap::Args;

/// Under which conditions to write.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct WriteArgs {
    /// Only if it is still at this version
    #[arg(long, value_name = "N")]
    pub(super) if_version: Option<String>,
    #[command(flatten)]
    pub(super) once: OnceArgs,
}

/// How often to write.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct OnceArgs {
    /// Do this once: the same command with the same key, within 24 hours, writes nothing and shows what it showed before
    #[arg(long, value_name = "KEY")]
    pub(super) idempotency_key: Option<String>,
}

impl From<&OnceArgs> for WriteArgs {
    fn from(once: &OnceArgs) -> Self {
        Self { if_version: None, once: once.clone() }
    }
}

//! Flags that every command takes, before or after it.

use std::path::PathBuf;

use clap::{ArgAction, Args};

use super::word::{LogFormat, flag};
use crate::output::{ColorChoice, Format};

/// Accepted anywhere. Environment variables are read with the other settings, not here, so that no help text ever shows their values.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct Globals {
    /// Use this profile of the configuration [env: SHOPCTL_PROFILE]
    #[arg(short = 'C', long, global = true, value_name = "NAME", add = crate::cli::completion::profiles())]
    pub(super) profile: Option<String>,
    /// The store: mongodb://…, mongodb+srv://… or sqlite:PATH [env: SHOPCTL_STORE, then MONGO_URI]
    #[arg(long, global = true, value_name = "URL", conflicts_with = "store_file")]
    pub(super) store: Option<String>,
    /// Read the store's URL from this file [env: SHOPCTL_STORE_FILE]
    #[arg(long, global = true, value_name = "PATH")]
    pub(super) store_file: Option<PathBuf>,
    /// How to write results: table, json, jsonl, csv, tsv or id; a table on a terminal, tsv elsewhere [env: SHOPCTL_OUTPUT]
    #[arg(short, long, global = true, value_name = "FORMAT")]
    #[arg(value_parser = flag::<Format>(), hide_possible_values = true)]
    pub(super) output: Option<Format>,
    /// Columns or JSON members to show, separated by commas; `help` lists them
    #[arg(long, global = true, value_name = "LIST", value_delimiter = ',')]
    pub(super) fields: Option<Vec<String>>,
    /// Leave out header lines
    #[arg(long, global = true)]
    pub(super) no_headers: bool,
    /// When to use colours: auto, always or never [env: SHOPCTL_COLOR, NO_COLOR]
    #[arg(long, global = true, value_name = "WHEN")]
    #[arg(value_parser = flag::<ColorChoice>(), hide_possible_values = true)]
    pub(super) color: Option<ColorChoice>,
    /// Say only results and errors
    #[arg(short, long, global = true)]
    pub(super) quiet: bool,
    /// Say more; -vv and -vvv say still more
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(super) verbose: u8,
    /// How to write log lines: text or json [env: SHOPCTL_LOG_FORMAT]
    #[arg(long, global = true, value_name = "FORMAT")]
    #[arg(value_parser = flag::<LogFormat>(), hide_possible_values = true)]
    pub(super) log_format: Option<LogFormat>,
    /// Never ask
    #[arg(long, global = true)]
    pub(super) no_input: bool,
    /// Answer yes to every question
    #[arg(short, long, global = true)]
    pub(super) yes: bool,
    /// Make every check and change nothing
    #[arg(short = 'n', long, global = true)]
    pub(super) dry_run: bool,
    /// Give up after this long; 0 waits for ever [default: 30s] [env: SHOPCTL_TIMEOUT]
    #[arg(long, global = true, value_name = "DURATION")]
    pub(super) timeout: Option<String>,
}

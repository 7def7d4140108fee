//! The log, on standard error.

use std::io;

use tracing_subscriber::EnvFilter;

use super::word::LogFormat;

/// Starts the log where somebody asked for one: `-v`, `SHOPCTL_LOG`, or a service, which logs what it does unless told otherwise.
pub(super) fn start(verbose: u8, service: bool, format: LogFormat) {
    let wanted = std::env::var("SHOPCTL_LOG").ok().filter(|text| !text.is_empty());
    let level = match (verbose, service) {
        (0, false) if wanted.is_none() => return,
        (0 | 1, true) | (2, _) => "shopctl=info,warn",
        (0 | 1, false) => "shopctl=warn,error",
        _ => "shopctl=debug,info",
    };
    let filter =
        wanted.and_then(|text| EnvFilter::try_new(text).ok()).unwrap_or_else(|| EnvFilter::new(level));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(false);
    // A second start, which only tests could make, keeps the first.
    let _ = match format {
        LogFormat::Text => builder.with_target(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
}

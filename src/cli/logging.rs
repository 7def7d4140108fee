//! The log, on standard error.

use std::io;

use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use super::word::LogFormat;

/// The log while it is written.
#[derive(Default)]
pub(super) struct Log {
    #[cfg(feature = "otel")]
    _telemetry: Option<super::telemetry::Telemetry>,
}

/// Starts the log where somebody asked for one: `-v`, `SHOPCTL_LOG`, or a service, which logs what it does unless told otherwise.
pub(super) fn start(verbose: u8, service: bool, format: LogFormat) -> Log {
    let wanted = std::env::var("SHOPCTL_LOG").ok().filter(|text| !text.is_empty());
    let level = match (verbose, service) {
        (0, false) if wanted.is_none() => return Log::default(),
        (0 | 1, true) | (2, _) => "shopctl=info,warn",
        (0 | 1, false) => "shopctl=warn,error",
        _ => "shopctl=debug,info",
    };
    let filter =
        wanted.and_then(|text| EnvFilter::try_new(text).ok()).unwrap_or_else(|| EnvFilter::new(level));
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr).with_ansi(false);
    let lines = match format {
        LogFormat::Text => lines.with_target(false).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    let log = tracing_subscriber::registry().with(filter).with(lines);
    #[cfg(feature = "otel")]
    let telemetry = super::telemetry::Telemetry::start();
    #[cfg(feature = "otel")]
    let log = log.with(telemetry.as_ref().map(super::telemetry::Telemetry::layer));
    // A second start, which only tests could make, keeps the first.
    let _ = log.try_init();
    Log {
        #[cfg(feature = "otel")]
        _telemetry: telemetry,
    }
}

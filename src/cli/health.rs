//! `shopctl health`

use std::time::Duration;

use super::Outcome;
use super::app::App;
use super::exit::Exit;
use super::failure::Failure;
use crate::http::{ProbeError, probe};

/// How long a service may take to answer: it gives its database 2 s.
const PATIENCE: Duration = Duration::from_secs(5);

/// Ask a running service whether it is ready: exit 0 if it is, 7 if not
///
/// For container health checks, which have no curl. Without a path it asks /readyz.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "EXAMPLES\n  shopctl health http://127.0.0.1:5001\n  shopctl health http://127.0.0.1:5001/livez"
)]
pub(super) struct Args {
    /// Where: http://HOST:PORT[/PATH]
    url: String,
}

impl Args {
    pub(super) async fn run(self, app: &App) -> Outcome {
        match probe(&self.url, PATIENCE).await {
            Ok(()) => Ok(app.ui.raw("ok\n")?),
            Err(error @ ProbeError::BadUrl(_)) => {
                Err(Failure::usage(error.to_string()).hint("write http://127.0.0.1:5001"))
            }
            Err(error) => Err(Failure::new(Exit::Unavailable, "unhealthy", error.to_string())),
        }
    }
}

//! `shopctl health`

use std::path::PathBuf;
use std::time::Duration;

use super::Outcome;
use super::app::App;
use super::exit::Exit;
use super::failure::Failure;
use crate::http::{ProbeError, Trust, probe};

/// How long a service may take to answer: it gives its database 2 s.
const PATIENCE: Duration = Duration::from_secs(5);

/// Ask a running service whether it is ready: exit 0 if it is, 7 if not
///
/// For container health checks, which have no curl. Without a path it asks /readyz.
#[derive(Debug, clap::Args)]
#[command(after_help = "EXAMPLES\n  \
    shopctl health http://127.0.0.1:5001\n  \
    shopctl health http://127.0.0.1:5001/livez\n  \
    shopctl health https://127.0.0.1:5001 --ca-file ca.pem --server-name shop.example")]
pub(super) struct Args {
    /// Where: http://HOST:PORT[/PATH] or https://HOST:PORT[/PATH]
    url: String,
    /// Trust certificates signed by those in this file (PEM) instead of by those that browsers trust
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// The name in the service's certificate [default: the host]
    #[arg(long, value_name = "NAME")]
    server_name: Option<String>,
}

impl Args {
    pub(super) async fn run(self, app: &App) -> Outcome {
        let trust = Trust { ca_file: self.ca_file, server_name: self.server_name };
        match probe(&self.url, &trust, PATIENCE).await {
            Ok(()) => Ok(app.ui.raw("ok\n")?),
            Err(error @ ProbeError::BadUrl(_)) => {
                Err(Failure::usage(error.to_string()).hint("write http://127.0.0.1:5001"))
            }
            Err(error @ (ProbeError::BadName(_) | ProbeError::NoTrust(_))) => {
                Err(Failure::usage(error.to_string()))
            }
            Err(error @ ProbeError::Untrusted(..)) => {
                Err(Failure::new(Exit::Unavailable, "unhealthy", error.to_string())
                    .hint("--ca-file names who signed its certificate, --server-name whose it is"))
            }
            Err(error) => Err(Failure::new(Exit::Unavailable, "unhealthy", error.to_string())),
        }
    }
}

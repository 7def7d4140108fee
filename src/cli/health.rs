//! `shopctl health`

use std::time::Duration;

use http_body_util::Empty;
use hyper::body::Bytes;
use hyper::{Request, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use super::Outcome;
use super::app::App;
use super::exit::Exit;
use super::failure::Failure;

/// How long a service may take to answer: it gives its database 2 s.
const ANSWER: Duration = Duration::from_secs(5);

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
        let uri = uri(&self.url)?;
        let unhealthy = |detail: String| Failure::new(Exit::Unavailable, "unhealthy", detail);
        let client: Client<HttpConnector, Empty<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
        let request = Request::get(uri.clone()).header("user-agent", "shopctl").body(Empty::new());
        let request = request.map_err(|error| Failure::usage(format!("{:?}: {error}", self.url)))?;
        let answer = match tokio::time::timeout(ANSWER, client.request(request)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => return Err(unhealthy(format!("{uri} does not answer"))),
            Err(_) => return Err(unhealthy(format!("{uri} did not answer within {ANSWER:?}"))),
        };
        if answer.status().is_success() {
            return Ok(app.ui.raw("ok\n")?);
        }
        Err(unhealthy(format!("{uri} answered {}", answer.status())))
    }
}

fn uri(text: &str) -> Result<Uri, Failure> {
    let refused = || {
        Failure::usage(format!("{text:?} is not a URL that can be asked")).hint("write http://127.0.0.1:5001")
    };
    let uri: Uri = text.parse().map_err(|_| refused())?;
    if uri.scheme_str() != Some("http") || uri.host().is_none_or(str::is_empty) {
        return Err(refused());
    }
    if uri.path() != "/" || text.trim().ends_with('/') {
        return Ok(uri);
    }
    format!("{}/readyz", text.trim()).parse().map_err(|_| refused())
}

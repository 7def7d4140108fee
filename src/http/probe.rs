//! Asking a running service how it is: for container health checks, which have no `curl`.

use std::time::Duration;

use http_body_util::Empty;
use hyper::body::Bytes;
use hyper::{Request, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use thiserror::Error;

/// Why a service is not known to be well.
#[derive(Debug, Error)]
pub enum ProbeError {
    /// The URL is none that can be asked.
    #[error("{0:?} is not a URL that can be asked")]
    BadUrl(String),
    /// It did not answer, or not in time.
    #[error("{0} does not answer")]
    Silent(Uri),
    /// It answered, but not well.
    #[error("{0} answered {1}")]
    Unwell(Uri, hyper::StatusCode),
}

/// Asks `http://HOST:PORT[/PATH]`, without a path `/readyz`, and returns if the answer is a 2xx within `patience`.
///
/// # Errors
/// [`ProbeError`].
pub async fn probe(url: &str, patience: Duration) -> Result<(), ProbeError> {
    let uri = target(url)?;
    let client: Client<HttpConnector, Empty<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    let request = Request::get(uri.clone()).header("user-agent", "shopctl").body(Empty::new());
    let request = request.map_err(|_| ProbeError::BadUrl(url.to_owned()))?;
    match tokio::time::timeout(patience, client.request(request)).await {
        Ok(Ok(answer)) if answer.status().is_success() => Ok(()),
        Ok(Ok(answer)) => Err(ProbeError::Unwell(uri, answer.status())),
        Ok(Err(_)) | Err(_) => Err(ProbeError::Silent(uri)),
    }
}

fn target(text: &str) -> Result<Uri, ProbeError> {
    let refused = || ProbeError::BadUrl(text.to_owned());
    let text = text.trim();
    let uri: Uri = text.parse().map_err(|_| refused())?;
    if uri.scheme_str() != Some("http") || uri.host().is_none_or(str::is_empty) {
        return Err(refused());
    }
    if uri.path() != "/" || uri.query().is_some() {
        return Ok(uri);
    }
    format!("{}/readyz", text.trim_end_matches('/')).parse().map_err(|_| refused())
}

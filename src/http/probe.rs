//! Asking a running service how it is: for container health checks, which have no `curl`.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Empty;
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::{HOST, USER_AGENT};
use hyper::{Request, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::tls::{TlsError, certificates};

/// Whom to believe that a service over TLS is itself.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    /// Certificates in PEM, of which one must have signed the service's; those that browsers trust without.
    pub ca_file: Option<PathBuf>,
    /// The name that the certificate must be for; the host of the URL without. A check within a container asks at a loopback address.
    pub server_name: Option<String>,
}

/// Why a service is not known to be well.
#[derive(Debug, Error)]
pub enum ProbeError {
    /// The URL is none that can be asked.
    #[error("{0:?} is not a URL that can be asked")]
    BadUrl(String),
    /// The name can be in no certificate.
    #[error("{0:?} is not a name that a certificate can be for")]
    BadName(String),
    /// The certificates to trust cannot be read.
    #[error("{0}")]
    NoTrust(TlsError),
    /// It showed no certificate that is trusted, or speaks no TLS.
    #[error("{0} cannot be trusted: {1}")]
    Untrusted(Uri, String),
    /// It did not answer, or not in time.
    #[error("{0} does not answer")]
    Silent(Uri),
    /// It answered, but not well.
    #[error("{0} answered {1}")]
    Unwell(Uri, StatusCode),
}

/// Asks `http://HOST:PORT[/PATH]` or the same with `https`, without a path `/readyz`, and returns if the answer is a 2xx within `patience`.
///
/// # Errors
/// [`ProbeError`].
pub async fn probe(url: &str, trust: &Trust, patience: Duration) -> Result<(), ProbeError> {
    let uri = target(url)?;
    match tokio::time::timeout(patience, ask(&uri, trust)).await {
        Ok(Ok(status)) if status.is_success() => Ok(()),
        Ok(Ok(status)) => Err(ProbeError::Unwell(uri, status)),
        Ok(Err(error)) => Err(error),
        Err(_) => Err(ProbeError::Silent(uri)),
    }
}

async fn ask(uri: &Uri, trust: &Trust) -> Result<StatusCode, ProbeError> {
    let silent = || ProbeError::Silent(uri.clone());
    // Not empty: see `target`.
    let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    let secured = uri.scheme_str() == Some("https");
    let port = uri.port_u16().unwrap_or(if secured { 443 } else { 80 });
    let config = if secured { Some(client(trust, host)?) } else { None };
    let stream = TcpStream::connect((host, port)).await.map_err(|_| silent())?;
    let Some((connector, name)) = config else { return exchange(stream, uri).await.map_err(|_| silent()) };
    match connector.connect(name, stream).await {
        Ok(stream) => exchange(stream, uri).await.map_err(|_| silent()),
        Err(error) => Err(ProbeError::Untrusted(uri.clone(), error.to_string())),
    }
}

fn client(trust: &Trust, host: &str) -> Result<(TlsConnector, ServerName<'static>), ProbeError> {
    let mut roots = RootCertStore::empty();
    match &trust.ca_file {
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(file) => {
            for certificate in certificates(file).map_err(ProbeError::NoTrust)? {
                let added = roots.add(certificate);
                added.map_err(|error| ProbeError::NoTrust(TlsError::Pair(error)))?;
            }
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| ProbeError::NoTrust(TlsError::Pair(error)))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = trust.server_name.as_deref().unwrap_or(host).to_owned();
    let name = ServerName::try_from(name.clone()).map_err(|_| ProbeError::BadName(name))?;
    Ok((TlsConnector::from(Arc::new(config)), name))
}

async fn exchange<S>(stream: S, uri: &Uri) -> hyper::Result<StatusCode>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // It ends with the sender.
    tokio::spawn(connection);
    let mut request = Request::new(Empty::<Bytes>::new());
    *request.uri_mut() = uri.path_and_query().map_or_else(Uri::default, |path| Uri::from(path.clone()));
    let headers = request.headers_mut();
    headers.insert(USER_AGENT, hyper::header::HeaderValue::from_static("shopctl"));
    if let Some(Ok(host)) = uri.authority().map(|authority| authority.as_str().parse()) {
        headers.insert(HOST, host);
    }
    Ok(sender.send_request(request).await?.status())
}

fn target(text: &str) -> Result<Uri, ProbeError> {
    let refused = || ProbeError::BadUrl(text.to_owned());
    let text = text.trim();
    let uri: Uri = text.parse().map_err(|_| refused())?;
    if !matches!(uri.scheme_str(), Some("http" | "https")) || uri.host().is_none_or(str::is_empty) {
        return Err(refused());
    }
    if uri.path() != "/" || uri.query().is_some() {
        return Ok(uri);
    }
    format!("{}/readyz", text.trim_end_matches('/')).parse().map_err(|_| refused())
}

//! Serving over TLS without a proxy in front.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use rustls::ServerConfig;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use thiserror::Error;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;

/// A certificate with its key, ready to be served: TLS 1.2 and 1.3, HTTP/1.1. Clones share it.
#[derive(Clone)]
pub struct Tls(Arc<Files>);

struct Files {
    certificate: PathBuf,
    key: PathBuf,
    served: RwLock<Served>,
}

/// What connections that begin now are given.
struct Served {
    chain: Vec<CertificateDer<'static>>,
    acceptor: TlsAcceptor,
}

/// Why files are no certificate and key to serve with.
#[derive(Debug, Error)]
pub enum TlsError {
    /// A file cannot be read, or holds no such thing in PEM.
    #[error("{what} cannot be read from {file}: {why}", file = file.display())]
    File {
        /// `the certificate` or `the key`.
        what: &'static str,
        /// Which.
        file: PathBuf,
        /// Why.
        why: String,
    },
    /// They are no pair, or of a kind that is not supported.
    #[error("certificate and key cannot be used: {0}")]
    Pair(rustls::Error),
}

impl Tls {
    /// Reads a certificate, with what leads to its root behind it, and its private key, both in PEM.
    ///
    /// # Errors
    /// [`TlsError`]; it never repeats what is in the files.
    pub fn read(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let served = RwLock::new(Served::read(certificate, key)?);
        Ok(Self(Arc::new(Files { certificate: certificate.to_owned(), key: key.to_owned(), served })))
    }

    /// Reads the files again. Connections that begin from now on are given what is in them; those that there are go on. Whether it is
    /// another certificate than before.
    ///
    /// # Errors
    /// [`TlsError`]; the one before is served on. So it is between the writing of a new certificate and that of its key.
    pub fn renew(&self) -> Result<bool, TlsError> {
        let read = Served::read(&self.0.certificate, &self.0.key)?;
        let mut served = self.0.served.write().unwrap_or_else(PoisonError::into_inner);
        let is_new = served.chain != read.chain;
        // The same stays: with it stand the sessions that clients come back to.
        if is_new {
            *served = read;
        }
        Ok(is_new)
    }

    pub(super) async fn accept(&self, stream: TcpStream) -> std::io::Result<TlsStream<TcpStream>> {
        let acceptor = self.0.served.read().unwrap_or_else(PoisonError::into_inner).acceptor.clone();
        acceptor.accept(stream).await
    }
}

impl Served {
    fn read(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let chain = certificates(certificate)?;
        let key = PrivateKeyDer::from_pem_file(key).map_err(|error| unreadable("the key", key, &error))?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain.clone(), key))
            .map_err(TlsError::Pair)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { chain, acceptor: TlsAcceptor::from(Arc::new(config)) })
    }
}

/// Looks at the files now and then, so that a certificate that is replaced before it ends needs no restart.
pub(super) async fn renew_until_stopped(tls: Tls, every: Duration, stop: CancellationToken) {
    let mut told = None;
    while stop.run_until_cancelled(tokio::time::sleep(every)).await.is_some() {
        let tls = tls.clone();
        match tokio::task::spawn_blocking(move || tls.renew()).await {
            Ok(Ok(is_new)) => {
                if is_new {
                    tracing::info!("a new certificate is served");
                }
                told = None;
            }
            Ok(Err(error)) => {
                // Once, not at every look.
                let cause = error.to_string();
                if told.as_ref() != Some(&cause) {
                    tracing::warn!(
                        cause,
                        "the certificate cannot be read again; the one before is served on"
                    );
                }
                told = Some(cause);
            }
            Err(error) => tracing::error!(cause = %error, "looking at the certificate has failed"),
        }
    }
}

/// The certificates in a file, of which there is at least one.
pub(super) fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .and_then(|found| if found.is_empty() { Err(pem::Error::NoItemsFound) } else { Ok(found) })
        .map_err(|error| unreadable("the certificate", file, &error))
}

fn unreadable(what: &'static str, file: &Path, error: &pem::Error) -> TlsError {
    let why = match error {
        pem::Error::NoItemsFound => "there is none in it".to_owned(),
        other => other.to_string(),
    };
    TlsError::File { what, file: file.to_owned(), why }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tls")
    }
}

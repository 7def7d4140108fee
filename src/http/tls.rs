//! Serving over TLS without a proxy in front.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use thiserror::Error;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// A certificate with its key, ready to be served: TLS 1.2 and 1.3, HTTP/1.1.
#[derive(Clone)]
pub struct Tls(TlsAcceptor);

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
        let chain = certificates(certificate)?;
        let key = PrivateKeyDer::from_pem_file(key).map_err(|error| unreadable("the key", key, &error))?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
            .map_err(TlsError::Pair)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }

    pub(super) async fn accept(&self, stream: TcpStream) -> std::io::Result<TlsStream<TcpStream>> {
        self.0.accept(stream).await
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

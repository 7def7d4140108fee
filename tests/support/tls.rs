//! A certificate for 127.0.0.1, and a client that trusts nobody else's.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

pub(crate) struct Certificate {
    _directory: tempfile::TempDir,
    pub(crate) chain: PathBuf,
    pub(crate) key: PathBuf,
    der: CertificateDer<'static>,
}

impl Certificate {
    pub(crate) fn new() -> Self {
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let directory = tempfile::tempdir().unwrap();
        let (chain, key) = (directory.path().join("shop.pem"), directory.path().join("shop.key"));
        std::fs::write(&chain, made.cert.pem()).unwrap();
        std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        Self { _directory: directory, chain, key, der: made.cert.der().clone() }
    }

    /// Puts another certificate into the files of this one, which nobody trusts from then on.
    pub(crate) fn replace(&self, by: &Self) {
        std::fs::copy(&by.key, &self.key).unwrap();
        std::fs::copy(&by.chain, &self.chain).unwrap();
    }

    /// A connection after its handshake.
    pub(crate) async fn connect(&self, addr: SocketAddr) -> TlsStream<TcpStream> {
        self.try_connect(addr).await.expect("a handshake")
    }

    /// The same where somebody else may answer.
    pub(crate) async fn try_connect(&self, addr: SocketAddr) -> std::io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(self.der.clone()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let stream = TcpStream::connect(addr).await.unwrap();
        let name = addr.ip().into();
        TlsConnector::from(Arc::new(config)).connect(name, stream).await
    }
}

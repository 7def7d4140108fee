//! How the services meet the outside: TLS, proxies in front, pages of other origins, and bounds.

use std::net::IpAddr;
use std::path::PathBuf;

use ipnet::IpNet;

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::http::{Limits, Origin, ServeOptions, Tls, TlsError};

/// The flags.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "At the edge")]
pub(super) struct Edge {
    /// Serve over TLS with this certificate: PEM, with what leads to its root behind it
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The private key of --tls-cert, in PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Take the client's address from X-Forwarded-For or Forwarded where the request came from this address or network; may be repeated
    #[arg(long, value_name = "CIDR", value_parser = network)]
    trusted_proxy: Vec<IpNet>,
    /// Let pages of this origin call the services from a browser; may be repeated, * is any
    #[arg(long, value_name = "ORIGIN", value_parser = origin)]
    cors_origin: Vec<Origin>,
    /// The most open connections; past it the one that has waited longest without a request is closed
    #[arg(long, value_name = "N", default_value_t = Limits::default().connections, value_parser = at_least_one, allow_negative_numbers = true)]
    max_connections: usize,
    /// The most requests in flight; more are answered 503 at once
    #[arg(long, value_name = "N", default_value_t = Limits::default().in_flight, value_parser = at_least_one, allow_negative_numbers = true)]
    max_requests: usize,
}

impl Edge {
    /// Puts them where the services look.
    ///
    /// # Errors
    /// Exit 2 for a certificate that cannot be served with.
    pub(super) fn apply(self, options: &mut ServeOptions) -> Result<(), Failure> {
        if let (Some(certificate), Some(key)) = (self.tls_cert, self.tls_key) {
            options.tls = Some(Tls::read(&certificate, &key).map_err(|error| unusable(&error))?);
        }
        options.trusted_proxies = self.trusted_proxy;
        options.cors_origins = self.cors_origin;
        options.limits.connections = self.max_connections;
        options.limits.in_flight = self.max_requests;
        Ok(())
    }
}

fn unusable(error: &TlsError) -> Failure {
    Failure::new(Exit::Usage, "invalid_certificate", error.to_string())
        .hint("both files are PEM; the key must be the certificate's own and without a password")
}

fn network(text: &str) -> Result<IpNet, String> {
    let address = || text.parse::<IpAddr>().ok().map(IpNet::from);
    text.parse().ok().or_else(address).ok_or_else(|| "write 10.0.0.0/8, fd00::/8 or one address".to_owned())
}

fn origin(text: &str) -> Result<Origin, String> {
    text.parse().map_err(|invalid: crate::domain::invalid::Invalid| invalid.detail)
}

fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|number| *number > 0).ok_or_else(|| "write a whole number from 1".to_owned())
}

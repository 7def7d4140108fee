//! What to serve, where, and within which limits.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;
use std::time::Duration;

use ipnet::IpNet;
use thiserror::Error;

use super::cors::Origin;
use super::rate_limit::RateLimit;
use super::tls::Tls;
use crate::domain::invalid::Invalid;
use crate::domain::money::Currency;
use crate::domain::order::Hold;

/// One of the four services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    /// Registering, signing in, looking after users.
    Users,
    /// The catalogue.
    Products,
    /// Orders.
    Orders,
    /// Stock.
    Inventory,
}

impl Service {
    /// All, in the order of their ports.
    pub const ALL: [Self; 4] = [Self::Users, Self::Products, Self::Orders, Self::Inventory];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Products => "products",
            Self::Orders => "orders",
            Self::Inventory => "inventory",
        }
    }

    /// Where it listens unless told otherwise.
    pub fn default_port(self) -> u16 {
        match self {
            Self::Users => 5001,
            Self::Products => 5002,
            Self::Orders => 5003,
            Self::Inventory => 5004,
        }
    }
}

impl FromStr for Service {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let found = Self::ALL.into_iter().find(|service| service.as_str() == text.trim());
        found.ok_or_else(|| {
            let detail = format!("{text:?} is not a service: users, products, orders, inventory");
            Invalid::new("invalid_service", detail)
        })
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Who has to say who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AuthMode {
    /// Everybody, with a token, as the table of routes says.
    #[default]
    Required,
    /// Nobody: every request may do everything. For development; refused on anything but loopback.
    None,
}

/// Bounds that keep one client, or many, from taking a service down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Open connections of all listeners together. Past it the one that has waited longest without a request is closed.
    pub connections: usize,
    /// Requests in flight of all listeners together; more are answered 503.
    pub in_flight: usize,
    /// The largest request body, in bytes.
    pub body_bytes: usize,
    /// How long the head of a request may take; on a new connection also how long nothing may come.
    pub header_timeout: Duration,
    /// How long a connection is kept after an answer. Longer than proxies keep theirs (most for 60 s): whoever closes first must be they, or
    /// a request is lost on the way.
    pub idle_timeout: Duration,
    /// How long the body of a request may take.
    pub body_timeout: Duration,
    /// How long a client may take none of its answer.
    pub write_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 1024,
            in_flight: 256,
            body_bytes: 1 << 20,
            header_timeout: Duration::from_secs(5),
            idle_timeout: Duration::from_secs(75),
            body_timeout: Duration::from_secs(10),
            write_timeout: Duration::from_secs(20),
        }
    }
}

/// What to serve and how.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// Which services, and where each listens; port 0 takes a free one.
    pub services: Vec<(Service, SocketAddr)>,
    /// Who has to sign in.
    pub auth: AuthMode,
    /// For prices that name no currency.
    pub currency: Currency,
    /// How long an order waits for its payment where it does not say.
    pub hold: Option<Hold>,
    /// About how often a process that serves orders ends the holds that are over; zero for never.
    pub sweep_every: Duration,
    /// How long a request may take before it is answered 504; what it began goes on.
    pub request_timeout: Duration,
    /// How long requests may finish after a shutdown began.
    pub drain: Duration,
    /// Bounds.
    pub limits: Limits,
    /// How often one client may ask each service; as often as it likes without.
    pub rate_limit: Option<RateLimit>,
    /// The networks of proxies in front, whose `X-Forwarded-For` or `Forwarded` says who asks; nobody else's does.
    pub trusted_proxies: Vec<IpNet>,
    /// Whose pages may call the services from a browser.
    pub cors_origins: Vec<Origin>,
    /// With what to serve over TLS; in plain text without.
    pub tls: Option<Tls>,
    /// How often to look whether there is a new certificate.
    pub renew_tls_every: Duration,
}

impl ServeOptions {
    /// These services, with sign-in, no hold, a sweep every 10 s, 30 s a request, 8 s to drain (within the 10 s that a container is given) and the
    /// usual limits; in plain text (else with a look at the certificate every 30 s), with no proxy in front and for no page of another
    /// origin.
    pub fn new(services: Vec<(Service, SocketAddr)>, currency: Currency) -> Self {
        Self {
            services,
            auth: AuthMode::Required,
            currency,
            hold: None,
            sweep_every: Duration::from_secs(10),
            request_timeout: Duration::from_secs(30),
            drain: Duration::from_secs(8),
            limits: Limits::default(),
            rate_limit: None,
            trusted_proxies: Vec::new(),
            cors_origins: Vec::new(),
            tls: None,
            renew_tls_every: Duration::from_secs(30),
        }
    }
}

/// Why nothing was served.
#[derive(Debug, Error)]
pub enum ServeError {
    /// A listener could not be opened. None was.
    #[error("cannot listen on {addr} for {service}: {source}")]
    Bind {
        /// For which service.
        service: Service,
        /// Where.
        addr: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// Serving without sign-in where others can reach it.
    #[error("serving without sign-in is refused on {addr}, which is not a loopback address")]
    OpenToOthers {
        /// Where.
        addr: SocketAddr,
    },
}

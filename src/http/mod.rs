//! The four HTTP services: translate in, call one use case of [`service`](crate::service), translate out.
//!
//! [`serve()`] runs any of them side by side; each is built from exactly the stores it needs and cannot reach another's. A
//! request passes `serve` and `conversation` (connections), `pipeline` (name, deadline, place among those in flight), `auth` (who asks;
//! `access` says whether they may, `rate_limit` how often), `params` and `body` (what they ask), a handler of `users`, `products`, `orders` or
//! `inventory`, and `reply` or `problem`.

mod access;
mod app;
mod auth;
mod body;
mod client_addr;
mod connections;
mod conversation;
mod cors;
mod every_error;
mod examples;
mod gzip;
mod health;
mod inventory;
mod items;
mod json;
mod last_words;
mod links;
mod metrics;
mod once;
mod openapi;
mod options;
mod orders;
mod params;
mod pipeline;
mod probe;
mod problem;
mod products;
mod query;
mod rate_limit;
mod reply;
mod serve;
mod tls;
mod trace;
mod turn;
mod users;
mod wire;

pub use access::{RULES, Rule, Who};
pub use cors::Origin;
pub use openapi::openapi;
pub use options::{AuthMode, Limits, ServeError, ServeOptions, Service};
pub use probe::{ProbeError, Trust, probe};
pub use rate_limit::RateLimit;
pub use serve::serve;
pub use tls::{Tls, TlsError};

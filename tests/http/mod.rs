//! The four services over real sockets.

mod access;
mod bad_input;
mod bodies;
mod catalogue;
mod connections;
mod edge;
mod failures;
mod metrics;
mod once;
mod orders;
mod protocol;
mod rate_limit;
mod requests;
mod stock;
mod tls;
mod unread;
mod users;

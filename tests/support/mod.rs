//! What the tests stand on: real servers, real files, and builders of test data.

pub(crate) mod at_once;
pub(crate) mod builders;
pub(crate) mod clock;
pub(crate) mod dump;
pub(crate) mod http;
pub(crate) mod mongod;
pub(crate) mod say;
pub(crate) mod service_process;
pub(crate) mod services;
pub(crate) mod shop;
pub(crate) mod store;
pub(crate) mod tls;
pub(crate) mod wire;

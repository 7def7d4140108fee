//! The one integration test binary.

mod architecture;
mod contract;
mod mongo;
mod service;
mod sqlite;
mod support;

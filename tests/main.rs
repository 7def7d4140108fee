//! The one integration test binary.

mod architecture;
mod mongo;
mod service;
mod sqlite;
mod support;

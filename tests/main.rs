//! The one integration test binary.

mod mongo;
mod sqlite;
mod support;

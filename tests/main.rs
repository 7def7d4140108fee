//! The one integration test binary.

mod architecture;
mod mongo;
mod sqlite;
mod support;

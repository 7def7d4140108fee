//! The one integration test binary.

mod mongo;
mod support;

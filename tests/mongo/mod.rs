//! Promises of the MongoDB store alone.

mod server;

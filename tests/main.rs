//! The one integration test binary.

#![expect(clippy::unwrap_used, reason = "a test that panics is a test that fails")]

mod architecture;
mod cli;
mod contract;
mod crowd;
mod doctor;
mod faults;
mod files;
mod generated;
mod http;
mod import;
mod mongo;
mod property;
mod service;
mod sqlite;
mod sunrise;
mod support;
mod system;

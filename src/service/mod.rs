//! Every use case, once.
//!
//! The command line and the HTTP services call these functions and nothing else: a rule that is here holds for both.
//! Input arrives as it was written (texts and numbers) and is parsed here, all fields at once, so that the same bad input
//! gets the same error code by whichever way it came. Results are [`view`]s: the members that both print and send.

pub mod audit;
pub mod auth;
pub mod check;
pub mod clock;
pub mod copy;
pub mod doctor;
pub mod error;
mod export;
pub mod fields;
pub mod ids;
pub mod import;
pub mod inventory;
pub mod once;
pub mod orders;
pub mod page;
pub mod password;
pub mod patch;
pub mod products;
pub mod selftest;
pub mod users;
pub mod view;
pub mod write;

pub use error::{Error, Kind, Problem, Result};
pub use once::RequestKey;
pub use write::WriteOptions;

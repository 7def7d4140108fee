//! `shopctl`: the back office of a shop in one binary.
//!
//! What to read first, from the inside out:
//!
//! 1. [`domain`]: plain types that cannot hold a wrong value, the rules of stock and the life of an order.
//! 2. [`store`]: what a database must promise, as traits, and the two back ends that promise it.
//! 3. [`files`]: reading and writing tables and JSON, our own and those of other systems.
//! 4. [`service`]: every use case, once; what command line and HTTP both call.
//! 5. [`http`]: the four services.
//! 6. [`cli`]: `shopctl <noun> <verb>`; the path of a file is its command. What it prints is in `output`.
//!
//! Imports point only downwards in that list's order; a test checks it.

pub mod cli;
pub mod domain;
pub mod files;
pub mod http;
mod output;
pub mod service;
pub mod store;

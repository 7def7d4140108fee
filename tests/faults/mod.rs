//! Orders under faults: what was acknowledged is there once, whatever dies meanwhile.
//!
//! Buyers order over HTTP from two copies of `shopctl serve orders` while the database and the services are killed, frozen, cut off and
//! ended in turn. Every order that was acknowledged is written down by the buyer, and looked for when all is over. The figures are printed.
//!
//! In a usual test run each kind of fault happens once, in about a minute. `SHOPCTL_FAULT_SECONDS=600` makes the runs go on for so long,
//! on MongoDB with its usual election time-out of 10 s instead of 2 s:
//! `SHOPCTL_FAULT_SECONDS=600 cargo test --test main -- faults::mongo`

mod buyer;
mod copies;
mod ends;
mod fsync;
mod log;
mod mongo;
mod report;
mod selftest;
mod sqlite;
mod verdict;

use std::time::Duration;

/// How long to go on, where somebody said so.
fn seconds() -> Option<Duration> {
    named("SHOPCTL_FAULT_SECONDS")
}

/// The election time-out, where somebody said so.
fn election() -> Option<Duration> {
    named("SHOPCTL_FAULT_ELECTION_SECONDS")
}

fn named(name: &str) -> Option<Duration> {
    let text = std::env::var(name).ok()?;
    let seconds =
        text.parse().unwrap_or_else(|_| panic!("{name} is {text:?}, which is no number of seconds"));
    Some(Duration::from_secs(seconds))
}

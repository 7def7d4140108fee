//! What buyers did.

use super::latency::Latency;
use crate::service::error::{Error, Kind};

/// Counts of what was done and what came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Orders acknowledged.
    pub placed: u64,
    /// Orders refused because too little was there.
    pub refused: u64,
    /// Orders cancelled.
    pub cancelled: u64,
    /// Orders shipped.
    pub shipped: u64,
    /// Deliveries taken in.
    pub received: u64,
    /// Corrections by a difference.
    pub adjusted: u64,
    /// Counts set.
    pub set: u64,
    /// Corrections and counts refused because they would not have covered what was promised.
    pub uncovered: u64,
    /// Writes that lost against others until they gave up.
    pub conflicts: u64,
    /// Writes of which it is not known whether they were done.
    pub unknown: u64,
    /// Errors that must not happen.
    pub failed: u64,
    /// The first of those.
    pub failure: Option<String>,
    /// How long placing took, refusals included.
    pub placing: Latency,
}

impl Tally {
    /// Adds what another buyer did.
    pub fn add(&mut self, other: &Self) {
        for (sum, count) in [
            (&mut self.placed, other.placed),
            (&mut self.refused, other.refused),
            (&mut self.cancelled, other.cancelled),
            (&mut self.shipped, other.shipped),
            (&mut self.received, other.received),
            (&mut self.adjusted, other.adjusted),
            (&mut self.set, other.set),
            (&mut self.uncovered, other.uncovered),
            (&mut self.conflicts, other.conflicts),
            (&mut self.unknown, other.unknown),
            (&mut self.failed, other.failed),
        ] {
            *sum += count;
        }
        if self.failure.is_none() {
            self.failure.clone_from(&other.failure);
        }
        self.placing.add(&other.placing);
    }

    /// Notes a refusal or a failure.
    pub(super) fn refuse(&mut self, error: &Error) {
        match (error.code, error.kind) {
            ("insufficient_stock", _) => self.refused += 1,
            ("below_reserved", _) => self.uncovered += 1,
            (_, Kind::Stale) => self.conflicts += 1,
            (_, Kind::Timeout | Kind::Unavailable) => self.unknown += 1,
            _ => {
                self.failed += 1;
                self.failure.get_or_insert_with(|| format!("{}: {}", error.code, error.detail));
            }
        }
    }
}

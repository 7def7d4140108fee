//! The clock of the machine.

use crate::domain::clock::{Clock, Timestamp};

/// Reads the machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the machine is asked for the time")]
    fn now(&self) -> Timestamp {
        let millis = jiff::Timestamp::now().as_millisecond();
        // A machine whose clock is outside the calendar gets the epoch: wrong, but never a crash.
        Timestamp::from_millis(millis).unwrap_or(Timestamp::EPOCH)
    }
}

//! The time a command has, not counting the time it waits for a person.

use std::cell::Cell;
use std::time::Duration;

use tokio::time::Instant;

/// When a command ends whether it is done or not.
pub(super) struct Deadline {
    ends: Cell<Option<Instant>>,
    asking: Cell<Option<Instant>>,
}

impl Deadline {
    /// After this long; never for zero.
    pub(super) fn after(limit: Duration) -> Self {
        let ends = if limit.is_zero() { None } else { Instant::now().checked_add(limit) };
        Self { ends: Cell::new(ends), asking: Cell::new(None) }
    }

    /// From now on the command may run as long as it likes.
    pub(super) fn lift(&self) {
        self.ends.set(None);
    }

    /// Stops the clock until the guard is dropped.
    pub(super) fn pause(&self) -> Pause<'_> {
        self.asking.set(Some(Instant::now()));
        Pause(self)
    }

    /// Returns when the time is up.
    pub(super) async fn passed(&self) {
        loop {
            match (self.ends.get(), self.asking.get()) {
                (None, _) => std::future::pending().await,
                // While a person thinks, look again a little later: the end will have moved by then.
                (Some(_), Some(_)) => tokio::time::sleep(Duration::from_millis(100)).await,
                (Some(ends), None) if ends <= Instant::now() => return,
                (Some(ends), None) => tokio::time::sleep_until(ends).await,
            }
        }
    }
}

/// A stopped clock.
pub(super) struct Pause<'a>(&'a Deadline);

impl Drop for Pause<'_> {
    fn drop(&mut self) {
        if let (Some(since), Some(ends)) = (self.0.asking.take(), self.0.ends.get()) {
            self.0.ends.set(ends.checked_add(since.elapsed()));
        }
    }
}

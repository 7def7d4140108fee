//! How long an order may wait for its payment.

use std::time::Duration;

use crate::domain::clock::Timestamp;
use crate::domain::id::OrderId;
use crate::domain::invalid::Invalid;

/// How long an order may stay pending and unpaid before it expires: longer than nothing, at most [`MAX`](Self::MAX).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hold(Duration);

impl Hold {
    /// The longest hold: 365 days. What is promised for longer is not waiting for a payment.
    pub const MAX: Duration = Duration::from_hours(365 * 24);

    /// A hold of this length; `None` for a length of 0, which is no hold.
    ///
    /// # Errors
    /// `hold_too_long`.
    pub fn new(length: Duration) -> Result<Option<Self>, Invalid> {
        if length > Self::MAX {
            return Err(Invalid::new("hold_too_long", "a hold lasts at most 365 days (8760h); 0 is none"));
        }
        Ok((!length.is_zero()).then_some(Self(length)))
    }

    /// Its length.
    pub fn length(self) -> Duration {
        self.0
    }

    /// When it ends if it begins at this moment.
    pub fn ends(self, begins: Timestamp) -> Timestamp {
        begins.plus(self.0)
    }
}

/// A pending, unpaid order whose hold has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndedHold {
    /// When the hold ended.
    pub until: Timestamp,
    /// Of which order.
    pub order: OrderId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hold_lasts_from_a_moment_to_a_year() {
        assert_eq!(Hold::new(Duration::ZERO), Ok(None));
        assert_eq!(Hold::new(Hold::MAX).unwrap().unwrap().length(), Hold::MAX);
        for long in [Hold::MAX + Duration::from_nanos(1), Duration::MAX] {
            assert_eq!(Hold::new(long).unwrap_err().code, "hold_too_long");
        }
    }

    #[test]
    fn a_hold_ends_its_length_after_it_begins() {
        let hold = Hold::new(Duration::from_secs(90)).unwrap().unwrap();
        assert_eq!(hold.ends(Timestamp::EPOCH).as_millis(), 90_000);
    }
}

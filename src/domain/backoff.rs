//! Waiting longer after each wrong guess.

use std::time::Duration;

use super::clock::Timestamp;

/// How many tries are free, and how long to wait after more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Tries without a wait.
    pub free: u32,
    /// The wait after the first try beyond those; it doubles with each.
    pub first: Duration,
    /// The longest wait. Bounded, so that nobody is ever locked out.
    pub longest: Duration,
    /// After so long without a try all is forgotten.
    pub memory: Duration,
}

/// The tries under one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tries {
    /// How many were made.
    pub count: u32,
    /// From when the next may be made.
    pub free_at: Timestamp,
    /// From when they are forgotten.
    pub forget_at: Timestamp,
}

impl Patience {
    /// The tries after one more, or from when it may be made. A try that has to wait is not counted: whoever asks again and
    /// again does not make the wait longer.
    ///
    /// # Errors
    /// The moment from which a try may be made.
    pub fn one_more(&self, before: Option<Tries>, now: Timestamp) -> Result<Tries, Timestamp> {
        let before = before.filter(|tries| tries.forget_at > now);
        // Free tries are never refused, whatever their times: those that come together are counted in another order than they looked
        // at the clock.
        if let Some(tries) = before
            && tries.count > self.free
            && tries.free_at > now
        {
            return Err(tries.free_at);
        }
        let count = before.map_or(0, |tries| tries.count).saturating_add(1);
        let free_at = now.plus(self.wait_after(count));
        Ok(Tries { count, free_at, forget_at: free_at.plus(self.memory) })
    }

    fn wait_after(&self, count: u32) -> Duration {
        let Some(beyond) = count.checked_sub(self.free).filter(|beyond| *beyond > 0) else {
            return Duration::ZERO;
        };
        let factor = 1_u32.checked_shl(beyond - 1).unwrap_or(u32::MAX);
        self.first.saturating_mul(factor).min(self.longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Patience = Patience {
        free: 3,
        first: Duration::from_secs(1),
        longest: Duration::from_secs(10),
        memory: Duration::from_mins(10),
    };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000).unwrap()
    }

    #[test]
    fn waits_double_up_to_the_longest_and_a_try_in_a_wait_does_not_count() {
        let mut tries = None;
        let mut now = 0;
        let mut waits = Vec::new();
        for _ in 0..9 {
            let after = PATIENCE.one_more(tries, at(now)).unwrap();
            let wait = (after.free_at.as_millis() - at(now).as_millis()) / 1000;
            waits.push(wait);
            if wait > 0 {
                assert_eq!(PATIENCE.one_more(Some(after), at(now + wait - 1)), Err(after.free_at));
            }
            (tries, now) = (Some(after), now + wait);
        }
        assert_eq!(waits, [0, 0, 0, 1, 2, 4, 8, 10, 10]);
    }

    #[test]
    fn of_tries_that_come_together_the_free_ones_are_let_through_in_any_order() {
        let counted = PATIENCE.one_more(None, at(5)).unwrap();
        assert_eq!(PATIENCE.one_more(Some(counted), at(4)).unwrap().count, 2);
    }

    #[test]
    fn all_is_forgotten_after_a_while() {
        let tries = Tries { count: 40, free_at: at(10), forget_at: at(610) };
        assert_eq!(PATIENCE.one_more(Some(tries), at(610)).unwrap().count, 1);
        assert_eq!(PATIENCE.one_more(Some(tries), at(609)).unwrap().count, 41);
    }

    #[test]
    fn no_count_overflows() {
        let tries = Tries { count: u32::MAX, free_at: at(0), forget_at: at(1) };
        assert_eq!(PATIENCE.one_more(Some(tries), at(0)).unwrap().free_at, at(10));
    }
}

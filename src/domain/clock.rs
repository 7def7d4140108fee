//! Moments in time, and who may say what time it is.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::invalid::Invalid;

/// A moment in UTC with millisecond precision, between the years 0000 and 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// 1970-01-01T00:00:00.000Z.
    pub const EPOCH: Self = Self(0);
    /// 0000-01-01T00:00:00Z, in milliseconds since the Unix epoch.
    const MIN: i64 = -62_167_219_200_000;
    /// 9999-12-30T22:00:00.000Z: the last moment the calendar library can print in every zone.
    const MAX: i64 = 253_402_207_200_000;

    /// Milliseconds since the Unix epoch; `None` outside the years 0000 to 9999.
    pub fn from_millis(millis: i64) -> Option<Self> {
        (Self::MIN..=Self::MAX).contains(&millis).then_some(Self(millis))
    }

    /// Milliseconds since the Unix epoch.
    pub fn as_millis(self) -> i64 {
        self.0
    }

    /// This moment plus a duration, held at the last moment that can be written.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(millis).min(Self::MAX))
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 with exactly three decimals and `Z`, so that text sorts as time.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = jiff::Timestamp::from_millisecond(self.0).map_err(|_| fmt::Error)?;
        write!(f, "{at:.3}")
    }
}

impl FromStr for Timestamp {
    type Err = Invalid;

    /// RFC 3339 (`2026-01-31T08:00:00Z`, any offset) or a plain date, which means its first moment in UTC.
    /// Fractions below a millisecond are cut.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let refused = || {
            Invalid::new(
                "invalid_time",
                format!("{text:?} is not a time; write 2026-01-31 or 2026-01-31T08:00:00Z"),
            )
        };
        let trimmed = text.trim();
        let at = match trimmed.parse::<jiff::Timestamp>() {
            Ok(at) => at,
            Err(_) if trimmed.len() == 10 => format!("{trimmed}T00:00:00Z").parse().map_err(|_| refused())?,
            Err(_) => return Err(refused()),
        };
        Self::from_millis(at.as_millisecond()).ok_or_else(refused)
    }
}

/// Says what time it is. Passed in from outside so that every rule about time can be tested.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_three_decimals_and_reads_them_back() {
        for text in ["2026-01-31T08:00:00.000Z", "1999-12-31T23:59:59.999Z", "1969-12-31T23:59:59.001Z"] {
            assert_eq!(text.parse::<Timestamp>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn reads_offsets_and_plain_dates() {
        assert_eq!("2026-01-31".parse::<Timestamp>().unwrap().to_string(), "2026-01-31T00:00:00.000Z");
        let berlin = "2026-01-31T08:00:00+01:00".parse::<Timestamp>().unwrap();
        assert_eq!(berlin.to_string(), "2026-01-31T07:00:00.000Z");
    }

    #[test]
    fn refuses_what_is_no_time() {
        for text in ["", "yesterday", "2026-02-30", "2026-13-01T00:00:00Z", "12:00"] {
            assert_eq!(text.parse::<Timestamp>().unwrap_err().code, "invalid_time", "{text}");
        }
    }

    #[test]
    fn adding_saturates_at_the_last_moment_that_can_be_written() {
        let last = Timestamp::from_millis(Timestamp::MAX).unwrap();
        assert_eq!(last.plus(Duration::MAX), last);
        assert!(last.to_string().starts_with("9999-"));
    }
}

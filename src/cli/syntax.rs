//! Small things as people write them on a command line.

use std::time::Duration;

use crate::domain::invalid::Invalid;
use crate::domain::number::whole_number;
use crate::service::patch::Patch;

/// A length of time: `30s`, `5m`, `1h30m`, `500ms`, `90d` of 24 hours each; a bare number is seconds.
///
/// # Errors
/// `invalid_duration`.
pub(super) fn duration(text: &str) -> Result<Duration, Invalid> {
    let trimmed = text.trim();
    let bare = !trimmed.is_empty() && trimmed.bytes().all(|b| b.is_ascii_digit());
    if let Some(seconds) = bare.then(|| trimmed.parse().ok()).flatten() {
        return Ok(Duration::from_secs(seconds));
    }
    let days = trimmed.strip_suffix('d').and_then(|days| days.trim().parse::<u32>().ok());
    if let Some(days) = days {
        return Ok(Duration::from_hours(24) * days);
    }
    let parsed = trimmed.parse::<jiff::SignedDuration>().ok().and_then(|span| Duration::try_from(span).ok());
    parsed.ok_or_else(|| {
        Invalid::new("invalid_duration", format!("{text:?} is not a length of time such as 30s, 5m or 1h30m"))
    })
}

/// How many of something.
///
/// # Errors
/// `invalid_quantity` for what is no whole number; the use case knows the bounds.
pub(super) fn quantity(text: &str) -> Result<i64, Invalid> {
    whole_number(text, "invalid_quantity")
}

/// `NAME=VALUE`.
///
/// # Errors
/// A sentence for the usage error.
pub(super) fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.to_owned())),
        _ => Err("write NAME=VALUE".to_owned()),
    }
}

/// A flag that changes a field which may be empty: an empty value empties it.
pub(super) fn patch(flag: Option<String>) -> Patch<String> {
    match flag {
        Some(text) if text.is_empty() => Patch::Clear,
        flag => Patch::from_flag(flag),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_people_write_them() {
        for (text, millis) in
            [("30s", 30_000), ("5m", 300_000), ("1h30m", 5_400_000), ("500ms", 500), ("0", 0), ("90", 90_000)]
        {
            assert_eq!(duration(text).unwrap().as_millis(), millis, "{text}");
        }
        for bad in ["", "soon", "-5s", "5 parsecs", "99999999999999999999"] {
            assert_eq!(duration(bad).unwrap_err().code, "invalid_duration", "{bad}");
        }
    }

    #[test]
    fn a_pair_keeps_everything_behind_the_first_equals_sign() {
        assert_eq!(pair("a=b=c").unwrap(), ("a".to_owned(), "b=c".to_owned()));
        assert!(pair("a").is_err() && pair("=b").is_err());
    }
}

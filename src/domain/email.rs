//! E-mail addresses.

use std::fmt;
use std::str::FromStr;

use unicode_normalization::UnicodeNormalization;

use super::invalid::Invalid;

/// An e-mail address: as typed for people, and normalised for comparison.
///
/// Two addresses are the same when their [`norm`](Self::norm) is: trimmed, NFKC, lower case. The check
/// is deliberately shallow (one `@`, something on both sides, no white space, at most 254 bytes, RFC 5321
/// §4.5.3.1): only a delivered message proves an address.
#[derive(Debug, Clone)]
pub struct Email {
    text: String,
    norm: String,
}

impl Email {
    /// The longest address that can be delivered to, in bytes (RFC 5321, errata 1690).
    pub const MAX_BYTES: usize = 254;

    /// As it was typed, trimmed.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The form that is unique.
    pub fn norm(&self) -> &str {
        &self.norm
    }
}

impl PartialEq for Email {
    fn eq(&self, other: &Self) -> bool {
        self.norm == other.norm
    }
}
impl Eq for Email {}

impl FromStr for Email {
    type Err = Invalid;

    fn from_str(raw: &str) -> Result<Self, Invalid> {
        let text = raw.trim().to_owned();
        let norm: String = text.nfkc().collect::<String>().to_lowercase();
        let sides = norm.split_once('@');
        let sound = sides.is_some_and(|(local, domain)| {
            !local.is_empty()
                && local.len() <= 64
                && !domain.is_empty()
                && !domain.contains('@')
                && !domain.starts_with(['.', '-'])
                && !domain.ends_with(['.', '-'])
                && !domain.contains("..")
        });
        let clean = |c: char| !c.is_whitespace() && !c.is_control() && !"<>(),;:\\\"[]".contains(c);
        let long = norm.len() > Self::MAX_BYTES || text.len() > Self::MAX_BYTES;
        if !sound || long || !norm.chars().all(clean) {
            return Err(Invalid::new("invalid_email", format!("{raw:?} is not an e-mail address")));
        }
        Ok(Self { text, norm })
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_was_typed_and_compares_what_was_meant() {
        let typed: Email = "  Ada.Lovelace@Example.COM ".parse().unwrap();
        assert_eq!(typed.as_str(), "Ada.Lovelace@Example.COM");
        assert_eq!(typed.norm(), "ada.lovelace@example.com");
        let wide: Email = "ａda.lovelace@example.com".parse().unwrap();
        assert_eq!(typed, wide, "full-width letters are the same letters under NFKC");
    }

    #[test]
    fn refuses_what_cannot_be_an_address() {
        let long = format!("{}@example.com", "a".repeat(65));
        for bad in [
            "",
            "ada",
            "@example.com",
            "ada@",
            "a@b@c",
            "a b@c.d",
            "a@b..c",
            "a@.c",
            "a\u{0}@b.c",
            "a@b.c\n,",
            &long,
        ] {
            assert_eq!(bad.parse::<Email>().unwrap_err().code, "invalid_email", "{bad:?}");
        }
    }

    #[test]
    fn an_at_sign_that_appears_only_after_normalising_counts() {
        assert!("ada＠example.com".parse::<Email>().is_ok());
        assert!("ada＠x@example.com".parse::<Email>().is_err());
    }
}

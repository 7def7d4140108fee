//! Stock keeping units.

use std::fmt;
use std::str::FromStr;

use super::id::ProductId;
use super::invalid::Invalid;
use super::text::fold;

/// A stock keeping unit: the name under which a product is sold and counted.
///
/// 1 to 100 characters without control characters; outer white space is dropped. Unique whatever the
/// case: [`norm`](Self::norm) is NFKC and lower case. A text that reads as a product id is refused, so
/// that "an id or a SKU" is never ambiguous.
#[derive(Debug, Clone)]
pub struct Sku {
    text: String,
    norm: String,
}

impl Sku {
    /// The longest SKU, in characters.
    pub const MAX_CHARS: usize = 100;

    /// As it was typed, trimmed.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The form that is unique.
    pub fn norm(&self) -> &str {
        &self.norm
    }
}

impl PartialEq for Sku {
    fn eq(&self, other: &Self) -> bool {
        self.norm == other.norm
    }
}
impl Eq for Sku {}

impl FromStr for Sku {
    type Err = Invalid;

    fn from_str(raw: &str) -> Result<Self, Invalid> {
        let text = raw.trim().to_owned();
        let why = if text.is_empty() {
            Some("is empty")
        } else if text.chars().count() > Self::MAX_CHARS {
            Some("is longer than 100 characters")
        } else if text.chars().any(char::is_control) {
            Some("holds a control character")
        } else if text.starts_with(ProductId::PREFIX) && text.parse::<ProductId>().is_ok() {
            Some("reads as a product id")
        } else {
            None
        };
        if let Some(why) = why {
            return Err(Invalid::new("invalid_sku", format!("SKU {raw:?} {why}")));
        }
        let norm = fold(&text);
        Ok(Self { text, norm })
    }
}

impl fmt::Display for Sku {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_without_case() {
        let a: Sku = "Mug-Blue".parse().unwrap();
        let b: Sku = " mug-BLUE ".parse().unwrap();
        assert_eq!(a, b);
        assert_eq!(a.as_str(), "Mug-Blue");
    }

    #[test]
    fn accepts_the_odd_ones_that_real_shops_use() {
        for odd in ["A/B", "12:34", "Ω 5", "M0E20000000DL5A", "$gt", "a.b"] {
            assert!(odd.parse::<Sku>().is_ok(), "{odd}");
        }
    }

    #[test]
    fn refuses_empty_long_control_and_look_alike() {
        let id = ProductId::from_uuid(uuid::Uuid::nil()).to_string();
        for bad in ["", "   ", "a\u{0}b", "a\tb", &"x".repeat(101), &id] {
            assert_eq!(bad.parse::<Sku>().unwrap_err().code, "invalid_sku", "{bad:?}");
        }
    }
}

//! Whole numbers with bounds: quantities, versions, order numbers.

use std::fmt;
use std::str::FromStr;

use super::invalid::Invalid;

/// How many of something: 0 to 2^53 − 1, the integers that every JSON reader holds exactly (RFC 8259 §6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Quantity(i64);

impl Quantity {
    /// 2^53 − 1.
    pub const MAX: i64 = (1 << 53) - 1;
    /// None at all.
    pub const ZERO: Self = Self(0);

    /// A quantity from 0 to [`MAX`](Self::MAX).
    ///
    /// # Errors
    /// `invalid_quantity` outside those bounds.
    pub fn new(count: i64) -> Result<Self, Invalid> {
        if (0..=Self::MAX).contains(&count) {
            Ok(Self(count))
        } else {
            Err(Invalid::new(
                "invalid_quantity",
                format!("quantity {count} is not between 0 and {}", Self::MAX),
            ))
        }
    }

    /// A quantity of at least one, as an order line needs it.
    ///
    /// # Errors
    /// `invalid_quantity` for 0 and outside the bounds.
    pub fn at_least_one(count: i64) -> Result<Self, Invalid> {
        if count == 0 {
            return Err(Invalid::new("invalid_quantity", "quantity 0 is too small, it must be at least 1"));
        }
        Self::new(count)
    }

    /// The count.
    pub fn get(self) -> i64 {
        self.0
    }
}

impl FromStr for Quantity {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::new(whole_number(text, "invalid_quantity")?)
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Reads a signed whole number in decimal digits, as a person or a file writes it.
///
/// # Errors
/// `code`, for anything else.
pub fn whole_number(text: &str, code: &'static str) -> Result<i64, Invalid> {
    text.trim().parse().map_err(|_| Invalid::new(code, format!("{text:?} is not a whole number")))
}

/// Counts the writes of one document: 1 when created, one more with each write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(i64);

impl Version {
    /// Of a document that was just created.
    pub const FIRST: Self = Self(1);

    /// A version from 1 up.
    ///
    /// # Errors
    /// `invalid_version` below 1.
    pub fn new(version: i64) -> Result<Self, Invalid> {
        if version >= 1 {
            Ok(Self(version))
        } else {
            Err(Invalid::new("invalid_version", format!("version {version} is not 1 or more")))
        }
    }

    /// The version after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The count of writes.
    pub fn get(self) -> i64 {
        self.0
    }
}

impl FromStr for Version {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::new(whole_number(text, "invalid_version")?)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The number people call an order by. Unique and rising; a refused or failed order may leave a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderNumber(i64);

impl OrderNumber {
    /// What the first order of a shop gets.
    pub const FIRST: i64 = 1001;

    /// An order number from 1 to 2^53 − 1.
    ///
    /// # Errors
    /// `invalid_order_number` outside those bounds.
    pub fn new(number: i64) -> Result<Self, Invalid> {
        if (1..=Quantity::MAX).contains(&number) {
            Ok(Self(number))
        } else {
            Err(Invalid::new("invalid_order_number", format!("{number} is not an order number")))
        }
    }

    /// The number.
    pub fn get(self) -> i64 {
        self.0
    }
}

impl FromStr for OrderNumber {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let digits = text.trim().trim_start_matches('#');
        let all_digits = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        match digits.parse() {
            Ok(number) if all_digits => Self::new(number),
            _ => Err(Invalid::new(
                "invalid_order_number",
                format!("{text:?} is neither an order number nor an ord_… id"),
            )),
        }
    }
}

impl fmt::Display for OrderNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantity_is_what_every_json_reader_holds_exactly() {
        assert_eq!("9007199254740991".parse::<Quantity>().unwrap().get(), Quantity::MAX);
        for bad in ["9007199254740992", "-1", "1.0", "1e3", "", "99999999999999999999", "０"] {
            assert_eq!(bad.parse::<Quantity>().unwrap_err().code, "invalid_quantity", "{bad}");
        }
        assert!(Quantity::at_least_one(0).is_err());
    }

    #[test]
    fn an_order_number_may_carry_a_hash_but_no_sign() {
        assert_eq!("#1042".parse::<OrderNumber>().unwrap().get(), 1042);
        for bad in ["+5", "-5", "0", "", "#", "12a", "99999999999999999999"] {
            assert_eq!(bad.parse::<OrderNumber>().unwrap_err().code, "invalid_order_number", "{bad}");
        }
    }

    #[test]
    fn versions_start_at_one() {
        assert!(Version::new(0).is_err());
        assert_eq!(Version::FIRST.next().get(), 2);
    }
}

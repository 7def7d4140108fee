//! Amounts of money: whole minor units and a currency, never a float.

use std::fmt;
use std::str::FromStr;

use super::invalid::Invalid;

/// A currency of ISO 4217 that has a minor unit (so not gold, `XAU`, or the testing code).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// The three letters.
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// How many decimals an amount has: JPY 0, EUR 2, KWD 3.
    pub fn exponent(self) -> u32 {
        self.0.exponent().map_or(0, u32::from)
    }
}

impl FromStr for Currency {
    type Err = Invalid;

    /// Three letters of any case.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        iso_currency::Currency::from_code(&text.trim().to_ascii_uppercase())
            .filter(|currency| currency.exponent().is_some())
            .map(Self)
            .ok_or_else(|| {
                Invalid::new("invalid_currency", format!("{text:?} is not an ISO 4217 currency such as EUR"))
            })
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount from 0 to 2^53 − 1 minor units of one currency.
///
/// The bound keeps sums exact for every reader of the numbers. Adding two
/// currencies is a bug of the caller and answers `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

impl Money {
    /// The largest amount, in minor units.
    pub const MAX_MINOR: i64 = (1 << 53) - 1;

    /// Nothing, in this currency.
    pub fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// An amount of minor units (cents).
    ///
    /// # Errors
    /// `invalid_amount` below 0 or above [`MAX_MINOR`](Self::MAX_MINOR).
    pub fn from_minor(minor: i64, currency: Currency) -> Result<Self, Invalid> {
        if (0..=Self::MAX_MINOR).contains(&minor) {
            Ok(Self { minor, currency })
        } else {
            Err(Invalid::new("invalid_amount", format!("{minor} minor units of {currency} are out of range")))
        }
    }

    /// Reads a decimal such as `19.99`. The text decides: no sign, no exponent, no grouping, and no
    /// more decimals than the currency has (trailing zeros beyond them included): nothing is ever rounded.
    ///
    /// # Errors
    /// `invalid_amount` for what is no such decimal, `too_many_decimals` for a finer amount than the currency has.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, Invalid> {
        let refused = || {
            Invalid::new(
                "invalid_amount",
                format!("{text:?} is not an amount of {currency} such as {}", example(currency)),
            )
        };
        let trimmed = text.trim();
        let (whole, decimals) = match trimmed.split_once('.') {
            Some((_, "")) => return Err(refused()),
            Some((whole, decimals)) => (whole, decimals),
            None => (trimmed, ""),
        };
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(decimals) {
            return Err(refused());
        }
        let exponent = currency.exponent() as usize;
        if decimals.len() > exponent {
            return Err(Invalid::new(
                "too_many_decimals",
                format!("{text:?} has {} decimals, {currency} has {exponent}", decimals.len()),
            ));
        }
        let minor = format!("{whole}{decimals:0<exponent$}").parse().map_err(|_| refused())?;
        Self::from_minor(minor, currency).map_err(|_| refused())
    }

    /// The amount in minor units.
    pub fn minor(self) -> i64 {
        self.minor
    }

    /// The currency.
    pub fn currency(self) -> Currency {
        self.currency
    }

    /// The sum; `None` past the largest amount or between two currencies.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        if self.currency != other.currency {
            return None;
        }
        Self::from_minor(self.minor.checked_add(other.minor)?, self.currency).ok()
    }

    /// What is left; `None` below nothing or between two currencies.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        if self.currency != other.currency {
            return None;
        }
        Self::from_minor(self.minor.checked_sub(other.minor)?, self.currency).ok()
    }

    /// This many times the amount; `None` past the largest amount.
    pub fn checked_mul(self, count: i64) -> Option<Self> {
        Self::from_minor(self.minor.checked_mul(count)?, self.currency).ok()
    }
}

fn example(currency: Currency) -> String {
    Money { minor: 1999, currency }.to_string()
}

impl fmt::Display for Money {
    /// The decimal without the currency: `19.99`, `2000` for yen.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exponent = self.currency.exponent();
        if exponent == 0 {
            return write!(f, "{}", self.minor);
        }
        let unit = 10_i64.pow(exponent);
        write!(f, "{}.{:0width$}", self.minor / unit, self.minor % unit, width = exponent as usize)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn currency(code: &str) -> Currency {
        code.parse().unwrap()
    }

    #[test]
    fn follows_the_exponent_of_the_currency() {
        for (code, text, minor) in [
            ("EUR", "19.99", 1999),
            ("JPY", "2000", 2000),
            ("KWD", "1.234", 1234),
            ("EUR", "5", 500),
            ("EUR", "0.1", 10),
        ] {
            assert_eq!(Money::parse(text, currency(code)).unwrap().minor(), minor, "{code} {text}");
        }
        assert_eq!(Money::from_minor(5, currency("KWD")).unwrap().to_string(), "0.005");
    }

    #[test]
    fn never_rounds() {
        for (code, text) in [("EUR", "19.999"), ("EUR", "19.990"), ("JPY", "1.0"), ("KWD", "0.0001")] {
            assert_eq!(
                Money::parse(text, currency(code)).unwrap_err().code,
                "too_many_decimals",
                "{code} {text}"
            );
        }
    }

    #[test]
    fn refuses_what_is_no_decimal() {
        for text in [
            "",
            "-1",
            "+1",
            "1e3",
            "1,99",
            ".5",
            "5.",
            "1.9.9",
            "NaN",
            "٣",
            "99999999999999999999",
            "90071992547409.92",
        ] {
            assert_eq!(Money::parse(text, currency("EUR")).unwrap_err().code, "invalid_amount", "{text}");
        }
    }

    #[test]
    fn refuses_currencies_without_a_minor_unit() {
        for code in ["XAU", "XXX", "EURO", "", "€"] {
            assert_eq!(code.parse::<Currency>().unwrap_err().code, "invalid_currency", "{code}");
        }
        assert_eq!(currency("eur").code(), "EUR");
    }

    #[test]
    fn sums_are_checked() {
        let most = Money::from_minor(Money::MAX_MINOR, currency("EUR")).unwrap();
        assert_eq!(most.checked_add(Money::from_minor(1, currency("EUR")).unwrap()), None);
        assert_eq!(most.checked_mul(2), None);
        assert_eq!(most.checked_add(Money::zero(currency("USD"))), None);
        assert_eq!(Money::zero(currency("EUR")).checked_sub(most), None);
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back(minor in 0..=Money::MAX_MINOR, code in prop::sample::select(vec!["EUR", "JPY", "KWD", "CLF"])) {
            let money = Money::from_minor(minor, currency(code)).unwrap();
            prop_assert_eq!(Money::parse(&money.to_string(), currency(code)).unwrap(), money);
        }
    }
}

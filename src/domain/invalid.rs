//! A value that breaks a rule.

use std::fmt;

/// Why a value was refused: a stable machine code and a sentence fragment for people.
///
/// The code is what the CLI prints and HTTP sends as `code`; the detail quotes the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// Stable, `snake_case`.
    pub code: &'static str,
    /// Lower-case fragment without a full stop.
    pub detail: String,
}

impl Invalid {
    /// A refusal with this code and detail.
    pub fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for Invalid {}

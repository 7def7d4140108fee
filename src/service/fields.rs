//! Parsing input field by field, so that one answer names everything that is wrong.

use std::str::FromStr;

use super::error::{Error, Problem, Result};
use crate::domain::invalid::Invalid;
use crate::domain::product::Labels;

/// Collects the problems of one input. Each method parses one field and gives `None` where it was bad; [`finish`](Self::finish)
/// then fails.
#[derive(Debug, Default)]
pub struct Fields {
    problems: Vec<Problem>,
}

impl Fields {
    /// Nothing wrong so far.
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes a problem at this pointer.
    pub fn problem(&mut self, pointer: impl Into<String>, invalid: Invalid) {
        self.problems.push(Problem { pointer: pointer.into(), code: invalid.code, detail: invalid.detail });
    }

    /// The value of a parse, or a noted problem.
    pub fn check<T>(
        &mut self,
        pointer: impl Into<String>,
        parsed: std::result::Result<T, Invalid>,
    ) -> Option<T> {
        parsed.map_err(|invalid| self.problem(pointer, invalid)).ok()
    }

    /// A field that must be there.
    pub fn required<T: FromStr<Err = Invalid>>(&mut self, pointer: &str, text: &str) -> Option<T> {
        self.check(pointer, text.parse())
    }

    /// A field that may be missing. The outer `None` is a noted problem.
    pub fn optional<T: FromStr<Err = Invalid>>(
        &mut self,
        pointer: &str,
        text: Option<&str>,
    ) -> Option<Option<T>> {
        match text {
            None => Some(None),
            Some(text) => self.check(pointer, text.parse()).map(Some),
        }
    }

    /// Names and values.
    pub fn labels<'a>(
        &mut self,
        pointer: &str,
        entries: impl IntoIterator<Item = (&'a str, &'a str)>,
        most: usize,
    ) -> Labels {
        let mut labels = Labels::new();
        for (name, value) in entries {
            let at = format!("{pointer}/{}", escape(name));
            let label = self.check(&at, name.parse());
            let value = self.check(&at, value.parse());
            if let (Some(label), Some(value)) = (label, value) {
                labels.insert(label, value);
            }
        }
        if labels.len() > most {
            let detail = format!("{} entries are more than {most}", labels.len());
            self.problem(pointer, Invalid::new("too_many_labels", detail));
        }
        labels
    }

    /// Whether nothing was noted so far.
    pub fn is_sound(&self) -> bool {
        self.problems.is_empty()
    }

    /// What was noted.
    pub fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    /// Fails if anything was noted.
    ///
    /// # Errors
    /// `Invalid` with every problem.
    pub fn finish(self) -> Result<()> {
        if self.problems.is_empty() { Ok(()) } else { Err(Error::invalid_all(self.problems)) }
    }

    /// Fails with what was noted; for the branch in which some field gave `None`.
    pub fn into_error(self) -> Error {
        Error::invalid_all(self.problems)
    }
}

/// A member name within a JSON pointer (RFC 6901 §3).
pub fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

//! An error as it is told.

use std::fmt::Write;

use serde::Serialize;

use super::text::visible;

/// An error, for people and for programs.
#[derive(Debug, Serialize)]
pub(crate) struct Report<'a> {
    /// Stable code.
    pub(crate) code: &'a str,
    /// What is wrong with which thing.
    pub(crate) message: &'a str,
    /// What to do next.
    pub(crate) hint: Option<&'a str>,
    /// Each part that is wrong.
    pub(crate) errors: Vec<Part<'a>>,
    /// The version that is there, after a stale one was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) current_version: Option<i64>,
    /// What the command ends with.
    pub(crate) exit_code: u8,
}

/// One part of the input that is wrong.
#[derive(Debug, Serialize)]
pub(crate) struct Part<'a> {
    /// JSON pointer (RFC 6901) into what HTTP would have been sent; empty for the whole.
    pub(crate) pointer: &'a str,
    /// Stable code.
    pub(crate) code: &'a str,
    /// For people.
    pub(crate) detail: &'a str,
}

#[derive(Serialize)]
struct Envelope<'a> {
    error: &'a Report<'a>,
}

impl Report<'_> {
    /// One JSON object on one line.
    pub(super) fn json(&self) -> String {
        // Texts and numbers always serialise.
        let mut line = serde_json::to_string(&Envelope { error: self }).unwrap_or_default();
        line.push('\n');
        line
    }

    /// `error: …`, each part on its own line where there are several, `hint: …`.
    pub(crate) fn text(&self, colored: bool) -> String {
        let paint = |code: &str, word: &str| {
            if colored { format!("\u{1b}[{code}m{word}\u{1b}[0m") } else { word.to_owned() }
        };
        let mut text = format!("{} {}\n", paint("1;31", "error:"), visible(self.message));
        // The message holds a single part already; a summary of several is followed by all.
        if self.errors.len() > 1 && self.message.ends_with("more)") {
            for part in &self.errors {
                let _ = writeln!(text, "  - {}", visible(part.detail));
            }
        }
        if let Some(hint) = self.hint {
            let _ = writeln!(text, "{} {}", paint("1;36", "hint:"), visible(hint));
        }
        text
    }
}

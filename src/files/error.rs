//! What is wrong with a file, or with one row of it.

use std::fmt;
use std::io;
use std::sync::Arc;

use super::record::RawRow;

/// Why a row, or the whole file, cannot be read.
///
/// A bad row is passed over and reading goes on behind it; after an error that [is fatal](Self::is_fatal) nothing follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileError {
    /// The physical line, from 1.
    pub line: Option<u64>,
    /// The column, under the file's own name.
    pub column: Option<Arc<str>>,
    /// The value that was refused, shortened.
    pub value: Option<Box<str>>,
    /// Stable, `snake_case`.
    pub code: &'static str,
    /// Lower-case fragment without a full stop, that says what, which and what next.
    pub detail: String,
    /// The rows that are lost by it, for the rejects file.
    pub raw: Box<[RawRow]>,
    fatal: bool,
}

impl FileError {
    /// An error that ends the reading.
    pub fn fatal(code: &'static str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self { line: None, column: None, value: None, code, detail, raw: Box::default(), fatal: true }
    }

    /// A row that cannot be read.
    pub(super) fn row(line: u64, code: &'static str, detail: impl Into<String>) -> Self {
        Self { line: Some(line), fatal: false, ..Self::fatal(code, detail) }
    }

    /// Reading the file itself failed.
    pub(super) fn unreadable(error: &io::Error) -> Self {
        Self::fatal("unreadable_file", format!("the file cannot be read: {error}"))
    }

    /// The same, and nothing can be read behind it.
    #[must_use]
    pub(super) fn into_fatal(self) -> Self {
        Self { fatal: true, ..self }
    }

    /// On this physical line.
    #[must_use]
    pub fn at(self, line: u64) -> Self {
        Self { line: Some(line), ..self }
    }

    /// In this column.
    #[must_use]
    pub(super) fn column(self, column: &Arc<str>) -> Self {
        Self { column: Some(Arc::clone(column)), ..self }
    }

    /// For this value.
    #[must_use]
    pub(super) fn value(self, value: &str) -> Self {
        Self { value: Some(shorten(value).into()), ..self }
    }

    /// With the rows that are lost.
    #[must_use]
    pub(super) fn rows(self, raw: Vec<RawRow>) -> Self {
        Self { raw: raw.into(), ..self }
    }

    /// Whether nothing more can be read.
    pub fn is_fatal(&self) -> bool {
        self.fatal
    }
}

/// The most characters of a value that a message quotes.
const QUOTED: usize = 60;

/// The beginning of a text that is too long for a message.
fn shorten(text: &str) -> String {
    match text.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        if let Some(column) = &self.column {
            write!(f, "column {column:?}: ")?;
        }
        f.write_str(&self.detail)
    }
}

impl std::error::Error for FileError {}

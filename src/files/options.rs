//! What a caller says of a file before it is read.

use std::path::Path;

use super::dialect::Dialect;
pub use crate::domain::import::ImportNoun as Noun;
use crate::domain::money::Currency;
use crate::domain::words::words;

words! {
    /// How a file is laid out.
    Format, "invalid_format", "file format" {
        /// Values separated by commas, semicolons or bars (RFC 4180).
        Csv = "csv",
        /// The same with tabs.
        Tsv = "tsv",
        /// One array of objects, or an object with `items`.
        Json = "json",
        /// One object a line.
        Jsonl = "jsonl",
    }
}

/// How to read a file.
#[derive(Debug, Clone)]
pub struct ReadOptions {
    /// What it holds.
    pub noun: Noun,
    /// Told from the first bytes without.
    pub format: Option<Format>,
    /// Whether its name says that it has one object a line. That counts only where nothing stands in it: no lines, then, and no mistake.
    pub named_lines: bool,
    /// Told from the header without.
    pub delimiter: Option<u8>,
    /// Told from the header without.
    pub dialect: Option<Dialect>,
    /// The file's column and the field that it is; `-` leaves the column out.
    pub map: Vec<(String, String)>,
    /// Fields that every record gets, whatever the file says of them.
    pub set: Vec<(String, String)>,
    /// Columns that are not known are counted and left out instead of refused.
    pub ignore_unknown: bool,
    /// The shop's own currency: which price to take of several.
    pub currency: Option<Currency>,
}

impl ReadOptions {
    /// Takes from a file's name what it says.
    #[must_use]
    pub fn named(self, path: &Path) -> Self {
        let extension = |path: &Path| path.extension()?.to_str().map(str::to_ascii_lowercase);
        let packed = extension(path).is_some_and(|name| name == "gz");
        let inner =
            if packed { path.file_stem().map(Path::new).and_then(extension) } else { extension(path) };
        Self { named_lines: inner.is_some_and(|name| name == "jsonl" || name == "ndjson"), ..self }
    }

    /// Everything told from the file itself.
    pub fn new(noun: Noun) -> Self {
        Self {
            noun,
            format: None,
            named_lines: false,
            delimiter: None,
            dialect: None,
            map: Vec::new(),
            set: Vec::new(),
            ignore_unknown: false,
            currency: None,
        }
    }
}

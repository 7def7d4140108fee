//! What an import says of itself: rows that are not taken, how far it is, and what came of it.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::import::Tally;
use crate::files::{FileError, Record};
use crate::service::error::Problem;
use crate::store::RowOutcome;

/// How many rows that are not taken are told one by one.
pub(super) const TOLD: usize = 20;

/// The most characters of a value that a message quotes.
const QUOTED: usize = 60;

/// Why a row was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Rejection {
    /// The physical line of the file, from 1.
    pub line: u64,
    /// Under the file's own name.
    pub column: Option<String>,
    /// As it stands there.
    pub value: Option<String>,
    /// Stable code.
    pub code: String,
    /// For people.
    pub detail: String,
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.line)?;
        if let Some(column) = &self.column {
            write!(f, "{column}")?;
            if let Some(value) = &self.value {
                write!(f, " {value:?}")?;
            }
            f.write_str(": ")?;
        }
        f.write_str(&self.detail)
    }
}

impl Rejection {
    /// A problem of a record, where it stands in the file.
    pub(super) fn of(record: &Record, problem: &Problem) -> Self {
        let segments: Vec<String> = problem
            .pointer
            .split('/')
            .skip(1)
            .map(|part| part.replace("~1", "/").replace("~0", "~"))
            .collect();
        let mut rest = segments.as_slice();
        let mut within = record;
        if let [lines, index, behind @ ..] = rest
            && lines == "lines"
            && let Some(line) = index.parse::<usize>().ok().and_then(|index| record.lines.get(index))
        {
            (within, rest) = (line, behind);
        }
        let cell = match rest {
            [] => None,
            [field] => within.get(field),
            [field, name, ..] => within.get(&format!("{field}.{name}")).or_else(|| within.get(field)),
        };
        Self {
            line: cell.map_or(within.line, |cell| cell.line),
            column: cell.map(|cell| cell.column.to_string()),
            // A hash is shown nowhere.
            value: cell
                .filter(|cell| &*cell.field != "password_hash")
                .and_then(|cell| cell.value.as_text())
                .map(shorten),
            code: problem.code.to_owned(),
            detail: problem.detail.clone(),
        }
    }

    /// A problem of a whole row.
    pub(super) fn on_line(line: u64, problem: &Problem) -> Self {
        let (code, detail) = (problem.code.to_owned(), problem.detail.clone());
        Self { line, column: None, value: None, code, detail }
    }

    /// A row that repeats the key of an earlier one.
    pub(super) fn repeat(line: u64, first: Option<u64>) -> Self {
        let detail = match first {
            Some(first) => format!("the same as line {first}, which counts"),
            None => "the same as an earlier line, which counts".to_owned(),
        };
        Self { line, column: None, value: None, code: "repeated_key".to_owned(), detail }
    }
}

impl From<&FileError> for Rejection {
    fn from(error: &FileError) -> Self {
        Self {
            line: error.line.unwrap_or_default(),
            column: error.column.as_deref().map(str::to_owned),
            value: error.value.as_deref().map(str::to_owned),
            code: error.code.to_owned(),
            detail: error.detail.clone(),
        }
    }
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being done: `"checking"`.
    pub what: &'static str,
    /// How many rows are behind it.
    pub rows: u64,
    /// How much of the file is behind it, in bytes.
    pub bytes: u64,
    /// How much there is, in bytes.
    pub of: u64,
}

/// Is told how far an import is, after every batch.
pub type Watch<'a> = &'a dyn Fn(Progress);

/// What came of an import. `read` is the sum of the four behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImportReport {
    /// Names the import; none where nothing was begun.
    pub id: Option<String>,
    /// The name of the file.
    pub file: String,
    /// What its rows are.
    pub noun: String,
    /// What might become of them.
    pub mode: String,
    /// `done`, `checked` (a dry run), `done_before` (the same file, so nothing was written) or `interrupted`.
    pub outcome: String,
    /// Rows.
    pub read: u64,
    /// Made.
    pub created: u64,
    /// Changed.
    pub updated: u64,
    /// Found as the file wants them.
    pub unchanged: u64,
    /// Not taken.
    pub rejected: u64,
    /// Of them, those that an earlier run of this import had written.
    pub resumed: u64,
    /// What the file holds that is not kept, and how often.
    pub notes: BTreeMap<String, u64>,
    /// The first rows that were not taken.
    pub rejections: Vec<Rejection>,
}

impl ImportReport {
    /// Puts the counts in.
    pub(super) fn count(&mut self, tally: &Tally) {
        self.read = tally.read();
        self.created = tally.created;
        self.updated = tally.updated;
        self.unchanged = tally.unchanged;
        self.rejected = tally.rejected;
    }
}

/// Rows that were not taken: how many, and the first.
#[derive(Debug, Default)]
pub(super) struct Rejected {
    pub(super) rows: u64,
    pub(super) first: Vec<Rejection>,
}

impl Rejected {
    /// One row, with everything that is wrong with it.
    pub(super) fn add(&mut self, reasons: &[Rejection]) {
        self.rows += 1;
        let room = TOLD.saturating_sub(self.first.len());
        self.first.extend(reasons.iter().take(room).cloned());
    }
}

/// Whether a row was written.
pub(super) fn refusal(outcome: &RowOutcome) -> Option<Problem> {
    match outcome {
        RowOutcome::Written => None,
        RowOutcome::Refused(error) => {
            let error = crate::service::error::Error::from_store(error.clone());
            Some(Problem { pointer: String::new(), code: error.code, detail: error.detail })
        }
    }
}

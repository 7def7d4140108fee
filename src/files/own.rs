//! Our own columns: a row is a record, and in orders the rows that follow with the same key are its further lines.

use super::columns::Columns;
use super::dialect::{Begun, Step};
use super::error::FileError;
use super::record::{Cell, Record, Value};
use super::rows::Row;

/// Reads rows of our own columns.
pub(super) struct Own {
    /// The columns that tell orders apart; the first that a row fills does.
    keys: Vec<usize>,
    has_lines: bool,
    current: Option<(usize, String)>,
    /// The line on which the order under way begins, and what its first row says of it.
    first: (u64, Vec<(usize, Value)>),
}

impl Own {
    pub(super) fn new(columns: &Columns) -> Self {
        let has_lines = columns.has_lines();
        let keys = ["id", "number", "external_ref"].into_iter().filter_map(|field| columns.of_field(field));
        let keys = keys.filter(|_| has_lines).collect();
        Self { keys, has_lines, current: None, first: (0, Vec::new()) }
    }

    fn key(&self, row: &Row, columns: &Columns) -> Option<(usize, String)> {
        self.keys.iter().find(|key| row.has(**key)).map(|key| (*key, columns.text(row, *key)))
    }

    /// Whether a row belongs to the order under way.
    pub(super) fn forget_order(&mut self) {
        self.current = None;
    }

    pub(super) fn same_order(&self, row: &Row, columns: &Columns) -> bool {
        self.current.is_some() && self.key(row, columns) == self.current
    }

    pub(super) fn row(&mut self, row: &Row, columns: &Columns) -> Step {
        if !self.has_lines {
            return Step::Begin(Begun { cells: columns.fields(row), ..Begun::default() });
        }
        if self.same_order(row, columns) {
            return Step::Line(self.further(row, columns));
        }
        self.current = self.key(row, columns);
        let cells = columns.fields(row);
        self.first = (row.line, columns.of_thing(row));
        Step::Begin(Begun { cells, lines: vec![line(row, columns)], ..Begun::default() })
    }

    /// Another line of the order. What its row says of the order is what the first row said, or nothing.
    fn further(&self, row: &Row, columns: &Columns) -> Result<Record, FileError> {
        let (first, values) = &self.first;
        for (index, value) in columns.of_thing(row) {
            let same = values.iter().any(|(known, said)| *known == index && *said == value);
            if !value.is_empty() && !same {
                return Err(conflict(&columns.cell(row, index, columns.name(index)), *first));
            }
        }
        Ok(line(row, columns))
    }
}

/// The line of an order that a row holds.
fn line(row: &Row, columns: &Columns) -> Record {
    Record { line: row.line, cells: columns.line_fields(row), ..Record::default() }
}

/// The refusal of a row that says something else of its order than the first one.
fn conflict(cell: &Cell, first: u64) -> FileError {
    let detail = format!("the rows of one order differ: line {first} says something else");
    let value = cell.value.as_text().unwrap_or_default();
    FileError::row(cell.line, "conflicting_rows", detail).column(&cell.column).value(value)
}

//! Our own columns: a row is a record, and in orders the rows that follow with the same key are its further lines.

use super::columns::Columns;
use super::error::FileError;
use super::record::{Cell, Record};
use super::rows::Row;
use super::table::Begun;

/// Reads rows of our own columns.
pub(super) struct Own {
    /// The column that tells orders apart.
    key: Option<usize>,
    has_lines: bool,
    current: String,
}

impl Own {
    pub(super) fn new(columns: &Columns) -> Self {
        let has_lines = columns.has_lines();
        let key = ["external_ref", "number", "id"].into_iter().find_map(|field| columns.of_field(field));
        Self { key: key.filter(|_| has_lines), has_lines, current: String::new() }
    }

    /// Whether a row belongs to the record under way.
    pub(super) fn goes_on(&self, row: &Row, columns: &Columns) -> bool {
        self.key.is_some_and(|key| row.has(key) && columns.text(row, key) == self.current)
    }

    pub(super) fn begin(&mut self, row: &Row, columns: &Columns) -> Begun {
        if let Some(key) = self.key {
            self.current = columns.text(row, key);
        }
        let lines = if self.has_lines { vec![line(row, columns)] } else { Vec::new() };
        (columns.fields(row), lines)
    }

    /// Another line of the order. What its row says of the order is what the first row said, or nothing.
    pub(super) fn go_on(row: &Row, columns: &Columns, record: &mut Record) -> Result<(), FileError> {
        for cell in columns.fields(row) {
            let first = record.get(&cell.field).map(|first| &first.value);
            if !cell.value.is_empty() && first != Some(&cell.value) {
                return Err(conflict(&cell, record.line));
            }
        }
        record.lines.push(line(row, columns));
        Ok(())
    }
}

/// The line of an order that a row holds.
pub(super) fn line(row: &Row, columns: &Columns) -> Record {
    Record { line: row.line, cells: columns.line_fields(row), ..Record::default() }
}

/// The refusal of a row that says something else of its order than the first one.
fn conflict(cell: &Cell, first: u64) -> FileError {
    let detail = format!("the rows of one order differ: line {first} says something else");
    FileError::row(cell.line, "conflicting_rows", detail)
        .column(&cell.column)
        .value(cell.value.as_text().unwrap_or_default())
}

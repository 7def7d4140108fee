//! Records from the rows of a table.

use std::sync::Arc;

use super::columns::Columns;
use super::error::FileError;
use super::input::Input;
use super::notes::Notes;
use super::options::{Noun, ReadOptions};
use super::own::Own;
use super::record::{Cell, Record};
use super::rows::{Row, Rows};

/// Reads the records of a table.
pub(super) struct Table {
    rows: Rows,
    row: Row,
    columns: Columns,
    shape: Own,
    grouped: bool,
    pending: Option<Pending>,
    at_end: bool,
}

/// The record under way: rows may still come that belong to it.
struct Pending {
    record: Record,
    /// What is wrong with one of its rows, and so with all of it.
    error: Option<FileError>,
}

impl Pending {
    fn finish(self) -> Result<Record, FileError> {
        match self.error {
            None => Ok(self.record),
            Some(error) if self.record.raw.is_empty() => Err(error),
            Some(error) => Err(error.rows(self.record.raw)),
        }
    }
}

impl Table {
    /// Reads the header and finds out what each column is.
    pub(super) fn new(
        input: Input,
        delimiter: u8,
        options: &ReadOptions,
        notes: &mut Notes,
    ) -> Result<Self, FileError> {
        let mut rows = Rows::new(input, delimiter);
        let mut row = Row::default();
        if !rows.read(&mut row)? {
            return Err(FileError::fatal(
                "missing_header",
                "the file is empty; a table begins with the names of its columns",
            ));
        }
        let mut columns = Columns::new(&row, options)?;
        columns.settle(options, row.line)?;
        let shape = Own::new(&columns);
        columns.count_unkept(notes);
        let grouped = options.noun == Noun::Orders;
        Ok(Self { rows, row, columns, shape, grouped, pending: None, at_end: false })
    }

    /// The columns in the file's own order and words.
    pub(super) fn header(&self) -> &[Arc<str>] {
        self.columns.names()
    }

    /// Where the reason of a rejects file stands.
    pub(super) fn reason(&self) -> Option<usize> {
        self.columns.reason
    }

    /// The next record; `None` at the end.
    pub(super) fn read(&mut self, notes: &mut Notes) -> Option<Result<Record, FileError>> {
        while !self.at_end {
            match self.rows.read(&mut self.row) {
                Ok(true) => {
                    if let Some(done) = self.take(notes) {
                        return Some(done);
                    }
                }
                Ok(false) => self.at_end = true,
                Err(error) if error.is_fatal() => {
                    (self.at_end, self.pending) = (true, None);
                    return Some(Err(error));
                }
                // Nobody can tell which order such a row belongs to, and an order must not lose a line.
                Err(error) if self.grouped => {
                    (self.at_end, self.pending) = (true, None);
                    return Some(Err(error.into_fatal()));
                }
                Err(error) => {
                    let error = error.rows(vec![self.row.raw(self.columns.reason)]);
                    let pending = Pending { record: Record::default(), error: Some(error) };
                    if let Some(done) = self.put(pending) {
                        return Some(done);
                    }
                }
            }
        }
        self.pending.take().map(Pending::finish)
    }

    /// Takes the row that was read; gives the record before it once that is complete.
    fn take(&mut self, notes: &mut Notes) -> Option<Result<Record, FileError>> {
        let (row, columns) = (&self.row, &self.columns);
        if row.is_blank() {
            notes.blank_rows += 1;
            return None;
        }
        columns.count(row, notes);
        let raw = row.raw(columns.reason);
        let line = row.line;
        let ragged = (row.len() != columns.len()).then(|| {
            let (values, names) = (row.len(), columns.len());
            let detail = format!("the row has {values} values, the header names {names} columns");
            FileError::row(line, "wrong_number_of_values", detail)
        });
        if let Some(pending) = &mut self.pending
            && self.shape.goes_on(row, columns)
        {
            let record = &mut pending.record;
            let added = ragged.map_or_else(|| Own::go_on(row, columns, record), Err);
            record.raw.push(raw);
            if let Err(error) = added {
                pending.error.get_or_insert(error);
            }
            return None;
        }
        let begun = ragged.map_or_else(|| Ok(self.shape.begin(row, columns)), Err);
        let (cells, lines, error) = match begun {
            Ok((cells, lines)) => (cells, lines, None),
            Err(error) => (Vec::new(), Vec::new(), Some(error)),
        };
        self.put(Pending { record: Record { line, cells, lines, raw: vec![raw] }, error })
    }

    /// Puts a record in the place of the one under way, which is complete.
    fn put(&mut self, pending: Pending) -> Option<Result<Record, FileError>> {
        self.pending.replace(pending).map(Pending::finish)
    }
}

/// A record's fields and its first lines.
pub(super) type Begun = (Vec<Cell>, Vec<Record>);

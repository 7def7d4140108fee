//! Records from the rows of a table.

use std::sync::Arc;

use super::columns::Columns;
use super::dialect::{Begun, Dialect, Shape, Step, recognise};
use super::error::FileError;
use super::input::Input;
use super::notes::Notes;
use super::options::{Noun, ReadOptions};
use super::record::Record;
use super::rows::{Row, Rows};

/// Reads the records of a table.
pub(super) struct Table {
    rows: Rows,
    row: Row,
    columns: Columns,
    delimiter: u8,
    dialect: Dialect,
    shape: Shape,
    /// Whether a record has lines, of which none must get lost.
    grouped: bool,
    pending: Option<Pending>,
    at_end: bool,
}

/// The record under way: rows may still come that belong to it.
#[derive(Default)]
struct Pending {
    record: Record,
    /// What is wrong with one of its rows, and so with all of it.
    error: Option<FileError>,
    provisional: bool,
}

impl Pending {
    fn finish(self) -> Result<Record, FileError> {
        match self.error {
            None => Ok(self.record),
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
        if !rows.read(&mut row).map_err(FileError::into_fatal)? {
            let detail = "the file is empty; a table begins with the names of its columns";
            return Err(FileError::fatal("missing_header", detail));
        }
        let mut columns = Columns::new(&row, options)?;
        let (dialect, shape) = recognise(&mut columns, options, row.line, notes)?;
        columns.count_unkept(notes);
        let grouped = options.noun == Noun::Orders;
        Ok(Self { rows, row, columns, delimiter, dialect, shape, grouped, pending: None, at_end: false })
    }

    /// The columns in the file's own order and words.
    pub(super) fn header(&self) -> &[Arc<str>] {
        self.columns.names()
    }

    /// Whose file it is.
    pub(super) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Where the reason of a rejects file stands.
    pub(super) fn reason(&self) -> Option<usize> {
        self.columns.reason
    }

    /// The next record; `None` at the end.
    pub(super) fn read(&mut self, notes: &mut Notes) -> Option<Result<Record, FileError>> {
        while !self.at_end {
            let read = match self.rows.read(&mut self.row) {
                // Nobody can tell which order such a row belongs to, and an order must not lose a line.
                Err(error) if self.grouped => Err(error.into_fatal()),
                read => read,
            };
            let done = match read {
                Ok(true) if self.row.is_blank() => {
                    notes.blank_rows += 1;
                    None
                }
                Ok(true) => {
                    self.columns.count(&self.row, notes);
                    self.take(notes)
                }
                Ok(false) => {
                    self.at_end = true;
                    None
                }
                Err(error) if error.is_fatal() => {
                    (self.at_end, self.pending) = (true, None);
                    Some(Err(error))
                }
                Err(error) => self.put_bad(error),
            };
            if done.is_some() {
                return done;
            }
        }
        self.pending.take().map(Pending::finish)
    }

    /// Takes the row that was read; gives the record before it once that is complete.
    fn take(&mut self, notes: &mut Notes) -> Option<Result<Record, FileError>> {
        let (row, columns) = (&self.row, &self.columns);
        let step = if row.len() == columns.len() {
            self.shape.row(row, columns, notes)
        } else {
            let (values, names) = (row.len(), columns.len());
            let detail = format!("the row has {values} values, the header names {names} columns");
            let error = FileError::row(row.line, "wrong_number_of_values", detail);
            if self.shape.same_order(row, columns) { Ok(Step::Line(Err(error))) } else { Err(error) }
        };
        match step {
            Ok(Step::Shared) => None,
            Ok(Step::Begin(begun)) => self.begin(begun, notes),
            Err(error) if error.is_fatal() => {
                (self.at_end, self.pending) = (true, None);
                Some(Err(error))
            }
            Err(error) => self.put_bad(error),
            Ok(further) => {
                let raw = row.raw(columns.reason);
                let pending = self.pending.get_or_insert_default();
                pending.record.raw.push(raw);
                match further {
                    Step::Line(Ok(line)) => pending.record.lines.push(line),
                    Step::Line(Err(error)) => drop(pending.error.get_or_insert(error)),
                    Step::Amend(cells) => {
                        for cell in cells {
                            pending.record.cells.retain(|known| known.field != cell.field);
                            pending.record.cells.push(cell);
                        }
                    }
                    Step::Begin(_) | Step::Extend | Step::Shared => {}
                }
                None
            }
        }
    }

    fn begin(&mut self, begun: Begun, notes: &mut Notes) -> Option<Result<Record, FileError>> {
        if begun.of_shared && self.pending.as_ref().is_some_and(|pending| pending.provisional) {
            notes.remark("products that hold only what their variants share");
            self.pending = None;
        }
        let raw = vec![self.row.raw_with(&begun.fills, self.columns.reason, self.delimiter)];
        let record = Record { line: self.row.line, cells: begun.cells, lines: begun.lines, raw };
        self.put(Pending { record, error: None, provisional: begun.provisional })
    }

    /// The row that was read is bad. Rows that belong to it go the same way, but those of an order do not: this was none of its lines.
    fn put_bad(&mut self, error: FileError) -> Option<Result<Record, FileError>> {
        self.shape.forget_order();
        let raw = vec![self.row.raw(self.columns.reason)];
        let record = Record { line: self.row.line, raw, ..Record::default() };
        self.put(Pending { record, error: Some(error), provisional: false })
    }

    /// Puts a record in the place of the one under way, which is complete.
    fn put(&mut self, pending: Pending) -> Option<Result<Record, FileError>> {
        self.pending.replace(pending).map(Pending::finish)
    }
}

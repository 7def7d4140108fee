//! Printing rows of one kind in the chosen format.

use std::io;

use super::row::{Column, Row};
use super::ui::{Out, Ui};
use super::{Format, csv, id, json, jsonl, table, tsv};

/// The columns to print.
pub(super) type Columns<T> = Vec<&'static Column<T>>;

/// Why `--fields` gives nothing to print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FieldsError {
    /// The list was asked for: `help`.
    Help(String),
    /// These are no columns.
    Unknown {
        /// What was written.
        unknown: String,
        /// What could be.
        known: String,
    },
}

/// Where a list was cut.
#[derive(Debug, Clone, Default)]
pub(crate) struct End {
    /// Whether more follow.
    pub(crate) has_more: bool,
    /// Where the next page begins.
    pub(crate) next_cursor: Option<String>,
}

/// One format at work. `page` may come many times, between `begin` and `end`.
pub(super) trait Encoder<T: Row> {
    /// What stands before the rows.
    fn begin(&mut self, _out: &mut Out) -> io::Result<()> {
        Ok(())
    }
    /// Rows.
    fn page(&mut self, out: &mut Out, rows: &[T]) -> io::Result<()>;
    /// What stands behind the rows.
    fn end(&mut self, _out: &mut Out, _end: &End) -> io::Result<()> {
        Ok(())
    }
}

/// Prints rows of one kind.
pub(crate) struct Printer<'a, T: Row> {
    ui: &'a Ui,
    /// As asked for; none without `--fields`.
    chosen: Option<Columns<T>>,
}

/// A list that is being printed, page by page.
pub(crate) struct ListPrinter<'a, T: Row> {
    ui: &'a Ui,
    encoder: Box<dyn Encoder<T>>,
    begun: bool,
}

impl<'a, T: Row> Printer<'a, T> {
    /// A printer of the columns that were asked for.
    ///
    /// # Errors
    /// [`FieldsError`].
    pub(crate) fn new(ui: &'a Ui) -> Result<Self, FieldsError> {
        let known = || T::COLUMNS.iter().map(|column| column.name).collect::<Vec<_>>();
        let Some(fields) = ui.fields() else { return Ok(Self { ui, chosen: None }) };
        if fields.iter().any(|field| field == "help") {
            return Err(FieldsError::Help(known().join("\n") + "\n"));
        }
        let mut chosen = Columns::<T>::with_capacity(fields.len());
        for field in fields {
            match T::COLUMNS.iter().find(|column| column.name == field) {
                Some(column) => chosen.push(column),
                None => {
                    return Err(FieldsError::Unknown { unknown: field.clone(), known: known().join(", ") });
                }
            }
        }
        Ok(Self { ui, chosen: Some(chosen) })
    }

    /// Prints one thing: in a table as names and values.
    pub(crate) fn one(&self, row: &T) -> io::Result<()> {
        let rows = std::slice::from_ref(row);
        self.ui.with_out(|out| match self.ui.format() {
            Format::Table => table::one(out, row, &self.columns(|_| true)),
            Format::Json => jsonl::Jsonl::new(self.chosen.clone()).page(out, rows),
            _ => self.write(out, rows),
        })
    }

    /// Prints one thing: in a table as a line.
    pub(crate) fn brief(&self, row: &T) -> io::Result<()> {
        match self.ui.format() {
            Format::Table => self.all(std::slice::from_ref(row)),
            _ => self.one(row),
        }
    }

    /// Prints a whole list.
    pub(crate) fn all(&self, rows: &[T]) -> io::Result<()> {
        self.ui.with_out(|out| self.write(out, rows))
    }

    /// Begins a list that comes in pages.
    pub(crate) fn list(&self) -> ListPrinter<'a, T> {
        ListPrinter { ui: self.ui, encoder: self.encoder(), begun: false }
    }

    fn write(&self, out: &mut Out, rows: &[T]) -> io::Result<()> {
        let mut encoder = self.encoder();
        encoder.begin(out)?;
        encoder.page(out, rows)?;
        encoder.end(out, &End::default())
    }

    fn columns(&self, shown: impl Fn(&Column<T>) -> bool) -> Columns<T> {
        self.chosen.clone().unwrap_or_else(|| T::COLUMNS.iter().filter(|column| shown(column)).collect())
    }

    fn encoder(&self) -> Box<dyn Encoder<T>> {
        let headers = self.ui.headers();
        match self.ui.format() {
            Format::Table => Box::new(table::Table::new(self.columns(|column| column.shown), headers)),
            Format::Json => Box::new(json::Json::new(self.chosen.clone())),
            Format::Jsonl => Box::new(jsonl::Jsonl::new(self.chosen.clone())),
            Format::Csv => Box::new(csv::Csv::new(self.columns(|_| true), headers)),
            Format::Tsv => Box::new(tsv::Tsv::new(self.columns(|_| true), headers)),
            Format::Id => Box::new(id::Id),
        }
    }
}

impl<T: Row> ListPrinter<'_, T> {
    /// Prints the next page. Nothing is printed before the first.
    pub(crate) fn page(&mut self, rows: &[T]) -> io::Result<()> {
        self.ui.with_out(|out| {
            if !self.begun {
                self.encoder.begin(out)?;
                self.begun = true;
            }
            self.encoder.page(out, rows)
        })
    }

    /// Ends the list.
    pub(crate) fn end(mut self, end: &End) -> io::Result<()> {
        self.page(&[])?;
        self.ui.with_out(|out| self.encoder.end(out, end))
    }
}

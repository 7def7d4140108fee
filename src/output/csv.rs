//! Comma-separated values (RFC 4180): lines end in CRLF, values are quoted where they must be.

use std::io;

use csv::{Terminator, WriterBuilder};

use super::printer::{Columns, Encoder};
use super::row::Row;
use super::ui::Out;

/// `-o csv`.
pub(super) struct Csv<T: Row> {
    columns: Columns<T>,
    headers: bool,
}

impl<T: Row> Csv<T> {
    pub(super) fn new(columns: Columns<T>, headers: bool) -> Self {
        Self { columns, headers }
    }
}

fn writer(out: &mut Out) -> csv::Writer<&mut Out> {
    WriterBuilder::new().terminator(Terminator::CRLF).from_writer(out)
}

impl<T: Row> Encoder<T> for Csv<T> {
    fn begin(&mut self, out: &mut Out) -> io::Result<()> {
        if !self.headers {
            return Ok(());
        }
        let mut writer = writer(out);
        writer.write_record(self.columns.iter().map(|column| column.name))?;
        writer.flush()
    }

    fn page(&mut self, out: &mut Out, rows: &[T]) -> io::Result<()> {
        let mut writer = writer(out);
        for row in rows {
            writer.write_record(self.columns.iter().map(|column| (column.text)(row)))?;
        }
        writer.flush()
    }
}

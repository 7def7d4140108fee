//! Tab-separated text for `cut`, `awk` and `read`: one line a row, whatever is in the values.

use std::io::{self, Write};

use super::printer::{Columns, Encoder};
use super::row::Row;
use super::ui::Out;

/// `-o tsv`.
pub(super) struct Tsv<T: Row> {
    columns: Columns<T>,
    headers: bool,
}

impl<T: Row> Tsv<T> {
    pub(super) fn new(columns: Columns<T>, headers: bool) -> Self {
        Self { columns, headers }
    }

    fn line<'a>(out: &mut Out, cells: impl Iterator<Item = std::borrow::Cow<'a, str>>) -> io::Result<()> {
        for (index, cell) in cells.enumerate() {
            if index > 0 {
                out.write_all(b"\t")?;
            }
            write_escaped(out, &cell)?;
        }
        out.write_all(b"\n")
    }
}

impl<T: Row> Encoder<T> for Tsv<T> {
    fn begin(&mut self, out: &mut Out) -> io::Result<()> {
        if !self.headers {
            return Ok(());
        }
        Self::line(out, self.columns.iter().map(|column| column.name.into()))
    }

    fn page(&mut self, out: &mut Out, rows: &[T]) -> io::Result<()> {
        rows.iter()
            .try_for_each(|row| Self::line(out, self.columns.iter().map(|column| (column.text)(row).into())))
    }
}

/// Backslash, tab, line feed and carriage return as `\\`, `\t`, `\n` and `\r`, as `COPY` of `PostgreSQL` writes them.
fn write_escaped(out: &mut Out, text: &str) -> io::Result<()> {
    let mut rest = text;
    while let Some(at) = rest.find(['\\', '\t', '\n', '\r']) {
        out.write_all(&rest.as_bytes()[..at])?;
        out.write_all(match rest.as_bytes()[at] {
            b'\t' => b"\\t",
            b'\n' => b"\\n",
            b'\r' => b"\\r",
            _ => b"\\\\",
        })?;
        rest = &rest[at + 1..];
    }
    out.write_all(rest.as_bytes())
}

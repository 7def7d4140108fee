//! A list as one JSON document with the members HTTP uses.

use std::io::{self, Write};

use super::jsonl::write_object;
use super::printer::{Columns, Encoder, End};
use super::row::Row;
use super::ui::Out;

/// `-o json` for lists. Each row stands on its own line, so that the document can be read as it grows.
pub(super) struct Json<T: Row> {
    chosen: Option<Columns<T>>,
    first: bool,
}

impl<T: Row> Json<T> {
    pub(super) fn new(chosen: Option<Columns<T>>) -> Self {
        Self { chosen, first: true }
    }
}

impl<T: Row> Encoder<T> for Json<T> {
    fn begin(&mut self, out: &mut Out) -> io::Result<()> {
        out.write_all(b"{\"items\":[")
    }

    fn page(&mut self, out: &mut Out, rows: &[T]) -> io::Result<()> {
        rows.iter().try_for_each(|row| {
            out.write_all(if self.first { b"\n" } else { b",\n" })?;
            self.first = false;
            write_object(out, row, self.chosen.as_deref())
        })
    }

    fn end(&mut self, out: &mut Out, end: &End) -> io::Result<()> {
        let cursor = serde_json::to_string(&end.next_cursor)?;
        let close = if self.first { "" } else { "\n" };
        writeln!(out, "{close}],\"has_more\":{},\"next_cursor\":{cursor}}}", end.has_more)
    }
}

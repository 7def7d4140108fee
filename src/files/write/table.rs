//! Tables: a row a thing, or a row a line.

use std::borrow::Cow;
use std::io::{self, Write};

use super::objects::json;
use super::row::Row;
use super::{Entry, Layout, safe};
use crate::files::fields::GUARDED;
use crate::files::record::Value;

/// A table that is being written.
pub(super) struct Table {
    excel_safe: bool,
    row: Row,
}

impl Table {
    /// Writes the header.
    pub(super) fn begin(
        out: &mut impl Write,
        delimiter: u8,
        layout: Layout,
        excel_safe: bool,
    ) -> io::Result<Self> {
        let mut table = Self { excel_safe, row: Row::new(delimiter) };
        for name in layout.fields.iter().chain(layout.lines) {
            table.row.cell(name);
        }
        if excel_safe {
            table.row.cell(GUARDED);
        }
        table.row.end(out)?;
        Ok(table)
    }

    /// Writes the rows of a thing.
    pub(super) fn write(&mut self, out: &mut impl Write, entry: &Entry) -> io::Result<()> {
        if entry.lines.is_empty() {
            return self.write_row(out, entry.values.iter());
        }
        for line in &entry.lines {
            self.write_row(out, entry.values.iter().chain(line))?;
        }
        Ok(())
    }

    fn write_row<'a>(
        &mut self,
        out: &mut impl Write,
        values: impl Iterator<Item = &'a Value>,
    ) -> io::Result<()> {
        for value in values {
            let text = text(value);
            if self.excel_safe {
                self.row.cell(&safe::guard(&text));
            } else {
                self.row.cell(&text);
            }
        }
        if self.excel_safe {
            self.row.cell("true");
        }
        self.row.end(out)
    }
}

/// A value as a cell: lists of texts with commas between, everything else that has parts as JSON.
fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => "".into(),
        Value::Text(text) | Value::Number(text) => text.into(),
        Value::Bool(value) => if *value { "true" } else { "false" }.into(),
        Value::List(items) if items.iter().all(|item| matches!(item, Value::Text(_))) => {
            let items: Vec<String> = items
                .iter()
                .filter_map(Value::as_text)
                .map(|item| item.replace('\\', r"\\").replace(',', r"\,"))
                .collect();
            items.join(",").into()
        }
        Value::Map(entries) if entries.is_empty() => "".into(),
        value => json(value).into(),
    }
}

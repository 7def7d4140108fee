//! Tables (RFC 4180, with line feeds): a row a thing, or a row a line.

use std::borrow::Cow;
use std::io::{self, Write};

use super::objects::json;
use super::{Entry, Layout, safe};
use crate::files::fields::GUARDED;
use crate::files::record::Value;

/// A table that is being written.
pub(super) struct Table {
    delimiter: u8,
    excel_safe: bool,
    row: Vec<u8>,
}

impl Table {
    /// Writes the header.
    pub(super) fn begin(
        out: &mut impl Write,
        delimiter: u8,
        layout: Layout,
        excel_safe: bool,
    ) -> io::Result<Self> {
        let mut table = Self { delimiter, excel_safe, row: Vec::new() };
        for name in layout.fields.iter().chain(layout.lines) {
            table.cell(name);
        }
        if excel_safe {
            table.cell(GUARDED);
        }
        table.end_row(out)?;
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
                self.cell(&safe::guard(&text));
            } else {
                self.cell(&text);
            }
        }
        if self.excel_safe {
            self.cell("true");
        }
        self.end_row(out)
    }

    fn cell(&mut self, text: &str) {
        if !self.row.is_empty() {
            self.row.push(self.delimiter);
        }
        let special = |byte: u8| byte == self.delimiter || matches!(byte, b'"' | b'\n' | b'\r');
        // A quoted first cell also keeps an empty one from looking like no row at all, and a mark of byte order from being one.
        let first = self.row.is_empty() && (text.is_empty() || text.starts_with('\u{feff}'));
        // Readers differ about spaces outside quotes.
        let spaced = text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace);
        if first || spaced || text.bytes().any(special) {
            self.row.push(b'"');
            self.row.extend_from_slice(text.replace('"', "\"\"").as_bytes());
            self.row.push(b'"');
        } else {
            self.row.extend_from_slice(text.as_bytes());
        }
    }

    fn end_row(&mut self, out: &mut impl Write) -> io::Result<()> {
        self.row.push(b'\n');
        out.write_all(&self.row)?;
        self.row.clear();
        Ok(())
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

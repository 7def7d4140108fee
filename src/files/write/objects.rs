//! JSON: an array with one object a line, or the lines alone (JSON Lines).

use std::io::{self, Write};

use super::{Entry, Layout};
use crate::files::record::Value;

/// Objects that are being written.
pub(super) struct Objects {
    layout: Layout,
    array: bool,
    begun: bool,
    text: String,
}

impl Objects {
    /// Begins an array.
    pub(super) fn array(out: &mut impl Write, layout: Layout) -> io::Result<Self> {
        out.write_all(b"[\n")?;
        Ok(Self { layout, array: true, begun: false, text: String::new() })
    }

    /// Begins lines.
    pub(super) fn lines(layout: Layout) -> Self {
        Self { layout, array: false, begun: false, text: String::new() }
    }

    /// Writes an object.
    pub(super) fn write(&mut self, out: &mut impl Write, entry: &Entry) -> io::Result<()> {
        self.text.clear();
        if self.array && self.begun {
            self.text.push_str(",\n");
        }
        self.begun = true;
        open(&mut self.text, self.layout.fields, &entry.values);
        if !self.layout.lines.is_empty() {
            self.text.push_str(",\"lines\":[");
            for (index, line) in entry.lines.iter().enumerate() {
                if index > 0 {
                    self.text.push(',');
                }
                open(&mut self.text, self.layout.lines, line);
                self.text.push('}');
            }
            self.text.push(']');
        }
        self.text.push('}');
        if !self.array {
            self.text.push('\n');
        }
        out.write_all(self.text.as_bytes())
    }

    /// Ends the array.
    pub(super) fn end(self, out: &mut impl Write) -> io::Result<()> {
        match (self.array, self.begun) {
            (true, true) => out.write_all(b"\n]\n"),
            (true, false) => out.write_all(b"]\n"),
            (false, _) => Ok(()),
        }
    }
}

/// A value as JSON.
pub(super) fn json(value: &Value) -> String {
    let mut text = String::new();
    push(&mut text, value);
    text
}

/// The members of an object, which is left open.
fn open(text: &mut String, names: &[&str], values: &[Value]) {
    text.push('{');
    for (index, (name, value)) in names.iter().zip(values).enumerate() {
        if index > 0 {
            text.push(',');
        }
        quoted(text, name.strip_prefix("line_").unwrap_or(name));
        text.push(':');
        push(text, value);
    }
}

fn push(text: &mut String, value: &Value) {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
        Value::Number(number) => text.push_str(number),
        Value::Text(value) => quoted(text, value),
        Value::List(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                push(text, item);
            }
            text.push(']');
        }
        Value::Map(entries) => {
            text.push('{');
            for (index, (name, value)) in entries.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                quoted(text, name);
                text.push(':');
                push(text, value);
            }
            text.push('}');
        }
    }
}

fn quoted(text: &mut String, value: &str) {
    // A text always serialises.
    text.push_str(&serde_json::to_string(value).unwrap_or_default());
}

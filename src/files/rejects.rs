//! The file of what did not go in: the same columns in the same format, and in front of each record why. It can be mended and fed back.

use std::io::{self, Write};

use super::fields::REASON;
use super::options::Format;
use super::reader::Reader;
use super::record::RawRow;
use super::rows::push_value;

/// Writes what did not go in.
///
/// The reason stands first, not last, so that it is in its place also before a row that has too few values or too many.
pub struct Rejects<W: Write> {
    out: W,
    layout: Layout,
    count: u64,
}

enum Layout {
    Table { delimiter: u8 },
    Array,
    Lines,
}

impl<W: Write> Rejects<W> {
    /// Begins a file in the format of the one that is read.
    pub fn new(mut out: W, reader: &Reader) -> io::Result<Self> {
        let layout = match reader.format() {
            Format::Json => Layout::Array,
            Format::Jsonl => Layout::Lines,
            Format::Csv | Format::Tsv => Layout::Table { delimiter: reader.delimiter() },
        };
        if let Layout::Table { delimiter } = layout {
            out.write_all(REASON.as_bytes())?;
            let names =
                reader.header().iter().enumerate().filter(|(index, _)| Some(*index) != reader.reason());
            for (_, name) in names {
                out.write_all(&[delimiter])?;
                write_value(&mut out, name, delimiter)?;
            }
            out.write_all(b"\n")?;
        }
        Ok(Self { out, layout, count: 0 })
    }

    /// Adds a record with the reason. A record of which nothing is known is left out.
    pub fn write(&mut self, raw: &[RawRow], reason: &str) -> io::Result<()> {
        let Some(first) = raw.first() else { return Ok(()) };
        match self.layout {
            Layout::Table { delimiter } => {
                write_value(&mut self.out, reason, delimiter)?;
                for (index, row) in raw.iter().enumerate() {
                    let end = if index + 1 < raw.len() { "\n" } else { "" };
                    write!(self.out, "{}{}{end}", char::from(delimiter), row.text)?;
                }
            }
            Layout::Array | Layout::Lines => {
                if matches!(self.layout, Layout::Array) {
                    self.out.write_all(if self.count == 0 { b"[\n" } else { b",\n" })?;
                }
                let reason = serde_json::Value::from(reason);
                match first.text.strip_prefix('{') {
                    Some(rest) if rest.trim() == "}" => {
                        write!(self.out, "{{\"{REASON}\":{reason}}}")?;
                    }
                    Some(rest) => write!(self.out, "{{\"{REASON}\":{reason},{rest}")?,
                    // No object at all: there is no place for a reason.
                    None => self.out.write_all(first.text.as_bytes())?,
                }
            }
        }
        self.count += 1;
        if matches!(self.layout, Layout::Array) { Ok(()) } else { self.out.write_all(b"\n") }
    }

    /// How many records were written.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Ends the file.
    pub fn finish(mut self) -> io::Result<W> {
        if matches!(self.layout, Layout::Array) {
            self.out.write_all(if self.count == 0 { b"[]\n" } else { b"\n]\n" })?;
        }
        self.out.flush()?;
        Ok(self.out)
    }
}

/// A value of a table, in quotes where it needs them.
fn write_value(out: &mut impl Write, value: &str, delimiter: u8) -> io::Result<()> {
    let mut text = Vec::with_capacity(value.len());
    push_value(&mut text, value, delimiter);
    out.write_all(&text)
}

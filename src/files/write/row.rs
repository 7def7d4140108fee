//! One row of a table (RFC 4180, with line feeds).

use std::io::{self, Write};

/// A row under way. Used again for the next one, to keep its memory.
pub(super) struct Row {
    delimiter: u8,
    bytes: Vec<u8>,
    begun: bool,
}

impl Row {
    pub(super) fn new(delimiter: u8) -> Self {
        Self { delimiter, bytes: Vec::new(), begun: false }
    }

    /// The next value, in quotes where it needs them.
    pub(super) fn cell(&mut self, text: &str) {
        if self.begun {
            self.bytes.push(self.delimiter);
        }
        let special = |byte: u8| byte == self.delimiter || matches!(byte, b'"' | b'\n' | b'\r');
        // A quoted first cell also keeps an empty one from looking like no row at all, and a mark of byte order from being one.
        let first = !self.begun && (text.is_empty() || text.starts_with('\u{feff}'));
        // Readers differ about spaces outside quotes.
        let spaced = text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace);
        self.begun = true;
        if first || spaced || text.bytes().any(special) {
            self.bytes.push(b'"');
            self.bytes.extend_from_slice(text.replace('"', "\"\"").as_bytes());
            self.bytes.push(b'"');
        } else {
            self.bytes.extend_from_slice(text.as_bytes());
        }
    }

    /// Writes the row.
    pub(super) fn end(&mut self, out: &mut impl Write) -> io::Result<()> {
        self.bytes.push(b'\n');
        out.write_all(&self.bytes)?;
        self.bytes.clear();
        self.begun = false;
        Ok(())
    }
}

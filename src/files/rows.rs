//! The rows of a table as they stand in the text (RFC 4180, and what programs make of it).
//!
//! The reader is our own, because an import has to know what the `csv` crate does not tell: on which physical line each value
//! stands, that a quote was never closed, and that text follows a closing quote (it reads `"5" wide` as `5 wide`).
//! Everything that it accepts, it reads as that crate does; a property test compares them.

use std::borrow::Cow;

use super::error::FileError;
use super::input::{Input, MAX_RECORD, breaks, utf8};
use super::record::RawRow;

/// The most columns a table may have.
pub(super) const MAX_COLUMNS: usize = 1000;

/// Reads one row after the other.
pub(super) struct Rows {
    input: Input,
    delimiter: u8,
    /// The line on which the unread rest begins.
    line: u64,
}

/// One row. Used again for the next one, to keep its memory.
#[derive(Default)]
pub(super) struct Row {
    /// The physical line on which it begins.
    pub(super) line: u64,
    text: String,
    spans: Vec<Span>,
}

/// Where a value stands in the text of its row, without its quotes.
#[derive(Debug, Clone, Copy)]
struct Span {
    start: usize,
    end: usize,
    /// Lines below the row's first.
    below: u64,
    quoted: bool,
    /// Holds quotes that stand for one each.
    doubled: bool,
}

impl Row {
    /// How many values it has.
    pub(super) fn len(&self) -> usize {
        self.spans.len()
    }

    /// A value; the empty text where the row has none.
    pub(super) fn get(&self, index: usize) -> Cow<'_, str> {
        let Some(span) = self.spans.get(index) else { return Cow::Borrowed("") };
        let text = &self.text[span.start..span.end];
        if span.doubled { Cow::Owned(text.replace("\"\"", "\"")) } else { Cow::Borrowed(text) }
    }

    /// Whether a value is there and is not white space.
    pub(super) fn has(&self, index: usize) -> bool {
        self.spans.get(index).is_some_and(|span| !self.text[span.start..span.end].trim().is_empty())
    }

    /// Whether it says nothing at all, as the rows that spreadsheets leave below a table.
    pub(super) fn is_blank(&self) -> bool {
        (0..self.len()).all(|index| !self.has(index))
    }

    /// The physical line on which a value begins.
    pub(super) fn line_of(&self, index: usize) -> u64 {
        self.line + self.spans.get(index).map_or(0, |span| span.below)
    }

    /// The row with some of its empty values filled in, without the value at `left_out`.
    pub(super) fn raw_with(
        &self,
        fills: &[(usize, String)],
        left_out: Option<usize>,
        delimiter: u8,
    ) -> RawRow {
        if fills.is_empty() {
            return self.raw(left_out);
        }
        let mut text = Vec::with_capacity(self.text.len());
        let kept = self.spans.iter().enumerate().filter(|(index, _)| Some(*index) != left_out);
        for (place, (index, span)) in kept.enumerate() {
            if place > 0 {
                text.push(delimiter);
            }
            let quote = usize::from(span.quoted);
            match fills.iter().find(|(filled, _)| *filled == index) {
                Some((_, value)) => push_value(&mut text, value, delimiter),
                None => text.extend_from_slice(&self.text.as_bytes()[span.start - quote..span.end + quote]),
            }
        }
        RawRow { line: self.line, text: String::from_utf8_lossy(&text).into() }
    }

    /// The row as it stood, without the value at `left_out`.
    pub(super) fn raw(&self, left_out: Option<usize>) -> RawRow {
        let text = match left_out.and_then(|index| Some((index, self.spans.get(index)?))) {
            None => self.text.as_str().into(),
            // It is where the row goes wrong, and so not known to be what it should be.
            Some((index, span)) if index + 1 == self.len() && self.goes_on_behind(span) => {
                self.text.as_str().into()
            }
            Some((index, span)) => {
                let quote = usize::from(span.quoted);
                // With the delimiter in front, or behind where it comes first.
                let (start, end) = (span.start - quote, span.end + quote);
                let (start, end) =
                    if index > 0 { (start - 1, end) } else { (0, self.text.len().min(end + 1)) };
                format!("{}{}", &self.text[..start], &self.text[end..]).into()
            }
        };
        RawRow { line: self.line, text }
    }

    /// Whether text stands behind the last value, as it does where its closing quote was not the end of it.
    fn goes_on_behind(&self, last: &Span) -> bool {
        self.text.len() > last.end + usize::from(last.quoted)
    }
}

/// A value of a table, in quotes where it needs them.
pub(super) fn push_value(out: &mut Vec<u8>, value: &str, delimiter: u8) {
    let special = |byte: u8| byte == delimiter || matches!(byte, b'"' | b'\n' | b'\r');
    if value.bytes().any(special) {
        out.push(b'"');
        out.extend_from_slice(value.replace('"', "\"\"").as_bytes());
        out.push(b'"');
    } else {
        out.extend_from_slice(value.as_bytes());
    }
}

/// What stands at the beginning of the bytes.
enum Found {
    /// A row of this length, and the length of the break behind it.
    Row { length: usize, end: usize },
    /// A row in which text follows a closing quote; it is given up up to the end of its line.
    AfterQuote { length: usize, end: usize, at: usize },
    /// A quote that is open at the end of the file, and where.
    Open { at: usize },
    /// Not yet to be seen.
    More,
}

impl Rows {
    pub(super) fn new(input: Input, delimiter: u8) -> Self {
        Self { input, delimiter, line: 1 }
    }

    /// Reads the next row that is not an empty line; `false` at the end of the file. Of a bad row its text is there.
    ///
    /// # Errors
    /// Of the row: `text_after_quote`. Of the file: `not_utf8`, `record_too_large`, `unclosed_quote`, `unreadable_file`.
    pub(super) fn read(&mut self, row: &mut Row) -> Result<bool, FileError> {
        self.skip_breaks()?;
        loop {
            row.spans.clear();
            let bytes = self.input.filled();
            match scan(bytes, self.delimiter, self.input.at_end(), &mut row.spans) {
                Found::Row { length: 0, .. } => return Ok(false),
                Found::Row { length, .. } if length > MAX_RECORD => return Err(self.too_large()),
                Found::Row { length, end } => {
                    row.line = self.line;
                    row.text.clear();
                    row.text.push_str(utf8(&bytes[..length], self.line)?);
                    self.line += row.spans.last().map_or(0, |span| {
                        span.below + if span.quoted { breaks(&bytes[span.start..span.end]) } else { 0 }
                    }) + u64::from(end > 0);
                    self.input.consume(length + end);
                    return Ok(true);
                }
                Found::AfterQuote { length, end, at } => {
                    (row.line, row.text) = (self.line, utf8(&bytes[..length], self.line)?.to_owned());
                    let error = FileError::row(
                        self.line + breaks(&bytes[..at]),
                        "text_after_quote",
                        "text follows the closing quote of a value; a quote within a value is written twice",
                    );
                    self.line += breaks(&bytes[..length + end]);
                    self.input.consume(length + end);
                    return Err(error);
                }
                Found::Open { at } => {
                    let line = self.line + breaks(&bytes[..at]);
                    return Err(FileError::fatal(
                        "unclosed_quote",
                        "a quote is opened here and never closed",
                    )
                    .at(line));
                }
                Found::More if bytes.len() > MAX_RECORD => return Err(self.too_large()),
                Found::More => {
                    self.input.grow()?;
                }
            }
        }
    }

    fn too_large(&self) -> FileError {
        let detail =
            format!("the row that begins here is larger than {MAX_RECORD} bytes; is a quote left open?");
        FileError::fatal("record_too_large", detail).at(self.line)
    }

    fn skip_breaks(&mut self) -> Result<(), FileError> {
        loop {
            let length = match self.input.filled() {
                [b'\r', b'\n', ..] => 2,
                // A CR at the end of what was read may be half a break.
                [] | [b'\r'] if !self.input.at_end() => 0,
                [b'\n' | b'\r', ..] => 1,
                _ => return Ok(()),
            };
            if length == 0 {
                self.input.grow()?;
            } else {
                self.input.consume(length);
                self.line += 1;
            }
        }
    }
}

/// Finds the values of the row at the beginning of the bytes.
fn scan(bytes: &[u8], delimiter: u8, at_end: bool, spans: &mut Vec<Span>) -> Found {
    let (mut at, mut below) = (0, 0);
    loop {
        let start = at;
        let behind = if bytes.get(at) == Some(&b'"') {
            let Some((close, doubled)) = closing(bytes, at + 1, at_end) else {
                return if at_end { Found::Open { at } } else { Found::More };
            };
            spans.push(Span { start: start + 1, end: close, below, quoted: true, doubled });
            below += breaks(&bytes[start + 1..close]);
            close + 1
        } else {
            let found = memchr::memchr3(delimiter, b'\n', b'\r', &bytes[at..]);
            let end = match found {
                Some(found) => at + found,
                None if at_end => bytes.len(),
                None => return Found::More,
            };
            spans.push(Span { start, end, below, quoted: false, doubled: false });
            end
        };
        match bytes.get(behind) {
            Some(&byte) if byte == delimiter => at = behind + 1,
            Some(b'\n') => return Found::Row { length: behind, end: 1 },
            Some(b'\r') => match bytes.get(behind + 1) {
                Some(b'\n') => return Found::Row { length: behind, end: 2 },
                None if !at_end => return Found::More,
                _ => return Found::Row { length: behind, end: 1 },
            },
            None if at_end => return Found::Row { length: behind, end: 0 },
            None => return Found::More,
            Some(_) => return give_up(bytes, behind, at_end),
        }
    }
}

/// The quote that closes the value which begins at `at`, and whether there are doubled ones before it.
fn closing(bytes: &[u8], mut at: usize, at_end: bool) -> Option<(usize, bool)> {
    let mut doubled = false;
    loop {
        let quote = at + memchr::memchr(b'"', bytes.get(at..)?)?;
        match bytes.get(quote + 1) {
            Some(b'"') => (at, doubled) = (quote + 2, true),
            None if !at_end => return None,
            _ => return Some((quote, doubled)),
        }
    }
}

/// Passes over the rest of a line that cannot be understood.
fn give_up(bytes: &[u8], at: usize, at_end: bool) -> Found {
    match memchr::memchr2(b'\n', b'\r', &bytes[at..]) {
        Some(found) if bytes[at + found] == b'\n' => Found::AfterQuote { length: at + found, end: 1, at },
        Some(found) => match bytes.get(at + found + 1) {
            Some(b'\n') => Found::AfterQuote { length: at + found, end: 2, at },
            None if !at_end => Found::More,
            _ => Found::AfterQuote { length: at + found, end: 1, at },
        },
        None if at_end => Found::AfterQuote { length: bytes.len(), end: 0, at },
        None => Found::More,
    }
}

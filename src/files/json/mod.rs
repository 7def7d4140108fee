//! The objects of a JSON file, one at a time: an array, an object with `items`, or one object a line.

mod extent;
mod layout;
mod values;

use serde::Deserialize;

pub(super) use self::extent::string_end;
pub(super) use self::values::{elements, line_of, members, value};

use self::extent::extent;
use self::layout::{Layout, first_value, opening};
use self::values::plain;
use super::error::FileError;
use super::input::{Input, MAX_RECORD, breaks, utf8};
use super::options::Format;

/// Reads one object after the other.
pub(super) struct Objects {
    input: Input,
    /// The line on which the unread rest begins.
    line: u64,
    layout: Layout,
    /// Whether an element of the array was read.
    begun: bool,
}

/// The text of a value, and the line on which it begins.
pub(super) struct Element {
    pub(super) line: u64,
    pub(super) text: String,
}

fn broken(line: u64, detail: impl Into<String>) -> FileError {
    FileError::fatal("invalid_json", detail).at(line)
}

impl Objects {
    /// Tells the layout from the beginning of the file.
    pub(super) fn new(mut input: Input, format: Option<Format>) -> Result<Self, FileError> {
        let mut line = 1;
        skip_space(&mut input, &mut line)?;
        let layout = match input.filled().first() {
            Some(b'[') if format != Some(Format::Jsonl) => {
                input.consume(1);
                Layout::Array
            }
            _ if format == Some(Format::Jsonl) => Layout::Lines,
            Some(b'{') => match opening(&mut input)? {
                Some(length) => {
                    line += breaks(&input.filled()[..length]);
                    input.consume(length);
                    Layout::Wrapped
                }
                None => first_value(&mut input)?,
            },
            None => Layout::Lines,
            Some(_) => return Err(broken(line, "JSON begins with [ or {")),
        };
        Ok(Self { input, line, layout, begun: false })
    }

    /// Whether it is one object a line.
    pub(super) fn is_lines(&self) -> bool {
        self.layout == Layout::Lines
    }

    /// The next value; `None` at the end.
    ///
    /// # Errors
    /// Of the file: `invalid_json`, `not_utf8`, `record_too_large`, `partial_list`, `unreadable_file`.
    pub(super) fn read(&mut self) -> Result<Option<Element>, FileError> {
        skip_space(&mut self.input, &mut self.line)?;
        match self.layout {
            Layout::Lines => self.read_line(),
            Layout::Values if self.input.filled().is_empty() => Ok(None),
            Layout::Values => self.read_value().map(Some),
            Layout::Array | Layout::Wrapped => self.read_element(),
        }
    }

    fn read_line(&mut self) -> Result<Option<Element>, FileError> {
        let length = loop {
            let bytes = self.input.filled();
            match memchr::memchr(b'\n', bytes) {
                Some(length) => break length,
                None if self.input.at_end() => break bytes.len(),
                None => self.more()?,
            }
        };
        if length == 0 { Ok(None) } else { self.take(length).map(Some) }
    }

    fn read_element(&mut self) -> Result<Option<Element>, FileError> {
        match (self.input.filled().first(), self.begun) {
            (None, _) => return Err(broken(self.line, "the file ends within the list")),
            (Some(b']'), _) => {
                self.input.consume(1);
                return self.close().map(|()| None);
            }
            (Some(b','), true) => {
                self.input.consume(1);
                skip_space(&mut self.input, &mut self.line)?;
                if matches!(self.input.filled().first(), Some(b',' | b']') | None) {
                    return Err(broken(self.line, "a comma in the list is followed by nothing"));
                }
            }
            (Some(_), true) => {
                return Err(broken(self.line, "a comma is missing between two elements of the list"));
            }
            (Some(_), false) => {}
        }
        self.begun = true;
        self.read_value().map(Some)
    }

    /// The value that begins here.
    fn read_value(&mut self) -> Result<Element, FileError> {
        loop {
            match extent(self.input.filled(), self.input.at_end()) {
                Some(0) => return Err(broken(self.line, "a bracket is closed that was never opened")),
                Some(length) => return self.take(length),
                None => {}
            }
            if self.input.at_end() {
                return Err(broken(self.line, "the file ends within the value that begins here"));
            }
            self.more()?;
        }
    }

    fn take(&mut self, length: usize) -> Result<Element, FileError> {
        let bytes = &self.input.filled()[..length];
        // What counts as white space before a value does behind it, and nothing else: something is taken each time.
        let length = bytes.iter().rposition(|byte| !is_space(*byte)).map_or(0, |last| last + 1);
        let bytes = &bytes[..length];
        if length > MAX_RECORD {
            return Err(self.too_large());
        }
        let element = Element { line: self.line, text: utf8(bytes, self.line)?.to_owned() };
        self.line += breaks(bytes);
        self.input.consume(length);
        Ok(element)
    }

    fn more(&mut self) -> Result<(), FileError> {
        if self.input.filled().len() > MAX_RECORD {
            return Err(self.too_large());
        }
        self.input.grow().map(drop)
    }

    fn too_large(&self) -> FileError {
        FileError::fatal(
            "record_too_large",
            format!("the value that begins here is larger than {MAX_RECORD} bytes"),
        )
        .at(self.line)
    }

    /// What stands behind the array: nothing, or the other members of the list.
    fn close(&mut self) -> Result<(), FileError> {
        let wrapped = self.layout == Layout::Wrapped;
        self.layout = Layout::Values;
        let line = self.line;
        while !self.input.at_end() {
            self.more()?;
        }
        let rest = utf8(self.input.filled(), line)?.to_owned();
        self.input.consume(rest.len());
        if !wrapped {
            return if rest.trim().is_empty() { Ok(()) } else { Err(broken(line, "text follows the list")) };
        }
        let end: End = serde_json::from_str(&format!("{{\"items\":[]{rest}"))
            .map_err(|error| broken(line + error.line() as u64 - 1, plain(&error)))?;
        if end.has_more {
            return Err(FileError::fatal(
                "partial_list",
                "this is one page of a list (has_more is true): write the whole list with --all, or export",
            )
            .at(line));
        }
        Ok(())
    }
}

/// What stands behind a list's items.
#[derive(Deserialize)]
struct End {
    #[serde(default)]
    has_more: bool,
}

/// White space of JSON.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

fn skip_space(input: &mut Input, line: &mut u64) -> Result<(), FileError> {
    loop {
        let filled = input.filled();
        let space = filled.iter().take_while(|byte| is_space(**byte)).count();
        // A CR at the end may be half a line break.
        let half = usize::from(space == filled.len() && filled.last() == Some(&b'\r') && !input.at_end());
        *line += breaks(&filled[..space - half]);
        let end = space == filled.len();
        input.consume(space - half);
        // At the end of the file half a line break is a whole one.
        if !end || (!input.grow()? && half == 0) {
            return Ok(());
        }
    }
}

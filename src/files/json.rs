//! The objects of a JSON file, one at a time: an array, an object with `items`, or one object a line.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::error::FileError;
use super::input::{Input, MAX_RECORD, breaks, utf8};
use super::options::Format;
use super::record::Value;

/// The most members an object may have.
pub(super) const MAX_MEMBERS: usize = 1000;

/// How deep values may be nested within a record.
pub(super) const MAX_DEPTH: usize = 16;

/// Reads one object after the other.
pub(super) struct Objects {
    input: Input,
    /// The line on which the unread rest begins.
    line: u64,
    layout: Layout,
    /// Whether an element of the array was read.
    begun: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// One value a line: a broken one is a bad row.
    Lines,
    /// Values one behind the other, over several lines each.
    Values,
    /// An array.
    Array,
    /// An object with the array in its member `items`.
    Wrapped,
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
        let bytes = self.input.filled()[..length].trim_ascii_end();
        let length = bytes.len();
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

fn skip_space(input: &mut Input, line: &mut u64) -> Result<(), FileError> {
    loop {
        let filled = input.filled();
        let space = filled.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count();
        // A CR at the end may be half a line break.
        let half = usize::from(space == filled.len() && filled.last() == Some(&b'\r') && !input.at_end());
        *line += breaks(&filled[..space - half]);
        let end = space == filled.len();
        input.consume(space - half);
        if !end || !input.grow()? {
            return Ok(());
        }
    }
}

/// The length of `{"items":[` with any white space, if the file begins so.
fn opening(input: &mut Input) -> Result<Option<usize>, FileError> {
    loop {
        match begins_list(input.filled()) {
            Begins::List(length) => return Ok(Some(length)),
            Begins::Otherwise => return Ok(None),
            Begins::Unclear if !input.grow()? => return Ok(None),
            Begins::Unclear => {}
        }
    }
}

/// How a file begins.
enum Begins {
    /// As a list, up to its first element.
    List(usize),
    Otherwise,
    /// Too few bytes are there to tell.
    Unclear,
}

fn begins_list(bytes: &[u8]) -> Begins {
    let mut at = 0;
    for part in [&b"{"[..], b"\"items\"", b":", b"["] {
        at += bytes[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let rest = &bytes[at..];
        if rest.len() < part.len() && part.starts_with(rest) {
            return Begins::Unclear;
        }
        if !rest.starts_with(part) {
            return Begins::Otherwise;
        }
        at += part.len();
    }
    Begins::List(at)
}

/// Whether the first value ends on its first line.
fn first_value(input: &mut Input) -> Result<Layout, FileError> {
    loop {
        let bytes = input.filled();
        let line = memchr::memchr2(b'\n', b'\r', bytes);
        match (extent(bytes, input.at_end()), line) {
            (Some(value), Some(line)) if value > line => return Ok(Layout::Values),
            (None, Some(_)) => return Ok(if looks_whole(bytes) { Layout::Lines } else { Layout::Values }),
            (Some(_), _) => return Ok(Layout::Lines),
            (None, None) if bytes.len() > MAX_RECORD || !input.grow()? => return Ok(Layout::Lines),
            (None, None) => {}
        }
    }
}

/// Whether the first line was meant to be a whole object: it ends in a brace.
fn looks_whole(bytes: &[u8]) -> bool {
    let line = bytes.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
    line.trim_ascii_end().ends_with(b"}")
}

/// The length of the value at the beginning, if its end can be seen.
fn extent(bytes: &[u8], at_end: bool) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    loop {
        match bytes.get(at)? {
            b'"' => at = string_end(bytes, at)?,
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 0 => return Some(at),
            b'}' | b']' => depth -= 1,
            // A bare word or number.
            byte if depth == 0 && !matches!(byte, b',' | b':') && !byte.is_ascii_whitespace() => {
                let ends = |byte: &u8| matches!(byte, b',' | b']' | b'}') || byte.is_ascii_whitespace();
                let end = bytes[at..].iter().position(ends);
                return end.map(|length| at + length).or_else(|| at_end.then_some(bytes.len()));
            }
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return Some(at);
        }
    }
}

/// Where the string that begins at `at` has its closing quote.
pub(super) fn string_end(bytes: &[u8], at: usize) -> Option<usize> {
    let mut from = at + 1;
    loop {
        let found = from + memchr::memchr2(b'"', b'\\', bytes.get(from..)?)?;
        if bytes[found] == b'"' {
            return Some(found);
        }
        from = found + 2;
    }
}

/// The members of an object as they were written.
pub(super) struct Members<'a>(pub(super) Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members: Vec<(String, &RawValue)> = Vec::new();
                while let Some(name) = map.next_key::<String>()? {
                    if members.len() == MAX_MEMBERS {
                        return Err(serde::de::Error::custom(format!("more than {MAX_MEMBERS} members")));
                    }
                    if members.iter().any(|(known, _)| *known == name) {
                        return Err(serde::de::Error::custom(format!("{name:?} is there twice")));
                    }
                    members.push((name, map.next_value()?));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Read)
    }
}

/// Reads an object's members.
///
/// # Errors
/// `invalid_json`, on the line where it is wrong.
pub(super) fn members(text: &str, line: u64) -> Result<Members<'_>, FileError> {
    serde_json::from_str(text).map_err(|error| wrong(&error, line))
}

/// Reads an array's elements.
///
/// # Errors
/// `invalid_json`, on the line where it is wrong.
pub(super) fn elements(raw: &RawValue, line: u64) -> Result<Vec<&RawValue>, FileError> {
    serde_json::from_str(raw.get()).map_err(|error| wrong(&error, line))
}

fn wrong(error: &serde_json::Error, line: u64) -> FileError {
    FileError::row(line + (error.line() as u64).saturating_sub(1), "invalid_json", plain(error))
}

/// The message without the place, which is that within the value.
fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let message = text.split(" at line ").next().unwrap_or_default();
    format!("this is not valid JSON: {message}")
}

/// The line on which a part of a text begins.
pub(super) fn line_of(text: &str, line: u64, part: &RawValue) -> u64 {
    let offset = part.get().as_ptr().addr().saturating_sub(text.as_ptr().addr());
    line + text.as_bytes().get(..offset).map_or(0, breaks)
}

/// A value as written.
///
/// # Errors
/// `invalid_json` for what is none, a name that is there twice, or nesting deeper than [`MAX_DEPTH`].
pub(super) fn value(raw: &RawValue, line: u64) -> Result<Value, FileError> {
    nested(raw.get(), line, MAX_DEPTH)
}

fn nested(text: &str, line: u64, depth: usize) -> Result<Value, FileError> {
    let deeper = || {
        let too_deep =
            || FileError::row(line, "invalid_json", format!("values are nested deeper than {MAX_DEPTH}"));
        depth.checked_sub(1).ok_or_else(too_deep)
    };
    Ok(match text.as_bytes().first() {
        Some(b'"') => Value::Text(serde_json::from_str(text).map_err(|error| wrong(&error, line))?),
        Some(b'{') => {
            let depth = deeper()?;
            let members = members(text, line)?.0.into_iter();
            let read = members.map(|(name, raw)| Ok((name, nested(raw.get(), line, depth)?)));
            Value::Map(read.collect::<Result<_, FileError>>()?)
        }
        Some(b'[') => {
            let depth = deeper()?;
            let elements: Vec<&RawValue> = serde_json::from_str(text).map_err(|error| wrong(&error, line))?;
            let read = elements.into_iter().map(|raw| nested(raw.get(), line, depth));
            Value::List(read.collect::<Result<_, FileError>>()?)
        }
        Some(b't') => Value::Bool(true),
        Some(b'f') => Value::Bool(false),
        Some(b'n') => Value::Null,
        _ => Value::Number(text.to_owned()),
    })
}

//! How the values of a file stand, told from its beginning.

use super::extent::extent;
use crate::files::error::FileError;
use crate::files::input::{Input, MAX_RECORD};

/// How they stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// One value a line: a broken one is a bad row.
    Lines,
    /// Values one behind the other, over several lines each.
    Values,
    /// An array.
    Array,
    /// An object with the array in its member `items`.
    Wrapped,
}

/// The length of `{"items":[` with any white space, if the file begins so.
pub(super) fn opening(input: &mut Input) -> Result<Option<usize>, FileError> {
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

/// Whether the first value ends on its first line, or was meant to: the line ends in a brace. Only that line tells, however much more of
/// the file has been read.
pub(super) fn first_value(input: &mut Input) -> Result<Layout, FileError> {
    loop {
        let bytes = input.filled();
        if let Some(end) = memchr::memchr2(b'\n', b'\r', bytes) {
            let line = &bytes[..end];
            let whole = extent(line, true).is_some() || line.trim_ascii_end().ends_with(b"}");
            return Ok(if whole { Layout::Lines } else { Layout::Values });
        }
        if bytes.len() > MAX_RECORD || !input.grow()? {
            return Ok(Layout::Lines);
        }
    }
}

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

/// Whether the first value ends on its first line.
pub(super) fn first_value(input: &mut Input) -> Result<Layout, FileError> {
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

//! What a value holds.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::files::error::FileError;
use crate::files::input::breaks;
use crate::files::record::Value;

/// The most members an object may have.
const MAX_MEMBERS: usize = 1000;

/// How deep values may be nested within a record.
const MAX_DEPTH: usize = 16;

/// The members of an object as they were written.
pub(in crate::files) struct Members<'a>(pub(in crate::files) Vec<(String, &'a RawValue)>);

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
pub(in crate::files) fn members(text: &str, line: u64) -> Result<Members<'_>, FileError> {
    serde_json::from_str(text).map_err(|error| wrong(&error, line))
}

/// Reads an array's elements.
///
/// # Errors
/// `invalid_json`, on the line where it is wrong.
pub(in crate::files) fn elements(raw: &RawValue, line: u64) -> Result<Vec<&RawValue>, FileError> {
    serde_json::from_str(raw.get()).map_err(|error| wrong(&error, line))
}

fn wrong(error: &serde_json::Error, line: u64) -> FileError {
    FileError::row(line + (error.line() as u64).saturating_sub(1), "invalid_json", plain(error))
}

/// The message without the place, which is that within the value.
pub(super) fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let message = text.split(" at line ").next().unwrap_or_default();
    format!("this is not valid JSON: {message}")
}

/// The line on which a part of a text begins.
pub(in crate::files) fn line_of(text: &str, line: u64, part: &RawValue) -> u64 {
    let offset = part.get().as_ptr().addr().saturating_sub(text.as_ptr().addr());
    line + text.as_bytes().get(..offset).map_or(0, breaks)
}

/// A value as written.
///
/// # Errors
/// `invalid_json` for what is none, a name that is there twice, or nesting deeper than [`MAX_DEPTH`].
pub(in crate::files) fn value(raw: &RawValue, line: u64) -> Result<Value, FileError> {
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

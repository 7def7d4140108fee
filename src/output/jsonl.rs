//! One JSON object a line.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::value::RawValue;

use super::printer::{Columns, Encoder};
use super::row::Row;
use super::ui::Out;

/// `-o jsonl`.
pub(super) struct Jsonl<T: Row> {
    chosen: Option<Columns<T>>,
}

impl<T: Row> Jsonl<T> {
    pub(super) fn new(chosen: Option<Columns<T>>) -> Self {
        Self { chosen }
    }
}

impl<T: Row> Encoder<T> for Jsonl<T> {
    fn page(&mut self, out: &mut Out, rows: &[T]) -> io::Result<()> {
        rows.iter().try_for_each(|row| {
            write_object(out, row, self.chosen.as_deref())?;
            out.write_all(b"\n")
        })
    }
}

/// A row as one JSON object, whole or with the chosen members in the order in which they were named.
pub(super) fn write_object<T: Row>(
    out: &mut Out,
    row: &T,
    chosen: Option<&[&'static super::row::Column<T>]>,
) -> io::Result<()> {
    let Some(chosen) = chosen else { return Ok(serde_json::to_writer(out, row)?) };
    let text = serde_json::to_string(row)?;
    let members: BTreeMap<String, &RawValue> = serde_json::from_str(&text)?;
    out.write_all(b"{")?;
    for (index, column) in chosen.iter().enumerate() {
        if index > 0 {
            out.write_all(b",")?;
        }
        let value = members.get(column.name).map_or("null", |value| value.get());
        write!(out, "\"{}\":{value}", column.name)?;
    }
    out.write_all(b"}")
}

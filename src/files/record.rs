//! What a reader yields: things as they stand in a file, not yet looked at by any rule of the shop.

use std::sync::Arc;

/// One thing as it stands in the file: a row, several rows that belong together (an order's lines, a product's pictures), or a JSON object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// The physical line on which it begins, from 1.
    pub line: u64,
    /// Its fields under shopctl's names, each at most once. A field that the file does not have is not here.
    pub cells: Vec<Cell>,
    /// An order's lines; empty for everything else.
    pub lines: Vec<Record>,
    /// As it stood, for [`Rejects`](super::Rejects).
    pub raw: Vec<RawRow>,
}

impl Record {
    /// The cell of a field.
    pub fn get(&self, field: &str) -> Option<&Cell> {
        self.cells.iter().find(|cell| &*cell.field == field)
    }
}

/// One value, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Shopctl's name of the field.
    pub field: Arc<str>,
    /// The file's own name of it, for messages.
    pub column: Arc<str>,
    /// The physical line on which the value begins, from 1.
    pub line: u64,
    /// The value.
    pub value: Value,
}

/// A value as written.
///
/// A table yields texts only, the empty text for an empty cell. `null` in JSON means the same: clear it, where it may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Text; white space around it is still there.
    Text(String),
    /// A JSON number as it was written, never through a float.
    Number(String),
    /// A JSON boolean.
    Bool(bool),
    /// JSON's `null`.
    Null,
    /// A list.
    List(Vec<Value>),
    /// Names and values in the order of the file, no name twice.
    Map(Vec<(String, Value)>),
}

impl Value {
    /// Whether it says "nothing": `null` or the empty text.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.trim().is_empty(),
            Self::Number(_) | Self::Bool(_) | Self::List(_) | Self::Map(_) => false,
        }
    }

    /// Text, numbers and booleans as they were written.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Number(text) => Some(text),
            Self::Bool(value) => Some(if *value { "true" } else { "false" }),
            Self::Null | Self::List(_) | Self::Map(_) => None,
        }
    }
}

/// One row (or one JSON value) without the line break that ends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawRow {
    /// The physical line on which it begins, from 1.
    pub line: u64,
    /// Its text, quotes and all.
    pub text: Box<str>,
}

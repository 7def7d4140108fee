//! Values as other systems write them.

use crate::files::columns::{Columns, Role};
use crate::files::record::{Cell, Value};
use crate::files::rows::Row;

/// The fields of one record, as a shape puts them together. What `--map` and `--set` say comes first and stays.
pub(super) struct Draft<'a> {
    pub(super) cells: Vec<Cell>,
    row: &'a Row,
    columns: &'a Columns,
}

impl<'a> Draft<'a> {
    /// Begins with what the columns give by themselves.
    pub(super) fn new(row: &'a Row, columns: &'a Columns) -> Self {
        Self { cells: columns.fields(row), row, columns }
    }

    /// Begins without anything, for an order's line.
    pub(super) fn line(row: &'a Row, columns: &'a Columns) -> Self {
        Self { cells: columns.line_fields(row), row, columns }
    }

    /// Gives a field a value; the column is the one to name in messages.
    pub(super) fn value(&mut self, index: usize, field: &str, value: Value) {
        if self.cells.iter().any(|cell| &*cell.field == field) {
            return;
        }
        let (column, line) = (self.columns.name(index).clone(), self.row.line_of(index));
        self.cells.push(Cell { field: field.into(), column, line, value });
    }

    /// Gives a field a text.
    pub(super) fn text(&mut self, index: Option<usize>, field: &str, text: impl Into<String>) {
        if let Some(index) = index {
            self.value(index, field, Value::Text(text.into()));
        }
    }

    /// Gives a field names and values, unless there are none.
    pub(super) fn map(&mut self, field: &str, pairs: Vec<(usize, String, String)>) {
        let Some(index) = pairs.first().map(|(index, _, _)| *index) else { return };
        let map = pairs.into_iter().map(|(_, name, value)| (name, Value::Text(value))).collect();
        self.value(index, field, Value::Map(map));
    }

    /// Gives a field a list.
    pub(super) fn list(&mut self, index: Option<usize>, field: &str, items: Vec<String>) {
        if let Some(index) = index {
            self.value(index, field, Value::List(items.into_iter().map(Value::Text).collect()));
        }
    }

    /// Gives the tags, which are separated by commas.
    pub(super) fn tags(&mut self, index: Option<usize>, text: &str) {
        let tags = text.split(',').map(str::trim).filter(|tag| !tag.is_empty());
        self.list(index, "tags", tags.map(str::to_owned).collect());
    }
}

/// A column that a shape looks at; afterwards it has a role.
pub(super) fn take(columns: &mut Columns, name: &str) -> Option<usize> {
    let index = columns.find(name)?;
    columns.give(index, Role::Taken);
    Some(index)
}

/// The first of several names that is a column.
pub(super) fn take_any(columns: &mut Columns, names: &[&str]) -> Option<usize> {
    names.iter().find_map(|name| take(columns, name))
}

/// Columns in pairs: a name and a value.
pub(super) struct Pairs(Vec<(usize, usize)>);

impl Pairs {
    /// Finds `front # name` and `front # value` for the numbers from 1 on. A number that is left out ends them.
    pub(super) fn take(columns: &mut Columns, front: &str, name: &str, value: &str) -> Self {
        let pairs = (1..).map_while(|number| {
            let name = take(columns, &format!("{front}{number}{name}"))?;
            Some((name, take(columns, &format!("{front}{number}{value}"))?))
        });
        Self(pairs.collect())
    }

    /// Column, name and value of the pairs that a row has.
    pub(super) fn of(&self, row: &Row, columns: &Columns) -> Vec<(usize, String, String)> {
        let names = self.0.iter().map(|(name, _)| text(row, columns, Some(*name)));
        self.with(row, columns, &names.collect::<Vec<_>>())
    }

    /// The same where another row has the names.
    pub(super) fn with(
        &self,
        row: &Row,
        columns: &Columns,
        names: &[String],
    ) -> Vec<(usize, String, String)> {
        let pairs = self.0.iter().zip(names).filter(|((_, value), name)| row.has(*value) && !name.is_empty());
        pairs.map(|((_, value), name)| (*value, name.clone(), text(row, columns, Some(*value)))).collect()
    }

    /// The names that a row has.
    pub(super) fn names(&self, row: &Row, columns: &Columns) -> Vec<String> {
        self.0.iter().map(|(name, _)| text(row, columns, Some(*name))).collect()
    }

    /// Where the names stand.
    pub(super) fn name_columns(&self) -> impl Iterator<Item = usize> {
        self.0.iter().map(|(name, _)| *name)
    }

    /// Whether there are no such columns.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a row has any value.
    pub(super) fn any(&self, row: &Row) -> bool {
        self.0.iter().any(|(_, value)| row.has(*value))
    }
}

/// A value without the white space around it; the empty text without a column.
pub(super) fn text(row: &Row, columns: &Columns, index: Option<usize>) -> String {
    index.map_or_else(String::new, |index| columns.text(row, index).trim().to_owned())
}

/// A price without the zeros behind its last decimal, which say nothing: `1000.00` is a price in yen too.
pub(super) fn price(text: &str) -> String {
    match text.split_once('.') {
        Some((whole, decimals))
            if decimals.bytes().all(|byte| byte.is_ascii_digit()) && !whole.is_empty() =>
        {
            let decimals = decimals.trim_end_matches('0');
            if decimals.is_empty() { whole.to_owned() } else { format!("{whole}.{decimals}") }
        }
        _ => text.to_owned(),
    }
}

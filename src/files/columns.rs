//! The header of a table, and what each of its columns is.

use std::collections::HashMap;
use std::sync::Arc;

use super::error::FileError;
use super::fields::{GUARDED, Known, Place, REASON, known, nearest, quoted};
use super::notes::Notes;
use super::options::ReadOptions;
use super::record::{Cell, Value};
use super::rows::{MAX_COLUMNS, Row};

/// What becomes of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Role {
    /// A field of the thing.
    Field(Arc<str>),
    /// A field of an order's line.
    Line(Arc<str>),
    /// Read by the dialect.
    Taken,
    /// Says nothing of its own: shopctl works it out, or wrote it.
    Idle,
    /// Not kept; counted.
    Unkept,
}

/// The columns of a table.
pub(super) struct Columns {
    names: Vec<Arc<str>>,
    roles: Vec<Option<Role>>,
    /// Where the reason of a rejects file stands.
    pub(super) reason: Option<usize>,
    /// Where a file that is safe for spreadsheets says so.
    pub(super) guarded: Option<usize>,
    /// Places of the columns in `unkept` of the notes.
    counted: Vec<usize>,
    set: Vec<(Arc<str>, Arc<str>, String)>,
    known: &'static Known,
}

impl Columns {
    /// Reads a header, and gives the columns that were named by the caller their roles.
    ///
    /// # Errors
    /// All of the file: `missing_header`, `duplicate_column`, `too_many_columns`, and `unknown_column` where `--map` or `--set` names what is not
    /// there.
    pub(super) fn new(header: &Row, options: &ReadOptions) -> Result<Self, FileError> {
        let names: Vec<Arc<str>> = (0..header.len()).map(|index| header.get(index).trim().into()).collect();
        if names.len() > MAX_COLUMNS {
            let detail = format!("the header names {} columns, {MAX_COLUMNS} are the most", names.len());
            return Err(FileError::fatal("too_many_columns", detail).at(header.line));
        }
        let mut places: HashMap<&str, usize> = HashMap::new();
        for (index, name) in names.iter().enumerate() {
            if name.is_empty() {
                let detail = format!("column {} has no name in the header", index + 1);
                return Err(FileError::fatal("missing_header", detail).at(header.line));
            }
            if let Some(first) = places.insert(name, index) {
                let detail =
                    format!("the header names {name:?} twice, as columns {} and {}", first + 1, index + 1);
                return Err(FileError::fatal("duplicate_column", detail).at(header.line).column(name));
            }
        }
        let known = known(options.noun);
        let mut roles = vec![None; names.len()];
        let (reason, guarded) = (places.get(REASON).copied(), places.get(GUARDED).copied());
        if reason.is_some() && names.len() == 1 {
            let detail = format!("the header names no column but {REASON}");
            return Err(FileError::fatal("missing_header", detail).at(header.line));
        }
        for index in reason.iter().chain(&guarded) {
            roles[*index] = Some(Role::Idle);
        }
        for (column, field) in &options.map {
            let Some(&index) = places.get(column.as_str()) else {
                let near = nearest(column, names.iter().map(|name| &**name));
                let near = near.map_or_else(String::new, |near| format!("; did you mean {near:?}?"));
                let detail =
                    format!("--map names the column {column:?}, which the header does not have{near}");
                return Err(FileError::fatal("unknown_column", detail).at(header.line));
            };
            roles[index] = Some(chosen(known, column, field)?);
        }
        let set = options.set.iter().map(|(field, value)| {
            let field: Arc<str> = named(known, "--set", field)?.into();
            Ok((field, Arc::from("--set"), value.clone()))
        });
        let set = set.collect::<Result<Vec<_>, FileError>>()?;
        Ok(Self { names, roles, reason, guarded, counted: Vec::new(), set, known })
    }

    /// The columns in the file's own order and words.
    pub(super) fn names(&self) -> &[Arc<str>] {
        &self.names
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// Where a column stands, in any case of its letters; `None` also for one that the caller gave another role.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        let is =
            |index: &usize| self.roles[*index].is_none() && self.names[*index].eq_ignore_ascii_case(name);
        (0..self.len()).find(is)
    }

    /// Whether there is such a column, whatever its role.
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.iter().any(|known| known.eq_ignore_ascii_case(name))
    }

    /// The name of a column.
    pub(super) fn name(&self, index: usize) -> &Arc<str> {
        &self.names[index]
    }

    /// Gives a column a role, unless the caller gave it one.
    pub(super) fn give(&mut self, index: usize, role: Role) {
        self.roles[index].get_or_insert(role);
    }

    /// Columns without a role so far.
    pub(super) fn open(&self) -> Vec<usize> {
        (0..self.len()).filter(|index| self.roles[*index].is_none()).collect()
    }

    /// Whether a field is had from a column or from `--set`.
    pub(super) fn gives(&self, field: &str) -> bool {
        let gives = |role: &Option<Role>| matches!(role, Some(Role::Field(known)) if &**known == field);
        self.roles.iter().any(gives) || self.set.iter().any(|(known, _, _)| &**known == field)
    }

    /// The first column of a field.
    pub(super) fn of_field(&self, field: &str) -> Option<usize> {
        self.roles.iter().position(|role| matches!(role, Some(Role::Field(known)) if &**known == field))
    }

    /// What the columns are that still have no role: fields by their names; the rest is unknown.
    ///
    /// # Errors
    /// `unknown_column`; `duplicate_column` for a field that two columns give.
    pub(super) fn settle(&mut self, options: &ReadOptions, header_line: u64) -> Result<(), FileError> {
        for index in self.open() {
            let name = &self.names[index];
            let role = match self.known.column(name) {
                Some(Place::Thing(field)) => Role::Field(field.into()),
                Some(Place::Line(field)) => Role::Line(field.into()),
                None if options.ignore_unknown => Role::Unkept,
                None => return Err(self.known.unknown("column", name).at(header_line).column(name)),
            };
            self.give(index, role);
        }
        self.no_field_twice(header_line)
    }

    fn no_field_twice(&self, line: u64) -> Result<(), FileError> {
        let mut seen: HashMap<&Role, usize> = HashMap::new();
        for (index, role) in self.roles.iter().enumerate() {
            let Some(role @ (Role::Field(field) | Role::Line(field))) = role else { continue };
            if let Some(first) = seen.insert(role, index) {
                let (one, other) = (&self.names[first], &self.names[index]);
                let detail = format!("the columns {one:?} and {other:?} both give {field:?}");
                return Err(FileError::fatal("duplicate_column", detail).at(line).column(other));
            }
        }
        Ok(())
    }

    /// Begins to count what is not kept.
    pub(super) fn count_unkept(&mut self, notes: &mut Notes) {
        let set = |field: &Arc<str>| self.set.iter().any(|(known, _, _)| known == field);
        self.counted = (0..self.len())
            .filter(|index| match &self.roles[*index] {
                Some(Role::Unkept) => true,
                // What --set says instead.
                Some(Role::Field(field)) => set(field),
                _ => false,
            })
            .collect();
        notes.unkept = self.counted.iter().map(|index| (Arc::clone(&self.names[*index]), 0)).collect();
    }

    /// Counts the values of a row that are not kept.
    pub(super) fn count(&self, row: &Row, notes: &mut Notes) {
        for (place, index) in self.counted.iter().enumerate() {
            notes.unkept[place].1 += u64::from(row.has(*index));
        }
    }

    /// A value, as the file means it.
    pub(super) fn text(&self, row: &Row, index: usize) -> String {
        let text = row.get(index);
        let guarded = text.starts_with('\'') && self.guarded.is_some_and(|index| row.has(index));
        if guarded { text[1..].to_owned() } else { text.into_owned() }
    }

    /// A value as the cell of a field.
    pub(super) fn cell(&self, row: &Row, index: usize, field: &Arc<str>) -> Cell {
        Cell {
            field: Arc::clone(field),
            column: Arc::clone(&self.names[index]),
            line: row.line_of(index),
            value: Value::Text(self.text(row, index)),
        }
    }

    /// The fields that a row gives by its columns alone, and those of `--set`.
    pub(super) fn fields(&self, row: &Row) -> Vec<Cell> {
        let mut cells = Vec::with_capacity(self.len() + self.set.len());
        for (field, column, value) in &self.set {
            let (field, column) = (Arc::clone(field), Arc::clone(column));
            cells.push(Cell { field, column, line: row.line, value: Value::Text(value.clone()) });
        }
        let set = cells.len();
        for (index, role) in self.roles.iter().enumerate() {
            if let Some(Role::Field(field)) = role
                && !cells[..set].iter().any(|cell| cell.field == *field)
            {
                cells.push(self.cell(row, index, field));
            }
        }
        cells
    }

    /// What a row says of the thing itself, by column.
    pub(super) fn of_thing(&self, row: &Row) -> Vec<(usize, Value)> {
        let columns = self.roles.iter().enumerate().filter(|(_, role)| matches!(role, Some(Role::Field(_))));
        columns.map(|(index, _)| (index, Value::Text(self.text(row, index)))).collect()
    }

    /// The fields of an order's line.
    pub(super) fn line_fields(&self, row: &Row) -> Vec<Cell> {
        let cells = self.roles.iter().enumerate().filter_map(|(index, role)| match role {
            Some(Role::Line(field)) => Some(self.cell(row, index, field)),
            _ => None,
        });
        cells.collect()
    }

    /// Whether any column is of an order's line.
    pub(super) fn has_lines(&self) -> bool {
        self.roles.iter().any(|role| matches!(role, Some(Role::Line(_))))
    }
}

impl std::hash::Hash for Role {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        if let Self::Field(name) | Self::Line(name) = self {
            name.hash(state);
        }
    }
}

/// The role that `--map` gives.
fn chosen(known: &Known, column: &str, field: &str) -> Result<Role, FileError> {
    if field == "-" {
        return Ok(Role::Idle);
    }
    match known.column(field) {
        Some(Place::Thing(field)) => Ok(Role::Field(field.into())),
        Some(Place::Line(field)) => Ok(Role::Line(field.into())),
        None => Err(known.unknown(&format!("--map {}: the field", quoted(column)), field)),
    }
}

/// The field that an option names.
pub(super) fn named(known: &Known, option: &str, field: &str) -> Result<String, FileError> {
    known.member(field).ok_or_else(|| known.unknown(&format!("{option}: the field"), field))
}

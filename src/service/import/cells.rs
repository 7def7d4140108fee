//! Reading the cells of a record.

use std::str::FromStr;

use crate::domain::clock::Timestamp;
use crate::domain::invalid::Invalid;
use crate::domain::number::Version;
use crate::files::Cell;
use crate::service::fields::Fields;
use crate::service::patch::Patch;

/// The pointer to a cell's field.
pub(super) fn pointer(cell: &Cell) -> String {
    format!("/{}", cell.field)
}

/// What a cell says: `Clear` for an empty one. `Keep` is a noted problem.
pub(super) fn text<'a>(fields: &mut Fields, cell: &'a Cell) -> Patch<&'a str> {
    if cell.value.is_empty() {
        return Patch::Clear;
    }
    let text = cell.value.as_text();
    if text.is_none() {
        fields.problem(pointer(cell), wrong("a text"));
    }
    text.map_or(Patch::Keep, Patch::Set)
}

/// The text of a cell; `None` for an empty one and for a noted problem.
pub(super) fn some<'a>(fields: &mut Fields, cell: &'a Cell) -> Option<&'a str> {
    text(fields, cell).into_set()
}

/// The value of a cell; `None` for an empty one and for a noted problem.
pub(super) fn parsed<T: FromStr<Err = Invalid>>(fields: &mut Fields, cell: &Cell) -> Option<T> {
    let text = some(fields, cell)?;
    fields.check(pointer(cell), text.trim().parse())
}

/// What a cell changes of a field that may be empty.
pub(super) fn patch<T: FromStr<Err = Invalid>>(fields: &mut Fields, cell: &Cell) -> Patch<T> {
    match text(fields, cell) {
        Patch::Keep => Patch::Keep,
        Patch::Clear => Patch::Clear,
        Patch::Set(text) => fields.check(pointer(cell), text.parse()).map_or(Patch::Keep, Patch::Set),
    }
}

/// What was expected instead of a list or an object.
pub(super) fn wrong(expected: &str) -> Invalid {
    Invalid::new("invalid_type", format!("expected {expected}"))
}

/// What an export of ours says of a thing; it keeps that where it is made anew.
#[derive(Debug)]
pub(super) struct Kept<I> {
    pub(super) id: Option<I>,
    pub(super) version: Option<Version>,
    pub(super) created_at: Option<Timestamp>,
    pub(super) updated_at: Option<Timestamp>,
}

impl<I> Default for Kept<I> {
    fn default() -> Self {
        Self { id: None, version: None, created_at: None, updated_at: None }
    }
}

impl<I: FromStr<Err = Invalid>> Kept<I> {
    /// Takes a cell in, if it is one of these.
    pub(super) fn take(&mut self, fields: &mut Fields, cell: &Cell) -> bool {
        match &*cell.field {
            "id" => self.id = parsed(fields, cell),
            "version" => self.version = parsed(fields, cell),
            "created_at" => self.created_at = parsed(fields, cell),
            "updated_at" => self.updated_at = parsed(fields, cell),
            _ => return false,
        }
        true
    }

    /// The version that a thing is made with.
    pub(super) fn first_version(&self) -> Version {
        self.version.unwrap_or(Version::FIRST)
    }

    /// When a thing was made that is now, and when it was last written.
    pub(super) fn times(&self, now: Timestamp) -> (Timestamp, Timestamp) {
        let created = self.created_at.unwrap_or(now);
        (created, self.updated_at.or(self.created_at).unwrap_or(now))
    }
}

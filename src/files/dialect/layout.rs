//! What is known of another system's columns.

use super::Dialect;
use crate::files::columns::{Columns, Role};
use crate::files::error::FileError;
use crate::files::options::{Noun, ReadOptions};

/// One kind of file of another system. Names of columns are compared in any case of their letters; `#` stands for a number.
pub(super) struct Layout {
    pub(super) dialect: Dialect,
    pub(super) noun: Noun,
    /// What it is called in messages.
    pub(super) title: &'static str,
    /// Columns by which it is known: all of them are there.
    pub(super) marks: &'static [&'static str],
    /// Columns that it never has, where another layout has the same marks.
    pub(super) without: &'static [&'static str],
    /// Columns that are a field as they stand.
    pub(super) fields: &'static [(&'static str, &'static str)],
    /// Columns that are a field of an order's line as they stand.
    pub(super) lines: &'static [(&'static str, &'static str)],
    /// Columns that are looked at together with others.
    pub(super) taken: &'static [&'static str],
    /// The same, for whatever has this in its name, in lower case.
    pub(super) taken_like: &'static [&'static str],
    /// Columns that say nothing which is not said elsewhere.
    pub(super) idle: &'static [&'static str],
    /// Columns that shopctl has no place for.
    pub(super) unkept: &'static [&'static str],
    /// The same, for whatever has this in its name, in lower case.
    pub(super) unkept_like: &'static [&'static str],
    /// Whether any other column is taken too: it bears the name of something, such as a place.
    pub(super) open: bool,
}

impl Layout {
    /// A layout without columns, to be filled in.
    pub(super) const NONE: Self = Self {
        dialect: Dialect::Shopctl,
        noun: Noun::Products,
        title: "",
        marks: &[],
        without: &[],
        fields: &[],
        lines: &[],
        taken: &[],
        taken_like: &[],
        idle: &[],
        unkept: &[],
        unkept_like: &[],
        open: false,
    };

    /// Whether a file is of this kind.
    pub(super) fn fits(&self, columns: &Columns) -> bool {
        self.marks.iter().all(|mark| columns.has(mark)) && !self.without.iter().any(|name| columns.has(name))
    }

    /// Gives the columns their roles; those that are taken are still open then, for the shape to find.
    pub(super) fn check(
        &self,
        columns: &mut Columns,
        options: &ReadOptions,
        line: u64,
    ) -> Result<(), FileError> {
        for index in columns.open() {
            let name = columns.name(index).clone();
            let pair = |pairs: &[(&str, &'static str)]| {
                pairs.iter().find(|(known, _)| known.eq_ignore_ascii_case(&name)).map(|(_, field)| *field)
            };
            let is = |names: &[&str]| names.iter().any(|known| matches(known, &name));
            let holds = |names: &[&str]| {
                let lower = name.to_lowercase();
                names.iter().any(|part| lower.contains(part))
            };
            if let Some(field) = pair(self.fields) {
                // What --map says wins.
                let role = if columns.gives(field) { Role::Unkept } else { Role::Field(field.into()) };
                columns.give(index, role);
            } else if let Some(field) = pair(self.lines) {
                columns.give(index, Role::Line(field.into()));
            } else if is(self.idle) {
                columns.give(index, Role::Idle);
            } else if is(self.taken) || holds(self.taken_like) {
                // Left open: the shape finds it.
            } else if is(self.unkept) || holds(self.unkept_like) {
                columns.give(index, Role::Unkept);
            } else if !self.open {
                if !options.ignore_unknown {
                    let detail = format!(
                        "{} has no column {name:?} that is known here (--map '{name}'=FIELD says what it is, \
                         --map '{name}'=- leaves it out, --ignore-unknown all such)",
                        self.title
                    );
                    return Err(FileError::fatal("unknown_column", detail).at(line).column(&name));
                }
                columns.give(index, Role::Unkept);
            }
        }
        Ok(())
    }
}

/// Whether a name is the known one, in which `#` stands for a number.
fn matches(known: &str, name: &str) -> bool {
    let Some((front, behind)) = known.split_once('#') else { return known.eq_ignore_ascii_case(name) };
    let Some((start, rest)) = name.split_at_checked(front.len()) else { return false };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    start.eq_ignore_ascii_case(front) && digits > 0 && rest[digits..].eq_ignore_ascii_case(behind)
}

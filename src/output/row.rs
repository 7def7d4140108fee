//! What a thing must say of itself to be printed in any format.

use serde::Serialize;

/// One column: the name is also the name of the JSON member.
pub(crate) struct Column<T: ?Sized> {
    /// Its name, for headers and `--fields`.
    pub(crate) name: &'static str,
    /// Whether it is aligned to the right.
    pub(crate) number: bool,
    /// Whether a table of many rows shows it unasked.
    pub(crate) shown: bool,
    /// Its value as text; empty where there is none.
    pub(crate) text: fn(&T) -> String,
}

impl<T: ?Sized> Column<T> {
    /// A column of words.
    pub(crate) const fn text(name: &'static str, text: fn(&T) -> String) -> Self {
        Self { name, number: false, shown: true, text }
    }

    /// A column of numbers.
    pub(crate) const fn number(name: &'static str, text: fn(&T) -> String) -> Self {
        Self { name, number: true, shown: true, text }
    }

    /// A column of words that tables of many rows leave out unless it is asked for.
    pub(crate) const fn wide_text(name: &'static str, text: fn(&T) -> String) -> Self {
        Self { name, number: false, shown: false, text }
    }

    /// A column of numbers that tables of many rows leave out unless it is asked for.
    pub(crate) const fn wide_number(name: &'static str, text: fn(&T) -> String) -> Self {
        Self { name, number: true, shown: false, text }
    }
}

/// A table within a thing, shown below it.
pub(crate) struct Detail {
    /// What it is a table of.
    pub(crate) title: &'static str,
    /// Names, and whether they are aligned to the right.
    pub(crate) header: &'static [(&'static str, bool)],
    /// Cells.
    pub(crate) rows: Vec<Vec<String>>,
    /// The column that it replaces.
    pub(crate) column: &'static str,
}

/// A thing that can be printed.
pub(crate) trait Row: Serialize + Sized + 'static {
    /// Every column; the names are those of the JSON members.
    const COLUMNS: &'static [Column<Self>];

    /// What `-o id` prints.
    fn id(&self) -> String;

    /// Tables below a single thing.
    fn details(&self) -> Vec<Detail> {
        Vec::new()
    }
}

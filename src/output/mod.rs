//! What is printed: results to standard output in six formats, the conversation to standard error.
//!
//! [`Ui`] is the only writer of both. A command asks it for a [`Printer`] of the kind of row it will show *before* it does anything, so
//! that a mistyped `--fields` changes nothing; afterwards it hands over the rows.

mod csv;
mod error;
mod id;
mod json;
mod jsonl;
mod printer;
mod row;
mod rows;
mod table;
mod text;
mod tsv;
mod ui;

pub(crate) use error::{Part, Report};
pub(crate) use printer::{End, FieldsError, Printer};
pub(crate) use row::{Column, Row};
pub(crate) use rows::EventRow;
pub(crate) use ui::{Sink, Ui, UiOptions};

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// For people: aligned columns.
    Table,
    /// One JSON document.
    Json,
    /// One JSON object a line.
    Jsonl,
    /// RFC 4180, with a header.
    Csv,
    /// Tab-separated, with a header; tabs, newlines and backslashes in values are escaped.
    Tsv,
    /// Ids only, one a line.
    Id,
}

impl Format {
    /// All, in the order in which help lists them.
    pub(crate) const ALL: &'static [Self] =
        &[Self::Table, Self::Json, Self::Jsonl, Self::Csv, Self::Tsv, Self::Id];

    /// Its word.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Id => "id",
        }
    }

    /// Whether errors are JSON too.
    pub(crate) fn is_json(self) -> bool {
        matches!(self, Self::Json | Self::Jsonl)
    }
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl ColorChoice {
    /// All, in the order in which help lists them.
    pub(crate) const ALL: &'static [Self] = &[Self::Auto, Self::Always, Self::Never];

    /// Its word.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Always => "always",
            Self::Never => "never",
        }
    }
}

//! What an import has to know of a kind of thing. The passes over the file, batches and their records are the same for all.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::domain::import::Import;
use crate::files::Record;
use crate::service::error::{Problem, Result};
use crate::store::ImportWrite;

/// A kind of thing that files bring.
#[async_trait]
pub(super) trait Noun: Send + Sync + 'static {
    /// What a record says, parsed.
    type Row: Send + Sync + 'static;

    /// Reads a record; fails with everything that is wrong with it, each with a pointer to its field.
    fn parse(&self, record: &Record) -> std::result::Result<Self::Row, Vec<Problem>>;

    /// The natural key of a row in the form in which it is unique. A file may hold it once.
    fn key<'a>(&self, row: &'a Self::Row) -> &'a str;

    /// Whether only a look into the store tells if the row can be taken.
    fn needs_look(&self, row: &Self::Row) -> bool;

    /// How many batches of it may be under way at once.
    fn at_once(&self) -> usize {
        usize::MAX
    }

    /// Whether rows can be written without a look first, because the write itself refuses what must not be.
    fn writes_blindly(&self) -> bool;

    /// Decides rows, each with its place in the file, in their order. Unless `look`, nothing is read and all of them are taken to be
    /// new. What is there with the very id that the row would give it was made by this row before.
    async fn decide(&self, rows: Vec<(u64, Self::Row)>, look: bool) -> Result<Vec<Decided>>;

    /// What there is to say of the file beside what becomes of its rows, and of how many rows it is true.
    fn remarks(&self) -> Vec<(String, u64)> {
        Vec::new()
    }

    /// Takes back what a row did, unless somebody has changed it since.
    async fn undo(&self, import: &Import, row: &UndoRow) -> Result<Undone>;
}

/// What is to become of a row.
#[derive(Debug)]
pub(super) struct Decided {
    /// The version of what is there; none where there is nothing.
    pub(super) found: Option<i64>,
    /// What follows.
    pub(super) decision: Decision,
}

/// See [`Decided`].
#[derive(Debug)]
pub(super) enum Decision {
    /// It makes something.
    Create(Box<Change>),
    /// It changes something.
    Update(Box<Change>),
    /// All is as it wants it.
    Unchanged,
    /// It cannot be taken.
    Reject(Vec<Problem>),
}

/// Something to write.
#[derive(Debug)]
pub(super) struct Change {
    /// What.
    pub(super) write: ImportWrite,
    /// What it takes to take it back.
    pub(super) undo: UndoRow,
    /// What was there and what will be, as shown; only for plans.
    pub(super) shown: Option<(Json, Json)>,
}

/// What it takes to take a row back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum UndoRow {
    /// It made the thing whose id follows from the import and this place in the file.
    Made(u64),
    /// It made a thing that brought its own id, in this version.
    Brought(String, i64),
    /// It changed the thing of this id to this version; and what it was like before, in the noun's own words.
    Changed(String, i64, Json),
}

/// What came of taking a row back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Undone {
    /// It was taken back.
    Done,
    /// Nothing of it is left.
    Gone,
    /// It stays: which thing, and why.
    Refused(String, String),
}

//! What an import has to know of a kind of thing. The passes over the file, batches and their records are the same for all.

use std::str::FromStr;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::domain::actor::Actor;
use crate::domain::clock::Timestamp;
use crate::domain::import::Import;
use crate::domain::invalid::Invalid;
use crate::domain::inventory::MovementContext;
use crate::domain::number::Version;
use crate::domain::text::Reason;
use crate::files::Record;
use crate::service::error::{Error, Problem, Result};
use crate::store::{Commit, ImportWrite, StoreError};

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

    /// A pass over the file begins. In a `rehearsal` nothing is written, and rows count on what earlier ones would have left.
    fn begin_pass(&self, _rehearsal: bool) {}

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

/// Who does it, when, and whether only to see.
#[derive(Debug, Clone)]
pub(super) struct By {
    pub(super) actor: Actor,
    pub(super) at: Timestamp,
    pub(super) dry_run: bool,
}

impl By {
    /// Whose import it is.
    pub(super) fn of(import: &Import) -> Self {
        Self { actor: import.actor.clone(), at: import.started_at, dry_run: false }
    }

    /// How what they do is to last.
    pub(super) fn commit(&self) -> Commit {
        if self.dry_run { Commit::DryRun } else { Commit::Keep }
    }

    /// What movements say of what they do for an import.
    pub(super) fn context(&self, import: &Import, reason: Option<Reason>) -> MovementContext {
        MovementContext {
            actor: self.actor.clone(),
            at: self.at,
            order_id: None,
            reason,
            reference: import.id.to_string().parse().ok(),
        }
    }
}

/// Why stock moves when an import is taken back.
pub(super) fn taken_back() -> Option<Reason> {
    "import taken back".parse().ok()
}

/// What somebody else did in between is a reason to leave a row alone.
pub(super) fn told<T>(done: std::result::Result<T, StoreError>) -> Result<std::result::Result<(), String>> {
    match done {
        Ok(_) => Ok(Ok(())),
        Err(StoreError::Stale { .. }) => Ok(Err("it was changed since".to_owned())),
        Err(StoreError::Referenced(by)) => Ok(Err(format!("it is needed by {by}"))),
        Err(error @ StoreError::Refused { .. }) => Ok(Err(Error::from_store(error).detail)),
        Err(error) => Err(Error::from_store(error)),
    }
}

impl UndoRow {
    /// The thing that the row made or changed, the version in which it left it, and what it was before where it was changed.
    pub(super) fn thing<I: FromStr<Err = Invalid>>(
        &self,
        import: &Import,
        id_of: fn(Uuid) -> I,
    ) -> Result<(I, i64, Option<&Json>)> {
        let stored = |id: &str| id.parse().map_err(|invalid: Invalid| Error::internal(invalid.detail));
        Ok(match self {
            Self::Made(ordinal) => (id_of(import.uuid_of(*ordinal)), Version::FIRST.get(), None),
            Self::Brought(id, version) => (stored(id)?, *version, None),
            Self::Changed(id, version, before) => (stored(id)?, *version, Some(before)),
        })
    }
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

impl Undone {
    /// What came of an attempt at this thing.
    pub(super) fn of(thing: String, done: std::result::Result<(), String>) -> Self {
        match done {
            Ok(()) => Self::Done,
            Err(reason) => Self::Refused(thing, reason),
        }
    }

    /// Somebody has changed this thing since.
    pub(super) fn moved_on(thing: String, version: Version) -> Self {
        Self::Refused(thing, format!("it was changed since: it is at version {version}"))
    }
}

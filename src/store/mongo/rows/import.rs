//! Imports and their batches as they are kept.

use mongodb::bson::DateTime;
use serde::{Deserialize, Serialize};

use super::{Origin, Row};
use crate::domain::actor::Actor;
use crate::domain::id::ImportId;
use crate::domain::import::{Import, Tally};
use crate::store::mongo::filter::time;
use crate::store::{ImportBatch, Result};

/// A document of `imports`.
#[derive(Serialize, Deserialize)]
pub(in crate::store::mongo) struct ImportRow {
    #[serde(rename = "_id")]
    id: String,
    once: String,
    sha256: String,
    file: String,
    noun: String,
    mode: String,
    options: Vec<String>,
    actor: String,
    started_at: DateTime,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ended_at: Option<DateTime>,
    state: String,
    batch_rows: i64,
    tally: TallyRow,
}

#[derive(Serialize, Deserialize)]
pub(in crate::store::mongo) struct TallyRow {
    created: i64,
    updated: i64,
    unchanged: i64,
    rejected: i64,
}

impl TallyRow {
    fn of(tally: &Tally) -> Self {
        let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        Self {
            created: count(tally.created),
            updated: count(tally.updated),
            unchanged: count(tally.unchanged),
            rejected: count(tally.rejected),
        }
    }

    fn tally(&self, at: Origin<'_>) -> Result<Tally> {
        let count =
            |count: i64| u64::try_from(count).map_err(|_| at.corrupt("tally", format!("{count} is below 0")));
        Ok(Tally {
            created: count(self.created)?,
            updated: count(self.updated)?,
            unchanged: count(self.unchanged)?,
            rejected: count(self.rejected)?,
        })
    }
}

impl Row for ImportRow {
    const COLLECTION: &'static str = "imports";
    type Value = Import;

    fn into_value(self) -> Result<Import> {
        let at = Origin { collection: Self::COLLECTION, key: &self.id };
        Ok(Import {
            id: at.parse("_id", &self.id)?,
            noun: at.parse("noun", &self.noun)?,
            mode: at.parse("mode", &self.mode)?,
            started_at: at.time("started_at", self.started_at)?,
            ended_at: self.ended_at.map(|ended| at.time("ended_at", ended)).transpose()?,
            state: at.parse("state", &self.state)?,
            batch_rows: u32::try_from(self.batch_rows)
                .map_err(|_| at.corrupt("batch_rows", format!("{} is out of range", self.batch_rows)))?,
            tally: self.tally.tally(at)?,
            once: self.once,
            sha256: self.sha256,
            file: self.file,
            options: self.options,
            actor: Actor::from_stored(self.actor),
        })
    }

    fn of(import: &Import) -> Self {
        Self {
            id: import.id.to_string(),
            once: import.once.clone(),
            sha256: import.sha256.clone(),
            file: import.file.clone(),
            noun: import.noun.to_string(),
            mode: import.mode.to_string(),
            options: import.options.clone(),
            actor: import.actor.as_str().to_owned(),
            started_at: time(import.started_at),
            ended_at: import.ended_at.map(time),
            state: import.state.to_string(),
            batch_rows: i64::from(import.batch_rows),
            tally: TallyRow::of(&import.tally),
        }
    }
}

/// A document of `import_batches`.
#[derive(Serialize, Deserialize)]
pub(in crate::store::mongo) struct BatchRow {
    #[serde(rename = "_id")]
    id: String,
    import_id: String,
    number: i64,
    tally: TallyRow,
    undo: String,
}

/// The same, read without what it takes to take the batch back.
#[derive(Serialize, Deserialize)]
pub(in crate::store::mongo) struct BatchSummaryRow {
    #[serde(rename = "_id")]
    id: String,
    number: i64,
    tally: TallyRow,
}

/// The `_id` of a batch. It sorts by import and then by number, and makes the pair unique.
pub(in crate::store::mongo) fn batch_key(import: ImportId, number: u64) -> String {
    format!("{import}:{:012}", number.min(999_999_999_999))
}

impl BatchRow {
    /// How a batch of this import is kept.
    pub(in crate::store::mongo) fn of_import(import: ImportId, batch: &ImportBatch) -> Self {
        Self {
            id: batch_key(import, batch.number),
            import_id: import.to_string(),
            number: i64::try_from(batch.number).unwrap_or(i64::MAX),
            tally: TallyRow::of(&batch.tally),
            undo: batch.undo.clone(),
        }
    }
}

fn batch(id: &str, number: i64, tally: &TallyRow, undo: String) -> Result<ImportBatch> {
    let at = Origin { collection: "import_batches", key: id };
    let number = u64::try_from(number).map_err(|_| at.corrupt("number", format!("{number} is below 0")))?;
    Ok(ImportBatch { number, tally: tally.tally(at)?, undo })
}

impl Row for BatchRow {
    const COLLECTION: &'static str = "import_batches";
    type Value = (ImportId, ImportBatch);

    fn into_value(self) -> Result<(ImportId, ImportBatch)> {
        let import =
            Origin { collection: Self::COLLECTION, key: &self.id }.parse("import_id", &self.import_id)?;
        Ok((import, batch(&self.id, self.number, &self.tally, self.undo)?))
    }

    fn of((import, batch): &(ImportId, ImportBatch)) -> Self {
        Self::of_import(*import, batch)
    }
}

impl BatchSummaryRow {
    /// What it means.
    pub(in crate::store::mongo) fn into_batch(self) -> Result<ImportBatch> {
        batch(&self.id, self.number, &self.tally, String::new())
    }
}

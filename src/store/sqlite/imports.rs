//! Imports and their batches.

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::SqliteStore;
use super::decode::Fields;
use super::list::List;
use super::{log, many_products, orders, products, stock, users};
use crate::domain::actor::Actor;
use crate::domain::clock::Timestamp;
use crate::domain::id::ImportId;
use crate::domain::import::{Import, ImportFilter, ImportSort, ImportState, Tally};
use crate::domain::page::{Page, PageRequest};
use crate::store::{
    BatchWrite, Commit, ImportBatch, ImportStore, ImportWrite, Pace, Result, RowOutcome, StoreError, Unique,
    crash,
};

fn read(row: &Row<'_>) -> Result<Import> {
    let fields = Fields::new(row, "imports", "id");
    Ok(Import {
        id: fields.parse("id")?,
        once: fields.get("once")?,
        sha256: fields.get("sha256")?,
        file: fields.get("file")?,
        noun: fields.parse("noun")?,
        mode: fields.parse("mode")?,
        options: serde_json::from_str(&fields.get::<String>("options")?)
            .map_err(|error| fields.corrupt("options", error))?,
        actor: Actor::from_stored(fields.get("actor")?),
        started_at: fields.at("started_at")?,
        ended_at: fields.maybe_at("ended_at")?,
        state: fields.parse("state")?,
        batch_rows: fields.get("batch_rows")?,
        tally: tally(&fields)?,
    })
}

fn tally(fields: &Fields<'_>) -> Result<Tally> {
    Ok(Tally {
        created: count(fields, "created")?,
        updated: count(fields, "updated")?,
        unchanged: count(fields, "unchanged")?,
        rejected: count(fields, "rejected")?,
    })
}

fn count(fields: &Fields<'_>, field: &'static str) -> Result<u64> {
    u64::try_from(fields.get::<i64>(field)?).map_err(|error| fields.corrupt(field, error))
}

/// A count as SQLite keeps it: created, updated, unchanged, rejected.
fn counts(tally: &Tally) -> [i64; 4] {
    [tally.created, tally.updated, tally.unchanged, tally.rejected].map(int)
}

fn int(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A batch; without an `undo` column, without what it takes to take it back.
fn read_batch(row: &Row<'_>, whole: bool) -> Result<ImportBatch> {
    let fields = Fields::new(row, "import_batches", "import_id");
    Ok(ImportBatch {
        number: count(&fields, "number")?,
        tally: tally(&fields)?,
        undo: if whole { fields.get("undo")? } else { String::new() },
    })
}

fn begin(connection: &Connection, import: &Import) -> Result<()> {
    let [created, updated, unchanged, rejected] = counts(&import.tally);
    let options: serde_json::Value = import.options.iter().map(String::as_str).collect();
    connection.execute(
        "INSERT INTO imports (id, once, sha256, file, noun, mode, options, actor, started_at, ended_at, state, batch_rows, \
         created, updated, unchanged, rejected) VALUES (:id, :once, :sha256, :file, :noun, :mode, :options, :actor, \
         :started_at, :ended_at, :state, :batch_rows, :created, :updated, :unchanged, :rejected)",
        named_params! {
            ":id": import.id.to_string(),
            ":once": import.once,
            ":sha256": import.sha256,
            ":file": import.file,
            ":noun": import.noun.as_str(),
            ":mode": import.mode.as_str(),
            ":options": options.to_string(),
            ":actor": import.actor.as_str(),
            ":started_at": import.started_at.as_millis(),
            ":ended_at": import.ended_at.map(Timestamp::as_millis),
            ":state": import.state.as_str(),
            ":batch_rows": import.batch_rows,
            ":created": created,
            ":updated": updated,
            ":unchanged": unchanged,
            ":rejected": rejected,
        },
    )?;
    Ok(())
}

fn end(connection: &Connection, import: &Import, from: ImportState) -> Result<()> {
    let [created, updated, unchanged, rejected] = counts(&import.tally);
    let changed = connection.execute(
        "UPDATE imports SET ended_at = ?, state = ?, created = ?, updated = ?, unchanged = ?, rejected = ? \
         WHERE id = ? AND state = ?",
        params![
            import.ended_at.map(Timestamp::as_millis),
            import.state.as_str(),
            created,
            updated,
            unchanged,
            rejected,
            import.id.to_string(),
            from.as_str(),
        ],
    )?;
    if changed == 1 { Ok(()) } else { Err(StoreError::Stale { current: None }) }
}

fn write(connection: &Connection, batch: &BatchWrite) -> Result<Vec<RowOutcome>> {
    let import = batch.import.to_string();
    let number = int(batch.number);
    // Looked for first, so that a batch that was done is told as such and not as one of its rows.
    let done = connection
        .prepare_cached("SELECT 1 FROM import_batches WHERE import_id = ? AND number = ?")?
        .exists(params![import, number])?;
    if done {
        return Err(StoreError::Duplicate(Unique::ImportBatch));
    }
    let products = batch.writes.iter().filter_map(|write| match write {
        ImportWrite::InsertProduct(product, _) => Some(many_products::Write::Insert(product)),
        ImportWrite::ReplaceProduct(product) => Some(many_products::Write::Replace(product)),
        _ => None,
    });
    many_products::write(connection, products)?;
    let mut outcomes = Vec::with_capacity(batch.writes.len());
    for write in &batch.writes {
        outcomes.push(match write_row(connection, write) {
            Ok(()) => RowOutcome::Written,
            // Refused by what the store holds, before anything of the row was written.
            Err(refusal @ (StoreError::Short(_) | StoreError::Refused { .. })) => {
                RowOutcome::Refused(refusal)
            }
            Err(error) => return Err(error),
        });
    }
    crash::point("import:rows");
    let (tally, undo) = (batch.record)(&outcomes);
    let [created, updated, unchanged, rejected] = counts(&tally);
    connection
        .prepare_cached(
            "INSERT INTO import_batches (import_id, number, created, updated, unchanged, rejected, undo) \
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![import, number, created, updated, unchanged, rejected, undo])?;
    crash::point("import:recorded");
    Ok(outcomes)
}

/// Writes what is not a product; products have been written before.
fn write_row(connection: &Connection, write: &ImportWrite) -> Result<()> {
    match write {
        ImportWrite::InsertProduct(product, opening) => {
            products::open_stock(connection, product, opening.as_ref())
        }
        ImportWrite::ReplaceProduct(_) => Ok(()),
        ImportWrite::InsertUser(user, entries) => {
            users::insert(connection, user)?;
            log::add(connection, entries)
        }
        ImportWrite::ReplaceUser(user, entries) => {
            users::replace(connection, user)?;
            log::add(connection, entries)
        }
        ImportWrite::ChangeStock(change) => stock::change(connection, change).map(drop),
        ImportWrite::RecordOrder(recorded) => orders::record(connection, recorded),
        ImportWrite::BringOrder(order, effects, context) => {
            orders::bring(connection, order, effects, context)
        }
    }
}

#[async_trait]
impl ImportStore for SqliteStore {
    fn import_pace(&self) -> Pace {
        // One writes, and the next is decided meanwhile.
        Pace { rows: 2000, in_flight: 2 }
    }

    async fn begin_import(&self, import: &Import) -> Result<()> {
        let import = import.clone();
        self.write(Commit::Keep, move |connection| begin(connection, &import)).await
    }

    async fn end_import(&self, import: &Import, from: ImportState) -> Result<()> {
        let import = import.clone();
        self.write(Commit::Keep, move |connection| end(connection, &import, from)).await
    }

    async fn find_import(&self, id: ImportId) -> Result<Option<Import>> {
        self.read(move |connection| {
            let mut statement = connection.prepare_cached("SELECT * FROM imports WHERE id = ?")?;
            statement.query_row([id.to_string()], |row| Ok(read(row))).optional()?.transpose()
        })
        .await
    }

    async fn find_import_once(&self, once: &str) -> Result<Option<Import>> {
        let once = once.to_owned();
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT * FROM imports WHERE once = ? AND state <> 'undone' ORDER BY id DESC LIMIT 1",
            )?;
            statement.query_row([once], |row| Ok(read(row))).optional()?.transpose()
        })
        .await
    }

    async fn list_imports(
        &self,
        filter: &ImportFilter,
        page: &PageRequest<ImportSort>,
    ) -> Result<Page<Import>> {
        let mut list = List::new();
        list.only("noun = ?", filter.noun.map(|noun| noun.as_str().to_owned()));
        list.only("state = ?", filter.state.map(|state| state.as_str().to_owned()));
        let column = match page.sort.field {
            ImportSort::Id => "id",
        };
        let page = page.clone();
        self.read(move |connection| list.page(connection, "imports", (column, "id"), &page, read)).await
    }

    async fn write_import(&self, batch: BatchWrite) -> Result<Vec<RowOutcome>> {
        self.write(Commit::Keep, move |connection| write(connection, &batch)).await
    }

    async fn import_batches(&self, id: ImportId, from: u64, limit: usize) -> Result<Vec<ImportBatch>> {
        let (from, limit) = (int(from), i64::try_from(limit).unwrap_or(i64::MAX));
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT import_id, number, created, updated, unchanged, rejected FROM import_batches \
                 WHERE import_id = ? AND number >= ? ORDER BY number LIMIT ?",
            )?;
            let mut rows = statement.query(params![id.to_string(), from, limit])?;
            let mut batches = Vec::new();
            while let Some(row) = rows.next()? {
                batches.push(read_batch(row, false)?);
            }
            Ok(batches)
        })
        .await
    }

    async fn find_import_batch(&self, id: ImportId, number: u64) -> Result<Option<ImportBatch>> {
        let number = int(number);
        self.read(move |connection| {
            let mut statement = connection
                .prepare_cached("SELECT * FROM import_batches WHERE import_id = ? AND number = ?")?;
            let found = statement.query_row(params![id.to_string(), number], |row| Ok(read_batch(row, true)));
            found.optional()?.transpose()
        })
        .await
    }
}

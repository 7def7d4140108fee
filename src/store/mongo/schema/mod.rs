//! Indexes and validators: made by `init`, or by the first write of a process where they are missing. Reads make nothing.

mod available;
mod indexes;
mod validators;
mod words;

use std::collections::BTreeMap;
use std::future::Future;

use futures_util::TryStreamExt;
use futures_util::future::try_join_all;
use mongodb::bson::{Bson, Document, doc};
use mongodb::error::Error;

use super::error::{code, code_of};
use super::rows::{ProductRow, Row, StockRow};
use super::shared::Shared;
use crate::store::{Check, Commit, Result, StoreError};
pub(super) use available::AVAILABLE_SINCE;
use indexes::Index;
pub(super) use validators::is_low;
pub(super) use words::SEARCH_TEXT_SINCE;

/// The version that this program writes. It rises when an older program could no longer read or write rightly.
pub(super) const KNOWN: i64 = 10;

/// How often to try a step of `init` again that met the same step of another process.
const REPEATS: u32 = 50;

impl Shared {
    /// Makes sure, once a process, that what is written goes into a schema that this program knows. A dry run makes nothing.
    pub(super) async fn ready(&self, commit: &Commit) -> Result<()> {
        if self.is_current().await? {
            return Ok(());
        }
        match self.stored_schema().await? {
            Some(found) if found > KNOWN => Err(StoreError::NewerSchema { found, known: KNOWN }),
            _ if commit.is_dry_run() => Ok(()),
            _ => self.schema.get_or_try_init(|| self.make_schema()).await.copied(),
        }
    }

    /// Whether what is stored is known to be as this program writes it. It stays so, and is asked of the store until it is.
    pub(super) async fn is_current(&self) -> Result<bool> {
        if !self.schema.initialized() {
            if self.stored_schema().await? != Some(KNOWN) {
                return Ok(false);
            }
            self.schema.get_or_init(|| async {}).await;
        }
        Ok(true)
    }

    /// Brings indexes and validators up to date, whatever the version.
    pub(super) async fn init(&self) -> Result<()> {
        if let Some(found) = self.stored_schema().await?
            && found > KNOWN
        {
            return Err(StoreError::NewerSchema { found, known: KNOWN });
        }
        self.make_schema().await
    }

    async fn make_schema(&self) -> Result<()> {
        let older = self.stored_schema().await?.is_some_and(|found| found < KNOWN);
        let found = self.stored_validators().await?;
        let each = validators::all().into_iter().map(|(name, validator)| {
            let found = found.get(name);
            async move {
                let current = found.is_some_and(|found| found.as_ref() == Some(&validator));
                if !current {
                    self.set_validator(name, validator).await?;
                }
                if older {
                    match name {
                        ProductRow::COLLECTION => self.keep_words().await?,
                        StockRow::COLLECTION => self.keep_available().await?,
                        _ => {}
                    }
                    self.drop_changed(name).await?;
                }
                self.make_indexes(name).await?;
                if older { self.drop_outgrown(name).await } else { Ok(()) }
            }
        });
        try_join_all(each).await?;
        self.note_schema(KNOWN).await
    }

    async fn set_validator(&self, name: &'static str, validator: Document) -> Result<()> {
        let create =
            doc! { "create": name, "validator": validator.clone(), "writeConcern": { "w": "majority" } };
        let made = self.repeat(|| self.database.run_command(create.clone()).into_future()).await;
        match made {
            Err(error) if code_of(&error) == Some(code::NAMESPACE_EXISTS) => {}
            made => return made.map(drop).map_err(|error| self.explain(&error)),
        }
        let change = doc! { "collMod": name, "validator": validator, "writeConcern": { "w": "majority" } };
        let changed = self.repeat(|| self.database.run_command(change.clone()).into_future()).await;
        changed.map(drop).map_err(|error| self.explain(&error))
    }

    async fn make_indexes(&self, name: &'static str) -> Result<()> {
        let wanted: Vec<Document> = indexes::of(name).iter().map(Index::definition).collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let create = doc! { "createIndexes": name, "indexes": wanted, "writeConcern": { "w": "majority" } };
        match self.repeat(|| self.database.run_command(create.clone()).into_future()).await {
            Err(error) if code_of(&error) == Some(code::DUPLICATE_KEY) => Err(StoreError::Internal(format!(
                "a unique index on {name} cannot be made: two documents there share what must be unique"
            ))),
            made => made.map(drop).map_err(|error| self.explain(&error)),
        }
    }

    /// Drops the indexes of an older schema that cost every write and help no list any more.
    async fn drop_outgrown(&self, name: &'static str) -> Result<()> {
        let there = self.stored_indexes(name).await?;
        for outgrown in indexes::outgrown(name) {
            if there.iter().any(|index| is_named(index, outgrown)) {
                self.drop_index(name, (*outgrown).into()).await?;
            }
        }
        Ok(())
    }

    /// Drops the indexes that are to be made anew under the same name. Until then lists do without.
    async fn drop_changed(&self, name: &'static str) -> Result<()> {
        let there = self.stored_indexes(name).await?;
        for wanted in indexes::of(name).iter().map(Index::definition) {
            let named = wanted.get_str("name").unwrap_or_default();
            let former = there.iter().find(|index| is_named(index, named)).and_then(|index| index.get("key"));
            if let Some(former) = former.filter(|key| !same(Some(key), &wanted["key"])) {
                // By its key: under its name there may be the new one by now, made by another process.
                self.drop_index(name, former.clone()).await?;
            }
        }
        Ok(())
    }

    async fn drop_index(&self, name: &str, index: Bson) -> Result<()> {
        let drop = doc! { "dropIndexes": name, "index": index, "writeConcern": { "w": "majority" } };
        match self.repeat(|| self.database.run_command(drop.clone()).into_future()).await {
            // Another process was quicker.
            Err(error) if code_of(&error) == Some(code::INDEX_NOT_FOUND) => Ok(()),
            done => done.map(std::mem::drop).map_err(|error| self.explain(&error)),
        }
    }

    /// Runs a command again while another process is at the same thing.
    async fn repeat<T, F: Future<Output = std::result::Result<T, Error>>>(
        &self,
        command: impl Fn() -> F,
    ) -> std::result::Result<T, Error> {
        let mut repeats = 0;
        loop {
            let done = command().await;
            let busy = [code::WRITE_CONFLICT, code::CONFLICTING_OPERATION, code::BACKGROUND_OPERATION];
            match &done {
                Err(error)
                    if repeats < REPEATS && code_of(error).is_some_and(|code| busy.contains(&code)) =>
                {
                    repeats += 1;
                    let pause = 1 + rand::random::<u64>() % 20;
                    tokio::time::sleep(std::time::Duration::from_millis(pause)).await;
                }
                _ => return done,
            }
        }
    }

    /// The validator of each collection there is.
    async fn stored_validators(&self) -> Result<BTreeMap<String, Option<Document>>> {
        let listed = self.database.list_collections().await.map_err(|error| self.explain(&error))?;
        let listed: Vec<_> = listed.try_collect().await.map_err(|error| self.explain(&error))?;
        Ok(listed.into_iter().map(|found| (found.name, found.options.validator)).collect())
    }

    /// Looks at version, validators and indexes.
    pub(super) async fn check_schema(&self) -> Result<Vec<Check>> {
        let mut checks = vec![Check {
            name: "schema version".to_owned(),
            problem: match self.stored_schema().await? {
                Some(KNOWN) => None,
                None => Some("the store has not been initialised".to_owned()),
                Some(found) => Some(format!("found {found}, this program writes {KNOWN}")),
            },
        }];
        let found = self.stored_validators().await?;
        for (name, validator) in validators::all() {
            let problem = match found.get(name) {
                None => Some("the collection is missing"),
                Some(None) => Some("missing"),
                Some(Some(found)) if *found != validator => Some("has been changed"),
                Some(Some(_)) => None,
            };
            checks.push(Check { name: format!("validator {name}"), problem: problem.map(str::to_owned) });
            let there = if found.contains_key(name) { self.stored_indexes(name).await? } else { Vec::new() };
            for index in indexes::of(name) {
                let wanted = index.definition();
                let problem = match there.iter().find(|found| found.get("name") == wanted.get("name")) {
                    None => Some("missing".to_owned()),
                    Some(found) => wanted
                        .iter()
                        .find(|(option, value)| !same(found.get(option.as_str()), value))
                        .map(|(option, _)| format!("has another {option}")),
                };
                checks.push(Check { name: format!("index {name}.{}", index.name()), problem });
            }
        }
        Ok(checks)
    }

    async fn stored_indexes(&self, name: &str) -> Result<Vec<Document>> {
        let command = doc! { "listIndexes": name, "cursor": { "batchSize": 1000 } };
        let listed = self.database.run_command(command).await.map_err(|error| self.explain(&error))?;
        let batch = listed.get_document("cursor").and_then(|cursor| cursor.get_array("firstBatch"));
        Ok(batch.into_iter().flatten().filter_map(Bson::as_document).cloned().collect())
    }
}

fn is_named(index: &Document, wanted: &str) -> bool {
    index.get_str("name").is_ok_and(|name| name == wanted)
}

/// Equal, whatever width the server keeps the numbers of a key at.
fn same(found: Option<&Bson>, wanted: &Bson) -> bool {
    let number = |value: &Bson| match value {
        Bson::Int32(number) => Some(i64::from(*number)),
        Bson::Int64(number) => Some(*number),
        #[expect(clippy::cast_possible_truncation, reason = "directions of an index are 1 and -1")]
        Bson::Double(number) => Some(*number as i64),
        _ => None,
    };
    match (found, wanted) {
        (Some(Bson::Document(found)), Bson::Document(wanted)) => {
            found.keys().eq(wanted.keys()) && wanted.iter().all(|(key, value)| same(found.get(key), value))
        }
        (Some(found), wanted) => found == wanted || number(found).is_some_and(|n| Some(n) == number(wanted)),
        (None, _) => false,
    }
}

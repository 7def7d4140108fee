//! Reads of single documents that are asked for at the same time share one query.
//!
//! A read by itself is sent at once: nothing waits for company. Only while one query of a collection is under way do other reads of
//! it queue up, and then they all go into the next one. So what each read sees was read after it was asked for, and a crowd of
//! requests costs a few queries instead of one each. A query that is slow holds nobody up for longer than [`PATIENCE`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::TryStreamExt;
use mongodb::bson::{Bson, Document, RawBsonRef, RawDocument, doc};
use tokio::sync::oneshot;

use super::MongoStore;
use super::rows::{self, Row};
use super::shared::Shared;
use crate::store::{Result, StoreError};

/// How long the next query waits for the one before. A server that is well answers in a millisecond or two; where one is not, reads
/// go side by side, as they would without any of this.
const PATIENCE: Duration = Duration::from_millis(50);
/// The most keys of one query.
const MOST_KEYS: usize = 1000;

/// A field that no two documents share, and the value it is to have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    field: &'static str,
    value: Value,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Value {
    Text(String),
    Number(i64),
}

impl Key {
    /// `_id`.
    pub(super) fn id(id: impl std::fmt::Display) -> Self {
        Self::text("_id", id.to_string())
    }

    /// A field that holds text.
    pub(super) fn text(field: &'static str, value: impl Into<String>) -> Self {
        Self { field, value: Value::Text(value.into()) }
    }

    /// A field that holds a number.
    pub(super) fn number(field: &'static str, value: i64) -> Self {
        Self { field, value: Value::Number(value) }
    }

    /// The key that a document has in this field.
    fn of(raw: &RawDocument, field: &'static str) -> Option<Self> {
        let value = match raw.get(field) {
            Ok(Some(RawBsonRef::String(text))) => Value::Text(text.to_owned()),
            Ok(Some(RawBsonRef::Int64(number))) => Value::Number(number),
            Ok(Some(RawBsonRef::Int32(number))) => Value::Number(number.into()),
            _ => return None,
        };
        Some(Self { field, value })
    }
}

impl From<Value> for Bson {
    fn from(value: Value) -> Self {
        match value {
            Value::Text(text) => Self::String(text),
            Value::Number(number) => Self::Int64(number),
        }
    }
}

/// One who asked, and for what.
struct Waiting<T> {
    keys: Vec<Key>,
    reply: oneshot::Sender<Result<Vec<T>>>,
}

struct State<T> {
    waiting: Vec<Waiting<T>>,
    /// Whether a task sees to what waits.
    runs: bool,
}

/// The reads of one collection.
pub(super) struct Lookups<R: Row>(Mutex<State<R::Value>>);

impl<R: Row> Default for Lookups<R> {
    fn default() -> Self {
        Self(Mutex::new(State { waiting: Vec::new(), runs: false }))
    }
}

impl<R: Row> Lookups<R> {
    fn state(&self) -> MutexGuard<'_, State<R::Value>> {
        // Nothing that could panic runs under the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns whether a task has to be set going.
    fn push(&self, waiting: Waiting<R::Value>) -> bool {
        let mut state = self.state();
        state.waiting.push(waiting);
        !std::mem::replace(&mut state.runs, true)
    }

    /// What goes into the next query; when it is empty, the task is to end.
    fn next(&self) -> Vec<Waiting<R::Value>> {
        let mut state = self.state();
        let mut keys = 0;
        let fits = |waiting: &&Waiting<R::Value>| {
            keys += waiting.keys.len();
            keys <= MOST_KEYS
        };
        // One alone may ask for more.
        let count = state.waiting.iter().take_while(fits).count().max(1).min(state.waiting.len());
        state.runs = count > 0;
        state.waiting.drain(..count).collect()
    }
}

impl MongoStore {
    /// The document with this key.
    pub(super) async fn look_up<R: Row>(
        &self,
        lookups: &Arc<Lookups<R>>,
        key: Key,
    ) -> Result<Option<R::Value>> {
        Ok(self.look_up_all(lookups, vec![key]).await?.pop())
    }

    /// The documents with these keys, each once, and waits for them as [`MongoStore::run`] waits.
    pub(super) async fn look_up_all<R: Row>(
        &self,
        lookups: &Arc<Lookups<R>>,
        keys: Vec<Key>,
    ) -> Result<Vec<R::Value>> {
        let (reply, found) = oneshot::channel();
        if lookups.push(Waiting { keys, reply }) {
            self.shared.engine.spawn(see_to(Arc::clone(&self.shared), Arc::clone(lookups)));
        }
        let mut contact = self.shared.contact.clone();
        tokio::select! {
            biased;
            found = found => found.unwrap_or_else(|_| {
                Err(StoreError::Internal("a read on MongoDB did not end".to_owned()))
            }),
            why = contact.refused() => Err(self.shared.unreachable(Some(why))),
            () = tokio::time::sleep(self.shared.longest) => Err(StoreError::Timeout),
        }
    }
}

/// Sends queries until nothing waits.
async fn see_to<R: Row>(store: Arc<Shared>, lookups: Arc<Lookups<R>>) {
    loop {
        let group = lookups.next();
        if group.is_empty() {
            return;
        }
        let work = Arc::clone(&store);
        let mut query = Box::pin(async move { work.answer::<R>(group).await });
        tokio::select! {
            biased;
            () = &mut query => {}
            // It goes on by itself; a query is never dropped half-way.
            () = tokio::time::sleep(PATIENCE) => drop(store.engine.spawn(query)),
        }
    }
}

impl Shared {
    /// One query for all of them. Who no longer listens is not told.
    async fn answer<R: Row>(&self, group: Vec<Waiting<R::Value>>) {
        let mut wanted: Vec<Key> = group.iter().flat_map(|waiting| &waiting.keys).cloned().collect();
        wanted.sort_unstable();
        wanted.dedup();
        match self.find_by_keys::<R>(wanted).await {
            Ok(found) => {
                for waiting in group {
                    let _ = waiting.reply.send(found.of(&waiting.keys));
                }
            }
            Err(error) => {
                for waiting in group {
                    let _ = waiting.reply.send(Err(error.clone()));
                }
            }
        }
    }

    async fn find_by_keys<R: Row>(&self, keys: Vec<Key>) -> Result<Found<R::Value>> {
        let mut fields: BTreeMap<&'static str, Vec<Bson>> = BTreeMap::new();
        // One more than there can be, so that the server's first answer says that it is the last.
        let batch = u32::try_from(keys.len() + 1).unwrap_or(u32::MAX);
        for Key { field, value } in keys {
            fields.entry(field).or_default().push(value.into());
        }
        let names: Vec<&'static str> = fields.keys().copied().collect();
        let cursor = self.of::<R>().find(having(fields)).batch_size(batch).await;
        let mut cursor = cursor.map_err(|error| self.explain(&error))?;
        let mut found = Found { documents: Vec::new(), by_key: BTreeMap::new() };
        while let Some(raw) = cursor.try_next().await.map_err(|error| self.explain(&error))? {
            let place = found.documents.len();
            found.documents.push(rows::decode::<R>(&raw));
            found.by_key.extend(names.iter().filter_map(|&field| Some((Key::of(&raw, field)?, place))));
        }
        Ok(found)
    }
}

/// What a query has found. A damaged document is the trouble only of those who asked for it.
struct Found<T> {
    documents: Vec<Result<T>>,
    by_key: BTreeMap<Key, usize>,
}

impl<T: Clone> Found<T> {
    /// What one asked for, each document once, whether or not two keys name it.
    fn of(&self, keys: &[Key]) -> Result<Vec<T>> {
        let places: BTreeSet<usize> = keys.iter().filter_map(|key| self.by_key.get(key)).copied().collect();
        places.into_iter().filter_map(|place| self.documents.get(place)).cloned().collect()
    }
}

/// Documents that have one of these values in one of these fields.
fn having(fields: BTreeMap<&'static str, Vec<Bson>>) -> Document {
    let mut each: Vec<Document> = fields
        .into_iter()
        .map(|(field, mut values)| match (values.pop(), values.is_empty()) {
            (Some(only), true) => doc! { field: { "$eq": only } },
            (last, _) => {
                values.extend(last);
                doc! { field: { "$in": values } }
            }
        })
        .collect();
    match (each.pop(), each.is_empty()) {
        (Some(only), true) => only,
        (last, _) => {
            each.extend(last);
            doc! { "$or": each }
        }
    }
}

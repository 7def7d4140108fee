//! Writes of one document. By themselves they need no transaction; with the receipt of a request they do.

use std::collections::HashMap;

use async_trait::async_trait;
use futures_util::TryStreamExt;
use mongodb::ClientSession;
use mongodb::bson::{Bson, RawArrayBuf, RawDocument, RawDocumentBuf, doc, rawdoc};

use super::filter::{by_id, by_version};
use super::rows::{self, Row};
use super::shared::Shared;
use super::transaction::{Attempt, Fault, Step};
use crate::domain::number::Version;
use crate::store::{Result, StoreError};

/// Writes a document over the version before `next`, outside a transaction; a dry run only looks.
pub(super) async fn replace<R: Row>(
    store: &Shared,
    id: String,
    next: Version,
    value: &R::Value,
    dry_run: bool,
) -> Result<()> {
    let documents = store.of::<R>();
    let matched = match (before(next), dry_run) {
        (None, _) => false,
        (Some(version), true) => store.any::<R>(by_version(&id, version)).await?,
        (Some(version), false) => {
            let row = rows::encode::<R>(value)?;
            let done = documents.replace_one(by_version(&id, version), row).await;
            done.map_err(|error| store.explain(&error))?.matched_count == 1
        }
    };
    if matched { Ok(()) } else { Err(store.stale_now(R::COLLECTION, id).await?) }
}

/// The version that `next` is to replace; none for a first version, which replaces nothing.
pub(super) fn before(next: Version) -> Option<Version> {
    Version::new(next.get() - 1).ok()
}

/// The version of a document, of which only `_id` and `version` need to have been read.
pub(super) fn version_of(collection: &'static str, raw: &RawDocument) -> Result<Version> {
    let version =
        raw.get_i64("version").or_else(|_| raw.get_i32("version").map(i64::from)).unwrap_or_default();
    Version::new(version).map_err(|invalid| StoreError::Corrupt {
        collection,
        key: rows::key_of(raw),
        field: "version",
        detail: invalid.detail,
    })
}

/// `Stale` from what is there now, of which only `_id` and `version` need to have been read.
pub(super) fn stale(collection: &'static str, found: Option<&impl AsRef<RawDocument>>) -> Result<StoreError> {
    let current = found.map(|found| version_of(collection, found.as_ref()));
    Ok(StoreError::Stale { current: current.transpose()? })
}

impl Shared {
    /// Replaces documents that this transaction has read, all with one command. They need no version in the filter: whoever changes one
    /// after it was read makes the server refuse this with a conflict. And by `_id` alone it is found without a plan of the query, which
    /// takes a third off such an update.
    pub(super) async fn replace_many<R: Row>(
        &self,
        session: &mut ClientSession,
        changed: &[(String, RawDocumentBuf)],
    ) -> Attempt<()> {
        let updates = changed.iter().map(|(id, row)| (id.as_str(), row));
        if self.replace_each::<R>(session, updates).await? { Ok(()) } else { Err(Fault::Again) }
    }

    /// Replaces documents that were read before this transaction, each only in the version it was decided on. Returns whether all of them
    /// were still there in it; otherwise nothing is replaced.
    pub(super) async fn replace_versions<R: Row>(
        &self,
        session: &mut ClientSession,
        changed: &[(String, Version, RawDocumentBuf)],
    ) -> Attempt<bool> {
        if changed.is_empty() {
            return Ok(true);
        }
        // Looked at in this snapshot, after which they need no version in the filter.
        let ids: Vec<&str> = changed.iter().map(|(id, _, _)| id.as_str()).collect();
        let all = u32::try_from(ids.len()).unwrap_or(u32::MAX);
        let documents = self.of::<R>();
        let find = documents.find(doc! { "_id": { "$in": ids } }).projection(doc! { "version": 1 });
        let mut cursor = find.batch_size(all).session(&mut *session).await?;
        let mut versions = HashMap::with_capacity(changed.len());
        let mut stream = cursor.stream(&mut *session);
        while let Some(raw) = stream.try_next().await? {
            versions.insert(rows::key_of(&raw), version_of(R::COLLECTION, &raw)?);
        }
        drop(stream);
        if changed.iter().any(|(id, version, _)| versions.get(id) != Some(version)) {
            return Ok(false);
        }
        self.replace_each::<R>(session, changed.iter().map(|(id, _, row)| (id.as_str(), row))).await
    }

    /// Replaces each document by its `_id`, all with one command. Returns whether each was there.
    async fn replace_each<'a, R: Row>(
        &self,
        session: &mut ClientSession,
        updates: impl ExactSizeIterator<Item = (&'a str, &'a RawDocumentBuf)>,
    ) -> Attempt<bool> {
        let wanted = updates.len();
        if wanted == 0 {
            return Ok(true);
        }
        let mut list = RawArrayBuf::new();
        for (id, row) in updates {
            list.push(rawdoc! { "q": { "_id": id }, "u": row.clone() });
        }
        let command = rawdoc! { "update": R::COLLECTION, "updates": list, "ordered": true };
        let done = self.database.run_raw_command(command).session(session).await?;
        // A command by itself is told of a refused write in its answer, not as an error.
        if let Some(Bson::Document(refused)) = done.get_array("writeErrors").ok().and_then(|all| all.first())
        {
            let number = refused.get_i32("code").unwrap_or_default();
            return Err(self.explain_number(number, refused.get_str("errmsg").unwrap_or_default()).into());
        }
        let matched = done.get_i32("n").ok().and_then(|n| usize::try_from(n).ok());
        Ok(matched == Some(wanted))
    }

    /// `Stale` from what is there now.
    pub(super) async fn stale_now(&self, collection: &'static str, id: String) -> Result<StoreError> {
        let found = self.documents(collection).find_one(by_id(id)).projection(doc! { "version": 1 }).await;
        stale(collection, found.map_err(|error| self.explain(&error))?.as_ref())
    }
}

/// A document to be added, in a transaction.
pub(super) struct Insert<R: Row>(pub(super) R::Value);

#[async_trait]
impl<R: Row> Step for Insert<R>
where
    R::Value: Sync,
{
    type Output = ();

    async fn run(&self, store: &Shared, session: &mut ClientSession) -> Attempt<()> {
        store.of::<R>().insert_one(rows::encode::<R>(&self.0)?).session(session).await?;
        Ok(())
    }
}

/// A document to be written over the version before `next`, in a transaction.
pub(super) struct Replace<R: Row> {
    pub(super) id: String,
    pub(super) next: Version,
    pub(super) value: R::Value,
}

#[async_trait]
impl<R: Row> Step for Replace<R>
where
    R::Value: Sync,
{
    type Output = ();

    async fn run(&self, store: &Shared, session: &mut ClientSession) -> Attempt<()> {
        let row = rows::encode::<R>(&self.value)?;
        let matched = match before(self.next) {
            Some(version) => {
                let filter = by_version(&self.id, version);
                store.of::<R>().replace_one(filter, row).session(&mut *session).await?.matched_count == 1
            }
            None => false,
        };
        if matched {
            Ok(())
        } else {
            Err(store.stale_in(session, R::COLLECTION, by_id(&self.id)).await?.into())
        }
    }
}

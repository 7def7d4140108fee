//! Sessions and signing keys.

use async_trait::async_trait;
use futures_util::TryStreamExt;
use mongodb::ClientSession;
use mongodb::bson::{RawDocumentBuf, doc};
use mongodb::options::ReturnDocument;

use super::MongoStore;
use super::error::{code, code_of};
use super::filter::{by_id, time};
use super::rows::{self, KeyRow, Row, TokenRow};
use super::shared::Shared;
use super::single::Insert;
use super::transaction::{Attempt, Step};
use super::users::sessions_of;
use crate::domain::clock::Timestamp;
use crate::domain::id::{KeyId, SessionId, UserId};
use crate::domain::session::{PublicKey, RefreshToken, SigningKey};
use crate::store::{Commit, PublicKeyStore, Result, SessionStore, SigningKeyStore, StoreError, TokenUse};

/// A key's end, in a transaction.
struct RemoveKey(KeyId);

#[async_trait]
impl Step for RemoveKey {
    type Output = ();

    async fn run(&self, store: &Shared, session: &mut ClientSession) -> Attempt<()> {
        store.of::<KeyRow>().delete_one(by_id(self.0)).session(session).await?;
        Ok(())
    }
}

#[async_trait]
impl SessionStore for MongoStore {
    async fn insert_refresh_token(&self, token: &RefreshToken) -> Result<()> {
        let token = token.clone();
        self.run(async move |store| {
            store.ready(&Commit::Keep).await?;
            let done = store.of::<TokenRow>().insert_one(rows::encode::<TokenRow>(&token)?).await;
            done.map(drop).map_err(|error| store.explain(&error))
        })
        .await
    }

    async fn take_refresh_token(&self, hash: &str, at: Timestamp) -> Result<TokenUse> {
        let hash = hash.to_owned();
        self.run(async move |store| {
            let unused = doc! { "_id": { "$eq": &hash }, "used_at": { "$exists": false } };
            // As it was: what it becomes is known.
            let before = store
                .of::<TokenRow>()
                .find_one_and_update(unused, doc! { "$set": { "used_at": time(at) } })
                .return_document(ReturnDocument::Before)
                .await
                .map_err(|error| store.explain(&error))?;
            if let Some(raw) = before {
                return Ok(TokenUse::Taken(rows::decode::<TokenRow>(&raw)?));
            }
            Ok(match store.find_one::<TokenRow>(by_id(hash)).await? {
                Some(token) => TokenUse::Reused(token),
                None => TokenUse::Unknown,
            })
        })
        .await
    }

    async fn revoke_family(&self, family: SessionId) -> Result<()> {
        let filter = doc! { "family": { "$eq": family.to_string() } };
        self.run(async move |store| {
            let done = store.of::<TokenRow>().delete_many(filter).await;
            done.map(drop).map_err(|error| store.explain(&error))
        })
        .await
    }

    async fn revoke_sessions_of(&self, user: UserId) -> Result<()> {
        self.run(async move |store| {
            let done = store.of::<TokenRow>().delete_many(sessions_of(user)).await;
            done.map(drop).map_err(|error| store.explain(&error))
        })
        .await
    }

    async fn purge_refresh_tokens(&self, before: Timestamp) -> Result<u64> {
        let filter = doc! { "expires_at": { "$lt": time(before) } };
        self.run(async move |store| {
            let done = store.of::<TokenRow>().delete_many(filter).await;
            done.map(|done| done.deleted_count).map_err(|error| store.explain(&error))
        })
        .await
    }
}

#[async_trait]
impl PublicKeyStore for MongoStore {
    async fn public_keys(&self) -> Result<Vec<PublicKey>> {
        self.run(async move |store| {
            let cursor = store
                .of::<KeyRow>()
                .find(doc! {})
                .projection(doc! { "pkcs8": 0 })
                .sort(doc! { "created_at": 1, "_id": 1 })
                .await
                .map_err(|error| store.explain(&error))?;
            let found: Vec<RawDocumentBuf> =
                cursor.try_collect().await.map_err(|error| store.explain(&error))?;
            found.iter().map(|raw| Ok(rows::decode::<KeyRow>(raw)?.public)).collect()
        })
        .await
    }
}

#[async_trait]
impl SigningKeyStore for MongoStore {
    async fn current_signing_key(&self) -> Result<Option<SigningKey>> {
        self.run(async move |store| {
            let newest =
                store.of::<KeyRow>().find_one(doc! {}).sort(doc! { "created_at": -1, "_id": -1 }).await;
            let found = newest.map_err(|error| store.explain(&error))?;
            let key = found.map(|raw| rows::decode::<KeyRow>(&raw)).transpose()?;
            match key {
                Some(key) if key.pkcs8.is_empty() => Err(StoreError::Corrupt {
                    collection: KeyRow::COLLECTION,
                    key: key.public.id.to_string(),
                    field: "pkcs8",
                    detail: "the private half is missing".to_owned(),
                }),
                key => Ok(key),
            }
        })
        .await
    }

    async fn insert_first_signing_key(&self, key: &SigningKey) -> Result<()> {
        let key = key.clone();
        self.run(async move |store| {
            store.ready(&Commit::Keep).await?;
            if store.any::<KeyRow>(doc! {}).await? {
                return Ok(());
            }
            let mut row = KeyRow::of(&key);
            row.first = Some(true);
            let raw = mongodb::bson::serialize_to_raw_document_buf(&row)
                .map_err(|error| StoreError::Internal(format!("cannot write a signing key: {error}")))?;
            match store.of::<KeyRow>().insert_one(raw).await {
                // Another process was first.
                Err(error) if code_of(&error) == Some(code::DUPLICATE_KEY) => Ok(()),
                done => done.map(drop).map_err(|error| store.explain(&error)),
            }
        })
        .await
    }

    async fn insert_signing_key(&self, key: &SigningKey, commit: Commit) -> Result<()> {
        let key = key.clone();
        self.run(async move |store| {
            store.ready(&commit).await?;
            if commit.is_dry_run() {
                return Ok(());
            }
            if store.needs_transaction(&commit).await? {
                return store.transact(&Insert::<KeyRow>(key), &commit).await;
            }
            let done = store.of::<KeyRow>().insert_one(rows::encode::<KeyRow>(&key)?).await;
            done.map_err(|error| store.explain(&error))?;
            store.log_plainly(commit.log()).await
        })
        .await
    }

    async fn note_token(&self, key: KeyId, until: Timestamp) -> Result<bool> {
        let change = doc! { "$max": { "tokens_until": time(until) } };
        self.run(async move |store| {
            let done = store.of::<KeyRow>().update_one(by_id(key), change).await;
            done.map(|done| done.matched_count == 1).map_err(|error| store.explain(&error))
        })
        .await
    }

    async fn remove_signing_key(&self, key: KeyId, commit: Commit) -> Result<()> {
        self.run(async move |store| {
            if commit.is_dry_run() {
                return Ok(());
            }
            if store.needs_transaction(&commit).await? {
                return store.transact(&RemoveKey(key), &commit).await;
            }
            let done = store.of::<KeyRow>().delete_one(by_id(key)).await;
            done.map_err(|error| store.explain(&error))?;
            store.log_plainly(commit.log()).await
        })
        .await
    }
}

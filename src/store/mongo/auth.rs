//! Sessions and signing keys.

use async_trait::async_trait;
use futures_util::TryStreamExt;
use mongodb::bson::{RawDocumentBuf, doc};
use mongodb::options::ReturnDocument;

use super::MongoStore;
use super::error::{code, code_of};
use super::filter::{by_id, time};
use super::rows::{self, KeyRow, Row, TokenRow};
use super::users::sessions_of;
use crate::domain::clock::Timestamp;
use crate::domain::id::{SessionId, UserId};
use crate::domain::session::{PublicKey, RefreshToken, SigningKey};
use crate::store::{Commit, PublicKeyStore, Result, SessionStore, SigningKeyStore, StoreError, TokenUse};

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

    async fn insert_signing_key(&self, key: &SigningKey, only_first: bool) -> Result<()> {
        let key = key.clone();
        self.run(async move |store| {
            store.ready(&Commit::Keep).await?;
            if only_first && store.any::<KeyRow>(doc! {}).await? {
                return Ok(());
            }
            let mut row = KeyRow::of(&key);
            row.first = only_first.then_some(true);
            let raw = mongodb::bson::serialize_to_raw_document_buf(&row)
                .map_err(|error| StoreError::Internal(format!("cannot write a signing key: {error}")))?;
            match store.of::<KeyRow>().insert_one(raw).await {
                // Another process was first.
                Err(error) if only_first && code_of(&error) == Some(code::DUPLICATE_KEY) => Ok(()),
                done => done.map(drop).map_err(|error| store.explain(&error)),
            }
        })
        .await
    }
}

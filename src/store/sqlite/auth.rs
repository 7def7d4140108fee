//! Sessions and signing keys.

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::SqliteStore;
use super::decode::Fields;
use crate::domain::clock::Timestamp;
use crate::domain::id::{KeyId, SessionId, UserId};
use crate::domain::session::{PublicKey, RefreshToken, SigningKey};
use crate::store::{Commit, PublicKeyStore, Result, SessionStore, SigningKeyStore, TokenUse};

fn read_token(row: &Row<'_>) -> Result<RefreshToken> {
    // The key of a damaged row is its family: a token's hash belongs in no error text.
    let fields = Fields::new(row, "sessions", "family");
    Ok(RefreshToken {
        hash: fields.get("hash")?,
        family: fields.parse("family")?,
        user_id: fields.parse("user_id")?,
        auth_epoch: fields.get("auth_epoch")?,
        issued_at: fields.at("issued_at")?,
        expires_at: fields.at("expires_at")?,
        used_at: fields.maybe_at("used_at")?,
    })
}

fn read_public(row: &Row<'_>) -> Result<PublicKey> {
    let fields = Fields::new(row, "signing_keys", "id");
    Ok(PublicKey {
        id: fields.parse("id")?,
        public: fields.get("public")?,
        created_at: fields.at("created_at")?,
        tokens_until: fields.maybe_at("tokens_until")?,
    })
}

fn read_signing(row: &Row<'_>) -> Result<SigningKey> {
    let fields = Fields::new(row, "signing_keys", "id");
    Ok(SigningKey { public: read_public(row)?, pkcs8: fields.get("pkcs8")? })
}

fn insert_key(connection: &Connection, key: &SigningKey, only_first: bool) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO signing_keys (id, public, pkcs8, created_at, tokens_until) SELECT ?, ?, ?, ?, ? \
             WHERE NOT (? AND EXISTS (SELECT 1 FROM signing_keys))",
        )?
        .execute(params![
            key.public.id.to_string(),
            key.public.public,
            key.pkcs8,
            key.public.created_at.as_millis(),
            key.public.tokens_until.map(Timestamp::as_millis),
            only_first,
        ])?;
    Ok(())
}

fn take(connection: &Connection, hash: &str, at: Timestamp) -> Result<TokenUse> {
    let mut statement = connection.prepare_cached("SELECT * FROM sessions WHERE hash = ?")?;
    let Some(token) = statement.query_row([hash], |row| Ok(read_token(row))).optional()?.transpose()? else {
        return Ok(TokenUse::Unknown);
    };
    if token.used_at.is_some() {
        return Ok(TokenUse::Reused(token));
    }
    connection
        .prepare_cached("UPDATE sessions SET used_at = ? WHERE hash = ?")?
        .execute(params![at.as_millis(), hash])?;
    Ok(TokenUse::Taken(token))
}

#[async_trait]
impl SessionStore for SqliteStore {
    async fn insert_refresh_token(&self, token: &RefreshToken) -> Result<()> {
        let token = token.clone();
        self.write(Commit::Keep, move |connection| {
            connection
                .prepare_cached(
                    "INSERT INTO sessions (hash, family, user_id, auth_epoch, issued_at, expires_at, used_at) \
                     VALUES (?, ?, ?, ?, ?, ?, ?)",
                )?
                .execute(params![
                    token.hash,
                    token.family.to_string(),
                    token.user_id.to_string(),
                    token.auth_epoch,
                    token.issued_at.as_millis(),
                    token.expires_at.as_millis(),
                    token.used_at.map(Timestamp::as_millis),
                ])?;
            Ok(())
        })
        .await
    }

    async fn take_refresh_token(&self, hash: &str, at: Timestamp) -> Result<TokenUse> {
        let hash = hash.to_owned();
        self.write(Commit::Keep, move |connection| take(connection, &hash, at)).await
    }

    async fn revoke_family(&self, family: SessionId) -> Result<()> {
        self.write(Commit::Keep, move |connection| {
            connection.execute("DELETE FROM sessions WHERE family = ?", [family.to_string()])?;
            Ok(())
        })
        .await
    }

    async fn revoke_sessions_of(&self, user: UserId) -> Result<()> {
        self.write(Commit::Keep, move |connection| {
            connection.execute("DELETE FROM sessions WHERE user_id = ?", [user.to_string()])?;
            Ok(())
        })
        .await
    }

    async fn purge_refresh_tokens(&self, before: Timestamp) -> Result<u64> {
        self.write(Commit::Keep, move |connection| {
            let removed =
                connection.execute("DELETE FROM sessions WHERE expires_at < ?", [before.as_millis()])?;
            Ok(removed as u64)
        })
        .await
    }
}

#[async_trait]
impl PublicKeyStore for SqliteStore {
    async fn public_keys(&self) -> Result<Vec<PublicKey>> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, public, created_at, tokens_until FROM signing_keys ORDER BY created_at, id",
            )?;
            let mut rows = statement.query([])?;
            let mut keys = Vec::new();
            while let Some(row) = rows.next()? {
                keys.push(read_public(row)?);
            }
            Ok(keys)
        })
        .await
    }
}

#[async_trait]
impl SigningKeyStore for SqliteStore {
    async fn current_signing_key(&self) -> Result<Option<SigningKey>> {
        self.read(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT * FROM signing_keys ORDER BY created_at DESC, id DESC LIMIT 1")?;
            statement.query_row([], |row| Ok(read_signing(row))).optional()?.transpose()
        })
        .await
    }

    async fn insert_first_signing_key(&self, key: &SigningKey) -> Result<()> {
        let key = key.clone();
        self.write(Commit::Keep, move |connection| insert_key(connection, &key, true)).await
    }

    async fn insert_signing_key(&self, key: &SigningKey, commit: Commit) -> Result<()> {
        let key = key.clone();
        self.write(commit, move |connection| insert_key(connection, &key, false)).await
    }

    async fn note_token(&self, key: KeyId, until: Timestamp) -> Result<bool> {
        self.write(Commit::Keep, move |connection| {
            let noted = connection
                .prepare_cached(
                    "UPDATE signing_keys SET tokens_until = max(coalesce(tokens_until, ?1), ?1) WHERE id = ?2",
                )?
                .execute(params![until.as_millis(), key.to_string()])?;
            Ok(noted == 1)
        })
        .await
    }

    async fn remove_signing_key(&self, key: KeyId, commit: Commit) -> Result<()> {
        self.write(commit, move |connection| {
            connection.execute("DELETE FROM signing_keys WHERE id = ?", [key.to_string()])?;
            Ok(())
        })
        .await
    }
}

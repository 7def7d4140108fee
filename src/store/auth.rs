//! Sessions and signing keys.

use async_trait::async_trait;

use super::{Commit, Result};
use crate::domain::clock::Timestamp;
use crate::domain::id::{KeyId, SessionId, UserId};
use crate::domain::session::{PublicKey, RefreshToken, SigningKey};

/// What became of a refresh token that somebody presented.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenUse {
    /// It was good, and is now marked as used. This is how it was before: not used.
    Taken(RefreshToken),
    /// It had been used before, at the moment it says: somebody has a copy.
    Reused(RefreshToken),
    /// Never issued, or revoked.
    Unknown,
}

/// Keeps refresh tokens, by hash only.
#[async_trait]
pub trait SessionStore: Send + Sync {
    /// Adds a token.
    async fn insert_refresh_token(&self, token: &RefreshToken) -> Result<()>;

    /// Marks a token as used and says what it was. Of two callers with one token exactly one MUST get `Taken`. The expiry is the
    /// caller's to check.
    async fn take_refresh_token(&self, hash: &str, at: Timestamp) -> Result<TokenUse>;

    /// Removes every token of a family. An unknown family is no error.
    async fn revoke_family(&self, family: SessionId) -> Result<()>;

    /// Removes every token of a user. An unknown user is no error.
    async fn revoke_sessions_of(&self, user: UserId) -> Result<()>;

    /// Removes tokens that ended before this moment and returns how many.
    async fn purge_refresh_tokens(&self, before: Timestamp) -> Result<u64>;
}

/// Reads the public halves of signing keys: all that a service that only checks tokens is given.
#[async_trait]
pub trait PublicKeyStore: Send + Sync {
    /// Every public key, oldest first.
    async fn public_keys(&self) -> Result<Vec<PublicKey>>;
}

/// Keeps signing keys.
#[async_trait]
pub trait SigningKeyStore: PublicKeyStore {
    /// The key that signs now: the newest.
    async fn current_signing_key(&self) -> Result<Option<SigningKey>>;

    /// Adds the first key. MUST do nothing when there is a key already, so that processes that start at once agree on one.
    async fn insert_first_signing_key(&self, key: &SigningKey) -> Result<()>;

    /// Adds a key.
    async fn insert_signing_key(&self, key: &SigningKey, commit: Commit) -> Result<()>;

    /// Notes that a token signed by this key is good until `until`; an earlier moment than the one noted changes nothing. Returns
    /// whether the key is there.
    async fn note_token(&self, key: KeyId, until: Timestamp) -> Result<bool>;

    /// Removes a key; its tokens are good no longer. Removing one that is gone is no error.
    async fn remove_signing_key(&self, key: KeyId, commit: Commit) -> Result<()>;
}

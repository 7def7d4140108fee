//! Signed-in sessions: families of refresh tokens, and the keys that sign access tokens.

use super::clock::Timestamp;
use super::id::{KeyId, SessionId, UserId};

/// A refresh token as it is kept: by its hash only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshToken {
    /// SHA-256 of the token, in hexadecimal: 64 characters.
    pub hash: String,
    /// The sign-in it descends from. Using a token twice revokes the family.
    pub family: SessionId,
    /// Whose.
    pub user_id: UserId,
    /// The user's `auth_epoch` at sign-in; a later epoch revokes it.
    pub auth_epoch: i64,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// When it was exchanged for the next one.
    pub used_at: Option<Timestamp>,
}

/// The public half of a signing key (Ed25519, RFC 8032).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// `kid` of the tokens it signs.
    pub id: KeyId,
    /// The 32 bytes of the public key.
    pub public: Vec<u8>,
    /// From when it signs.
    pub created_at: Timestamp,
    /// The last moment at which a machine's token is good that it has signed. Tokens of people live too short to be noted.
    pub tokens_until: Option<Timestamp>,
}

/// A signing key with its private half. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// The public half.
    pub public: PublicKey,
    /// PKCS #8 document (RFC 8410) of the private key.
    pub pkcs8: Vec<u8>,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey").field("public", &self.public).finish_non_exhaustive()
    }
}

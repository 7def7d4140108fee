//! Refresh tokens and signing keys as they are kept.

use mongodb::bson::spec::BinarySubtype;
use mongodb::bson::{Binary, DateTime};
use serde::{Deserialize, Serialize};

use super::{Origin, Row};
use crate::domain::session::{PublicKey, RefreshToken, SigningKey};
use crate::store::Result;
use crate::store::mongo::filter::time;

/// A document of `sessions`, under the hash of its token.
#[derive(Serialize, Deserialize)]
pub(in crate::store::mongo) struct TokenRow {
    #[serde(rename = "_id")]
    hash: String,
    family: String,
    user_id: String,
    auth_epoch: i64,
    issued_at: DateTime,
    expires_at: DateTime,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    used_at: Option<DateTime>,
}

impl Row for TokenRow {
    const COLLECTION: &'static str = "sessions";
    type Value = RefreshToken;

    fn into_value(self) -> Result<RefreshToken> {
        // An error names the family: a hash of a token belongs in no text.
        let at = Origin { collection: Self::COLLECTION, key: &self.family };
        Ok(RefreshToken {
            family: at.parse("family", &self.family)?,
            user_id: at.parse("user_id", &self.user_id)?,
            auth_epoch: self.auth_epoch,
            issued_at: at.time("issued_at", self.issued_at)?,
            expires_at: at.time("expires_at", self.expires_at)?,
            used_at: self.used_at.map(|used| at.time("used_at", used)).transpose()?,
            hash: self.hash,
        })
    }

    fn of(token: &RefreshToken) -> Self {
        Self {
            hash: token.hash.clone(),
            family: token.family.to_string(),
            user_id: token.user_id.to_string(),
            auth_epoch: token.auth_epoch,
            issued_at: time(token.issued_at),
            expires_at: time(token.expires_at),
            used_at: token.used_at.map(time),
        }
    }
}

/// A document of `signing_keys`, with its private half only where that was asked for.
#[derive(Serialize, Deserialize)]
pub(in crate::store::mongo) struct KeyRow {
    #[serde(rename = "_id")]
    id: String,
    created_at: DateTime,
    public: Binary,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pkcs8: Option<Binary>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tokens_until: Option<DateTime>,
    /// On the first key of a store; unique, so that only one can be first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::store::mongo) first: Option<bool>,
}

impl Row for KeyRow {
    const COLLECTION: &'static str = "signing_keys";
    /// With an empty private half where only the public one was read.
    type Value = SigningKey;

    fn into_value(self) -> Result<SigningKey> {
        let at = Origin { collection: Self::COLLECTION, key: &self.id };
        let public = PublicKey {
            id: at.parse("_id", &self.id)?,
            public: self.public.bytes,
            created_at: at.time("created_at", self.created_at)?,
            tokens_until: self.tokens_until.map(|until| at.time("tokens_until", until)).transpose()?,
        };
        Ok(SigningKey { public, pkcs8: self.pkcs8.map(|half| half.bytes).unwrap_or_default() })
    }

    fn of(key: &SigningKey) -> Self {
        let binary = |bytes: &[u8]| Binary { subtype: BinarySubtype::Generic, bytes: bytes.to_vec() };
        Self {
            id: key.public.id.to_string(),
            created_at: time(key.public.created_at),
            public: binary(&key.public.public),
            pkcs8: Some(binary(&key.pkcs8)),
            tokens_until: key.public.tokens_until.map(time),
            first: None,
        }
    }
}

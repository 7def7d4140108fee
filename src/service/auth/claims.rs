//! What access tokens say: JWTs signed with Ed25519 (RFC 7519, RFC 8037).

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::{Deserialize, Serialize};

use crate::domain::clock::Timestamp;
use crate::domain::scope::Scopes;
use crate::domain::session::SigningKey;
use crate::domain::user::User;
use crate::service::error::{Error, Result};

/// How long an access token of a sign-in is good, in seconds.
pub const TOKEN_SECONDS: i64 = 15 * 60;
/// Who issues and who accepts the tokens.
pub(super) const ISSUER: &str = "shopctl";
pub(super) const AUDIENCE: &str = "shopctl";
/// How far the clocks of two machines may differ, in seconds.
pub(super) const LEEWAY: i64 = 5;

/// What a token says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Claims {
    /// Issuer.
    pub iss: String,
    /// Audience.
    pub aud: String,
    /// The user's id.
    pub sub: String,
    /// The user's role when it was issued.
    pub role: String,
    /// The user's `auth_epoch` when it was issued.
    pub epoch: i64,
    /// Issued at, in seconds.
    pub iat: i64,
    /// Good until, in seconds.
    pub exp: i64,
    /// In a machine's token: all it is for (RFC 8693 §4.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
}

impl Claims {
    /// For a user, good for so many seconds; with scopes for nothing else.
    pub(super) fn new(user: &User, now: Timestamp, seconds: i64, scopes: Option<&Scopes>) -> Self {
        let iat = now.as_millis().div_euclid(1000);
        Self {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: user.id.to_string(),
            role: user.role.to_string(),
            epoch: user.auth_epoch,
            iat,
            exp: iat.saturating_add(seconds),
            scope: scopes.map(ToString::to_string),
        }
    }

    /// The token that says this.
    pub(super) fn sign(&self, key: &SigningKey) -> Result<String> {
        let header = Header { kid: Some(key.public.id.to_string()), ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, self, &EncodingKey::from_ed_der(&key.pkcs8)).map_err(Error::internal)
    }
}

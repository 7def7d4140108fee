//! Access tokens: JWTs signed with Ed25519 (RFC 7519, RFC 8037).

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use crate::domain::actor::Actor;
use crate::domain::clock::{Clock, Timestamp};
use crate::domain::id::UserId;
use crate::domain::key::UserKey;
use crate::domain::session::SigningKey;
use crate::domain::user::{Role, User, UserStatus};
use crate::service::error::{Error, Kind, Result};
use crate::store::{PublicKeyStore, UserLookup};

/// How long an access token is good, in seconds.
pub const TOKEN_SECONDS: i64 = 15 * 60;
/// Who issues and who accepts the tokens.
const ISSUER: &str = "shopctl";
const AUDIENCE: &str = "shopctl";
/// How far the clocks of two machines may differ, in seconds.
const LEEWAY: i64 = 5;
/// Unknown key ids make the keys be read again, but not more often than this, in milliseconds.
const RELOAD_MILLIS: i64 = 1000;
/// A longer header is no token of ours.
const MAX_TOKEN_BYTES: usize = 4096;

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
}

/// Who asks, as checked now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Which user.
    pub user_id: UserId,
    /// What they may do.
    pub role: Role,
}

impl Identity {
    /// For histories.
    pub fn actor(&self) -> Actor {
        Actor::subject(&self.user_id.to_string())
    }

    /// Whether this is staff or an admin.
    pub fn is_staff(&self) -> bool {
        matches!(self.role, Role::Staff | Role::Admin)
    }
}

/// Signs a token for a user.
pub(super) fn sign(key: &SigningKey, user: &User, now: Timestamp) -> Result<String> {
    let iat = now.as_millis().div_euclid(1000);
    let claims = Claims {
        iss: ISSUER.to_owned(),
        aud: AUDIENCE.to_owned(),
        sub: user.id.to_string(),
        role: user.role.to_string(),
        epoch: user.auth_epoch,
        iat,
        exp: iat + TOKEN_SECONDS,
    };
    let header = Header { kid: Some(key.public.id.to_string()), ..Header::new(Algorithm::EdDSA) };
    jsonwebtoken::encode(&header, &claims, &EncodingKey::from_ed_der(&key.pkcs8)).map_err(Error::internal)
}

#[derive(Default)]
struct Known {
    keys: HashMap<String, DecodingKey>,
    read_at: Option<Timestamp>,
}

/// Checks tokens with public keys only: a service that holds a gate and no signing key can mint none.
pub struct Gate {
    keys: Arc<dyn PublicKeyStore>,
    users: Arc<dyn UserLookup>,
    clock: Arc<dyn Clock>,
    known: RwLock<Known>,
}

impl Gate {
    /// A gate that knows no keys yet; it reads them with the first token.
    pub fn new(keys: Arc<dyn PublicKeyStore>, users: Arc<dyn UserLookup>, clock: Arc<dyn Clock>) -> Self {
        Self { keys, users, clock, known: RwLock::default() }
    }

    /// Who holds this token. The user is looked up each time, so disabling them, or another role or password, ends the
    /// token at once.
    ///
    /// # Errors
    /// `invalid_token`, the same whatever is wrong with it; `token_expired`.
    pub async fn check(&self, token: &str) -> Result<Identity> {
        let claims = self.claims(token).await?;
        let id: UserId = claims.sub.parse().map_err(|_| refused())?;
        let user = self.users.look_up_user(&UserKey::Id(id)).await.map_err(Error::from_store)?;
        match user {
            Some(user) if user.status == UserStatus::Active && user.auth_epoch == claims.epoch => {
                Ok(Identity { user_id: user.id, role: user.role })
            }
            _ => Err(refused()),
        }
    }

    async fn claims(&self, token: &str) -> Result<Claims> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(refused());
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| refused())?;
        let key = self.key(&header.kid.ok_or_else(refused)?).await?;
        // The algorithm is ours, never the token's. Times are checked below, with the clock that was passed in.
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.validate_exp = false;
        let claims = jsonwebtoken::decode::<Claims>(token, &key, &validation).map_err(|_| refused())?.claims;
        let now = self.clock.now().as_millis().div_euclid(1000);
        if claims.exp.saturating_add(LEEWAY) <= now {
            return Err(Error::new(Kind::Unauthenticated, "token_expired", "the access token has expired")
                .hint("use the refresh token or sign in again"));
        }
        if claims.iat.saturating_sub(LEEWAY) > now {
            return Err(refused());
        }
        Ok(claims)
    }

    async fn key(&self, kid: &str) -> Result<DecodingKey> {
        let now = self.clock.now();
        {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(key) = known.keys.get(kid) {
                return Ok(key.clone());
            }
            let fresh =
                known.read_at.is_some_and(|at| (now.as_millis() - at.as_millis()).abs() < RELOAD_MILLIS);
            if fresh {
                return Err(refused());
            }
        }
        let keys = self.keys.public_keys().await.map_err(Error::from_store)?;
        let keys = keys
            .iter()
            .filter_map(|key| {
                let x = URL_SAFE_NO_PAD.encode(&key.public);
                Some((key.id.to_string(), DecodingKey::from_ed_components(&x).ok()?))
            })
            .collect();
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        *known = Known { keys, read_at: Some(now) };
        known.keys.get(kid).cloned().ok_or_else(refused)
    }
}

fn refused() -> Error {
    Error::new(Kind::Unauthenticated, "invalid_token", "the access token is not valid").hint("sign in again")
}

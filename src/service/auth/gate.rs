//! Checking access tokens.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};

use super::claims::{AUDIENCE, Claims, ISSUER, LEEWAY};
use crate::domain::actor::Actor;
use crate::domain::clock::{Clock, Timestamp};
use crate::domain::id::UserId;
use crate::domain::key::UserKey;
use crate::domain::scope::Scopes;
use crate::domain::user::{Role, User, UserStatus};
use crate::service::error::{Error, Kind, Result};
use crate::store::{PublicKeyStore, UserLookup};

/// Keys that were read longer ago are read again, in milliseconds: so soon a removed key opens nothing any more.
const FRESH_MILLIS: i64 = 4000;
/// Unknown key ids make the keys be read again, but not more often than this, in milliseconds.
const RELOAD_MILLIS: i64 = 1000;
/// A longer header is no token of ours.
const MAX_TOKEN_BYTES: usize = 4096;

/// Who asks, as checked now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Which user.
    pub user_id: UserId,
    /// What they may do.
    pub role: Role,
    /// With a machine's token: all that it is for.
    pub scopes: Option<Scopes>,
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

#[derive(Default)]
struct Known {
    keys: HashMap<String, DecodingKey>,
    read_at: Option<Timestamp>,
}

impl Known {
    fn age(&self, now: Timestamp) -> i64 {
        self.read_at.map_or(i64::MAX, |at| (now.as_millis() - at.as_millis()).abs())
    }
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
    /// token at once; a removed key ends its tokens within five seconds.
    ///
    /// # Errors
    /// `invalid_token`, the same whatever is wrong with it; `token_expired`.
    pub async fn check(&self, token: &str) -> Result<Identity> {
        let claims = self.read(token).await?.0;
        let now = self.now_in_seconds();
        if claims.exp.saturating_add(LEEWAY) <= now {
            return Err(Error::new(Kind::Unauthenticated, "token_expired", "the access token has expired")
                .hint("use the refresh token or sign in again"));
        }
        if claims.iat.saturating_sub(LEEWAY) > now {
            return Err(refused());
        }
        let scopes = claims.scope.as_deref().map(Scopes::parse).transpose().map_err(|_| refused())?;
        match self.holder(&claims).await? {
            Some(user) => Ok(Identity { user_id: user.id, role: user.role, scopes }),
            None => Err(refused()),
        }
    }

    /// The user who holds a token, unless it was revoked since.
    pub(super) async fn holder(&self, claims: &Claims) -> Result<Option<User>> {
        let id: UserId = claims.sub.parse().map_err(|_| refused())?;
        let user = self.users.look_up_user(&UserKey::Id(id)).await.map_err(Error::from_store)?;
        Ok(user.filter(|user| user.status == UserStatus::Active && user.auth_epoch == claims.epoch))
    }

    /// What a token of this shop says, whatever its times, and the id of the key that signed it.
    ///
    /// # Errors
    /// `invalid_token`.
    pub(super) async fn read(&self, token: &str) -> Result<(Claims, String)> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(refused());
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| refused())?;
        let kid = header.kid.ok_or_else(refused)?;
        let key = self.key(&kid).await?;
        // The algorithm is ours, never the token's. Times are checked by the caller, with the clock that was passed in.
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.validate_exp = false;
        let claims = jsonwebtoken::decode::<Claims>(token, &key, &validation).map_err(|_| refused())?.claims;
        Ok((claims, kid))
    }

    pub(super) fn now_in_seconds(&self) -> i64 {
        self.clock.now().as_millis().div_euclid(1000)
    }

    async fn key(&self, kid: &str) -> Result<DecodingKey> {
        let now = self.clock.now();
        {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            let age = known.age(now);
            match known.keys.get(kid) {
                Some(key) if age < FRESH_MILLIS => return Ok(key.clone()),
                None if age < RELOAD_MILLIS => return Err(refused()),
                _ => {}
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

pub(super) fn refused() -> Error {
    Error::new(Kind::Unauthenticated, "invalid_token", "the access token is not valid").hint("sign in again")
}

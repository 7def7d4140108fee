//! Tokens for machines: good for long, and for a part of what a user may do.

use std::sync::Arc;
use std::time::Duration;

use super::claims::Claims;
use super::gate::Gate;
use super::keys;
use crate::domain::audit::AuditAction;
use crate::domain::clock::{Clock, Timestamp};
use crate::domain::key::UserKey;
use crate::domain::scope::{Scope, Scopes};
use crate::domain::user::{User, UserStatus};
use crate::service::WriteOptions;
use crate::service::error::{Error, Kind, Result};
use crate::service::fields::Fields;
use crate::service::view::{IssuedTokenView, TokenView};
use crate::store::{AuditLog, PublicKeyStore, SigningKeyStore, UserLookup};

/// The shortest life of a token.
const SHORTEST: Duration = Duration::from_mins(1);
/// The longest: a machine whose token nobody has renewed for a year is one that nobody looks after.
const LONGEST: Duration = Duration::from_hours(366 * 24);

/// The use cases of machines' tokens.
pub struct Machines {
    users: Arc<dyn UserLookup>,
    keys: Arc<dyn SigningKeyStore>,
    log: Arc<dyn AuditLog>,
    clock: Arc<dyn Clock>,
    gate: Gate,
}

impl Machines {
    /// On these stores; `public` shows the public halves of `keys`.
    pub fn new(
        users: Arc<dyn UserLookup>,
        keys: Arc<dyn SigningKeyStore>,
        public: Arc<dyn PublicKeyStore>,
        log: Arc<dyn AuditLog>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let gate = Gate::new(public, Arc::clone(&users), Arc::clone(&clock));
        Self { users, keys, log, clock, gate }
    }

    /// A token with which a machine acts as this user, for these scopes only. It ends with the user's role, password or right to
    /// sign in, or with the key that signed it. The store keeps that it was issued, not the token.
    ///
    /// # Errors
    /// `invalid_scope`; `scope_missing`; `invalid_expiry` unless it is good for 1 minute to 366 days; `user_not_found`;
    /// `user_disabled`.
    pub async fn issue(
        &self,
        user: &str,
        scopes: &[String],
        good_for: Duration,
        options: &WriteOptions,
    ) -> Result<IssuedTokenView> {
        let mut fields = Fields::new();
        let key = fields.required::<UserKey>("/user", user);
        let parsed: Vec<Option<Scope>> =
            scopes.iter().map(|scope| fields.required("/scope", scope)).collect();
        let Some(key) = key else { return Err(fields.into_error()) };
        fields.finish()?;
        let scopes = Scopes::new(&parsed.into_iter().flatten().collect::<Vec<_>>());
        if scopes.names().is_empty() {
            return Err(Error::new(Kind::Invalid, "scope_missing", "a token needs at least one scope")
                .hint("--scope orders:read; shopctl token issue -h lists them"));
        }
        if !(SHORTEST..=LONGEST).contains(&good_for) {
            let detail = "a token is good for 1 minute to 366 days";
            return Err(Error::new(Kind::Invalid, "invalid_expiry", detail).hint("--expires 90d"));
        }
        let user = self.find(&key).await?;
        let now = self.clock.now();
        let seconds = i64::try_from(good_for.as_secs()).unwrap_or(i64::MAX);
        let claims = Claims::new(&user, now, seconds, Some(&scopes));
        let expires_at = now.plus(good_for);
        let token = if options.dry_run {
            String::new()
        } else {
            let entry =
                options.entry(now, AuditAction::TokenIssued, user.id.to_string(), Some(scopes.to_string()));
            self.sign(&claims, expires_at, now, entry).await?
        };
        Ok(IssuedTokenView {
            token,
            user_id: user.id.to_string(),
            role: user.role.to_string(),
            scopes: scopes.names().into_iter().map(str::to_owned).collect(),
            issued_at: now.to_string(),
            expires_at: expires_at.to_string(),
        })
    }

    async fn find(&self, key: &UserKey) -> Result<User> {
        let user = self.users.look_up_user(key).await.map_err(Error::from_store)?;
        let user = user.ok_or_else(|| Error::not_found("user", key))?;
        if user.status == UserStatus::Active {
            return Ok(user);
        }
        let detail = format!("user {:?} is disabled", user.email.as_str());
        Err(Error::new(Kind::Conflict, "user_disabled", detail)
            .hint(format!("shopctl user enable {}", user.email)))
    }

    /// Signs with the key of the moment, which must know before until when it has to be kept.
    async fn sign(
        &self,
        claims: &Claims,
        until: Timestamp,
        now: Timestamp,
        entry: crate::domain::audit::AuditEntry,
    ) -> Result<String> {
        let mut key = keys::current(&*self.keys, now).await?;
        while !self.keys.note_token(key.public.id, until).await.map_err(Error::from_store)? {
            // Removed in this very moment: by a rotation, after which there is another.
            key = keys::current(&*self.keys, now).await?;
        }
        self.log.log(&[entry]).await.map_err(Error::from_store)?;
        claims.sign(&key)
    }

    /// What a token of this shop says, and whether it is still good.
    ///
    /// # Errors
    /// `invalid_token` for what no key of this shop has signed.
    pub async fn inspect(&self, token: &str) -> Result<TokenView> {
        let (claims, key_id) = self.gate.read(token.trim()).await.map_err(|error| match error.code {
            "invalid_token" => Error::new(
                Kind::Unauthenticated,
                "invalid_token",
                "no key of this shop has signed this token",
            )
            .hint("shopctl key list shows the keys that there are"),
            _ => error,
        })?;
        let status = match self.gate.holder(&claims).await? {
            _ if claims.exp <= self.gate.now_in_seconds() => "expired",
            Some(_) => "good",
            None => "revoked",
        };
        let moment = |seconds: i64| {
            let at = Timestamp::from_millis(seconds.saturating_mul(1000));
            at.map(|at| at.to_string()).unwrap_or_default()
        };
        Ok(TokenView {
            status,
            issued_at: moment(claims.iat),
            expires_at: moment(claims.exp),
            scopes: claims.scope.map(|scopes| scopes.split(' ').map(str::to_owned).collect()),
            user_id: claims.sub,
            role: claims.role,
            key_id,
        })
    }
}

//! Signing in, staying signed in, signing out.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::claims::{Claims, TOKEN_SECONDS};
use super::guard::Guard;
use super::keys::{self, Jwk};
use crate::domain::clock::Clock;
use crate::domain::email::Email;
use crate::domain::id::{SessionId, UserId};
use crate::domain::key::UserKey;
use crate::domain::session::RefreshToken;
use crate::domain::user::{PasswordHash, User, UserStatus};
use crate::service::error::{Error, Kind, Result};
use crate::service::ids::new_uuid;
use crate::service::password::{PasswordHasher, Verdict};
use crate::service::view::UserView;
use crate::store::{Commit, SessionStore, SigningKeyStore, StoreError, TokenUse, UserStore};

/// How long a refresh token is good: 30 days.
const REFRESH: Duration = Duration::from_hours(30 * 24);

/// What a successful sign-in gives. `Debug` is not derived: it holds tokens.
#[derive(Serialize, ToSchema)]
pub struct SignedIn {
    /// A JWT for the `Authorization` header.
    pub access_token: String,
    /// `Bearer`.
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// How long the access token is good, in seconds.
    #[schema(example = 900)]
    pub expires_in: i64,
    /// Exchanges for the next pair of tokens, once.
    pub refresh_token: String,
    /// Who signed in.
    pub user: UserView,
}

/// The use cases of signing in.
#[expect(clippy::struct_field_names, reason = "each field is named after the store it holds")]
pub struct Sessions {
    users: Arc<dyn UserStore>,
    sessions: Arc<dyn SessionStore>,
    keys: Arc<dyn SigningKeyStore>,
    clock: Arc<dyn Clock>,
    hasher: Arc<PasswordHasher>,
    guard: Guard,
}

impl Sessions {
    /// On these stores.
    pub fn new(
        users: Arc<dyn UserStore>,
        sessions: Arc<dyn SessionStore>,
        keys: Arc<dyn SigningKeyStore>,
        clock: Arc<dyn Clock>,
        hasher: Arc<PasswordHasher>,
        guard: Guard,
    ) -> Self {
        Self { users, sessions, keys, clock, hasher, guard }
    }

    /// Signs in with address and password, from `peer`. An unknown address, a wrong password, a disabled user and one
    /// without a password get one answer, after the same work, and are counted the same.
    ///
    /// # Errors
    /// `invalid_credentials`; `too_many_tries` after wrong ones; `too_many_sign_ins` at once.
    pub async fn sign_in(
        &self,
        email: &str,
        password: SecretString,
        peer: Option<IpAddr>,
    ) -> Result<SignedIn> {
        let place = self.hasher.place()?;
        let email: Option<Email> = email.parse().ok();
        // What is no address is no account, and all of it is counted as one.
        let guess = self.guard.admit(email.as_ref().map_or("", Email::norm), peer).await?;
        let user = match email {
            Some(email) => self.users.find_user(&UserKey::Email(email)).await.map_err(Error::from_store)?,
            None => None,
        };
        let hash = user.as_ref().and_then(|user| user.password.clone());
        let verdict = match place.verify_and_renew(password, hash).await {
            Ok(verdict) => verdict,
            Err(error) => {
                self.guard.was_none(&guess).await?;
                return Err(error);
            }
        };
        let (user, stronger) = match (user, verdict) {
            (Some(user), Verdict::Right) if user.status == UserStatus::Active => (user, None),
            (Some(user), Verdict::RightButWeak(stronger)) if user.status == UserStatus::Active => {
                (user, Some(stronger))
            }
            _ => {
                let detail = "e-mail or password is wrong";
                return Err(Error::new(Kind::Unauthenticated, "invalid_credentials", detail));
            }
        };
        self.guard.was_right(&guess).await?;
        let user = match stronger {
            Some(stronger) => self.strengthen(user, stronger).await,
            None => user,
        };
        let family = SessionId::from_uuid(new_uuid(self.clock.now()));
        self.issue(&user, family).await
    }

    /// Whether a user who is signed in already knows the password, for what a stolen token must not be enough for. Guesses count
    /// as those of a sign-in do.
    ///
    /// # Errors
    /// `wrong_password`; `user_not_found`; `too_many_tries`; `too_many_sign_ins`.
    pub async fn confirm(&self, user: UserId, password: SecretString, peer: Option<IpAddr>) -> Result<()> {
        let place = self.hasher.place()?;
        let found = self.users.find_user(&UserKey::Id(user)).await.map_err(Error::from_store)?;
        let user = found.ok_or_else(|| Error::not_found("user", user))?;
        let guess = self.guard.admit(user.email.norm(), peer).await?;
        match place.verify(password, user.password).await {
            Ok(true) => self.guard.was_right(&guess).await,
            Ok(false) => {
                let detail = format!("this is not the password of {:?}", user.email.as_str());
                Err(Error::new(Kind::Unauthenticated, "wrong_password", detail))
            }
            Err(error) => {
                self.guard.was_none(&guess).await?;
                Err(error)
            }
        }
    }

    /// Puts a stronger hash of the same password in the place of one that is weak or was made elsewhere; sessions go on. Where
    /// somebody else writes the user at this moment it is left to the next sign-in.
    async fn strengthen(&self, user: User, stronger: PasswordHash) -> User {
        let after = User {
            password: Some(stronger),
            version: user.version.next(),
            updated_at: self.clock.now(),
            ..user.clone()
        };
        match self.users.replace_user(&after, Commit::Keep).await {
            Ok(()) => after,
            Err(StoreError::Stale { .. }) => user,
            Err(error) => {
                tracing::warn!(cause = %error, "a weak password hash could not be replaced");
                user
            }
        }
    }

    /// Exchanges a refresh token for the next pair. A token that comes twice has been copied: its whole family ends.
    ///
    /// # Errors
    /// `invalid_refresh_token`.
    pub async fn refresh(&self, refresh_token: &SecretString) -> Result<SignedIn> {
        let now = self.clock.now();
        let hash = hash_of(refresh_token.expose_secret());
        let token = match self.sessions.take_refresh_token(&hash, now).await.map_err(Error::from_store)? {
            TokenUse::Taken(token) => token,
            TokenUse::Reused(token) => {
                self.sessions.revoke_family(token.family).await.map_err(Error::from_store)?;
                return Err(refused());
            }
            TokenUse::Unknown => return Err(refused()),
        };
        let user = self.users.find_user(&UserKey::Id(token.user_id)).await.map_err(Error::from_store)?;
        match user {
            Some(user)
                if user.status == UserStatus::Active
                    && user.auth_epoch == token.auth_epoch
                    && token.expires_at > now =>
            {
                self.issue(&user, token.family).await
            }
            _ => Err(refused()),
        }
    }

    /// Ends the session a refresh token belongs to. An unknown token is no error: it is ended already.
    ///
    /// # Errors
    /// Only the store's.
    pub async fn sign_out(&self, refresh_token: &SecretString) -> Result<()> {
        let hash = hash_of(refresh_token.expose_secret());
        let used =
            self.sessions.take_refresh_token(&hash, self.clock.now()).await.map_err(Error::from_store)?;
        match used {
            TokenUse::Taken(token) | TokenUse::Reused(token) => {
                self.sessions.revoke_family(token.family).await.map_err(Error::from_store)
            }
            TokenUse::Unknown => Ok(()),
        }
    }

    /// The public keys that check access tokens.
    ///
    /// # Errors
    /// Only the store's.
    pub async fn public_keys(&self) -> Result<Vec<Jwk>> {
        let keys = self.keys.public_keys().await.map_err(Error::from_store)?;
        Ok(keys.iter().map(Jwk::from).collect())
    }

    async fn issue(&self, user: &User, family: SessionId) -> Result<SignedIn> {
        let now = self.clock.now();
        let key = keys::current(&*self.keys, now).await?;
        let access_token = Claims::new(user, now, TOKEN_SECONDS, None).sign(&key)?;
        // 256 random bits: nobody guesses one, so a plain hash of it is enough.
        let secret: [u8; 32] = rand::random();
        let refresh_token = URL_SAFE_NO_PAD.encode(secret);
        let kept = RefreshToken {
            hash: hash_of(&refresh_token),
            family,
            user_id: user.id,
            auth_epoch: user.auth_epoch,
            issued_at: now,
            expires_at: now.plus(REFRESH),
            used_at: None,
        };
        self.sessions.insert_refresh_token(&kept).await.map_err(Error::from_store)?;
        Ok(SignedIn {
            access_token,
            token_type: "Bearer",
            expires_in: TOKEN_SECONDS,
            refresh_token,
            user: user.into(),
        })
    }
}

fn hash_of(token: &str) -> String {
    Sha256::digest(token.as_bytes()).iter().fold(String::with_capacity(64), |mut text, byte| {
        use std::fmt::Write;
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn refused() -> Error {
    Error::new(Kind::Unauthenticated, "invalid_refresh_token", "the refresh token is not valid")
        .hint("sign in again")
}

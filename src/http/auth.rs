//! Who asks, and whether they may.

use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::request::Parts;

use super::options::AuthMode;
use super::problem::{CHALLENGE, CHALLENGE_AGAIN, Problem, refuse};
use super::query::DryRun;
use super::reply;
use crate::domain::actor::Actor;
use crate::domain::id::UserId;
use crate::domain::number::Version;
use crate::domain::user::Role;
use crate::service::auth::Gate;
use crate::service::orders::Scope;
use crate::service::products::Audience;
use crate::service::{RequestKey, WriteOptions};

/// Lets callers in. Each service has one.
#[derive(Clone)]
pub(super) struct Door {
    pub(super) gate: Arc<Gate>,
    pub(super) mode: AuthMode,
}

/// Whoever asks, as checked a moment ago.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    /// None where nobody has to sign in.
    pub(super) user_id: Option<UserId>,
    role: Role,
    actor: Actor,
    /// Where the request is to be done once.
    request: Option<RequestKey>,
    /// Whether it is only to be tried.
    dry_run: bool,
    /// Where several versions will do: any of these.
    any_version: Vec<Version>,
}

impl Caller {
    /// An unconditional write by this caller.
    pub(super) fn options(&self) -> WriteOptions {
        // A key is its asker's own: two users with the same one never meet.
        let request = self.request.as_ref().map(|key| key.part(self.actor.as_str()));
        let (dry_run, any_version) = (self.dry_run, self.any_version.clone());
        WriteOptions { any_version, dry_run, request, ..WriteOptions::by(self.actor.clone()) }
    }

    fn is_staff(&self) -> bool {
        matches!(self.role, Role::Staff | Role::Admin)
    }

    /// Whose orders they see.
    pub(super) fn scope(&self) -> Scope {
        match self.user_id {
            Some(id) if !self.is_staff() => Scope::Own(id),
            _ => Scope::All,
        }
    }

    /// The signed-in user themselves.
    pub(super) fn own_id(&self) -> Result<UserId, Problem> {
        self.user_id.ok_or_else(|| {
            let detail = "nobody is signed in: this service runs without sign-in";
            Problem::new(StatusCode::UNAUTHORIZED, "not_signed_in", detail)
                .header(WWW_AUTHENTICATE, CHALLENGE)
        })
    }
}

impl Door {
    /// `None` without a token.
    async fn admit(&self, parts: &Parts) -> Result<Option<Caller>, Problem> {
        let request = parts.extensions.get::<RequestKey>().cloned();
        let DryRun(dry_run) = DryRun::of(parts);
        // What is wrong with the header is told by whoever reads it for the one thing that is changed.
        let any_version = reply::any_version(&parts.headers).unwrap_or_default();
        if self.mode == AuthMode::None {
            let actor = Actor::subject("anonymous");
            return Ok(Some(Caller {
                user_id: None,
                role: Role::Admin,
                actor,
                request,
                dry_run,
                any_version,
            }));
        }
        let mut given = parts.headers.get_all(AUTHORIZATION).iter();
        let Some(first) = given.next() else { return Ok(None) };
        let token = first.to_str().ok().and_then(bearer).filter(|_| given.next().is_none());
        let token = token.ok_or_else(|| {
            let detail = "the Authorization header is not \"Bearer <access token>\"";
            Problem::new(StatusCode::UNAUTHORIZED, "invalid_token", detail)
                .header(WWW_AUTHENTICATE, CHALLENGE_AGAIN)
        })?;
        let identity = self.gate.check(token).await.map_err(refuse)?;
        let actor = identity.actor();
        Ok(Some(Caller {
            user_id: Some(identity.user_id),
            role: identity.role,
            actor,
            request,
            dry_run,
            any_version,
        }))
    }

    async fn admit_signed_in(&self, parts: &Parts) -> Result<Caller, Problem> {
        self.admit(parts).await?.ok_or_else(|| {
            Problem::new(StatusCode::UNAUTHORIZED, "token_missing", "sign in and send the access token")
                .header(WWW_AUTHENTICATE, CHALLENGE)
        })
    }
}

/// The token of a header; the scheme's case does not matter (RFC 9110 §11.1).
fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

/// Anybody; who they are if they say so. A bad token is refused also where none is needed.
pub(super) struct Visitor(Option<Caller>);

impl Visitor {
    /// What of the catalogue they see.
    pub(super) fn audience(&self) -> Audience {
        if self.0.as_ref().is_some_and(Caller::is_staff) { Audience::Staff } else { Audience::Public }
    }
}

/// Somebody who is signed in.
pub(super) struct SignedIn(pub(super) Caller);

/// Staff or an admin.
pub(super) struct Staff(pub(super) Caller);

/// An admin.
pub(super) struct Admin(pub(super) Caller);

impl<S: Send + Sync> FromRequestParts<S> for Visitor
where
    Door: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Door::from_ref(state).admit(parts).await.map(Self)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SignedIn
where
    Door: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Door::from_ref(state).admit_signed_in(parts).await.map(Self)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Staff
where
    Door: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let caller = Door::from_ref(state).admit_signed_in(parts).await?;
        if caller.is_staff() {
            Ok(Self(caller))
        } else {
            Err(Problem::new(StatusCode::FORBIDDEN, "staff_only", "only staff may do this"))
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Admin
where
    Door: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let caller = Door::from_ref(state).admit_signed_in(parts).await?;
        if caller.role == Role::Admin {
            Ok(Self(caller))
        } else {
            Err(Problem::new(StatusCode::FORBIDDEN, "admin_only", "only an admin may do this"))
        }
    }
}

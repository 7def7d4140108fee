//! Who asks, and letting them in: every request passes here before its handler.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::http::{Extensions, Response, StatusCode};
use axum::middleware::Next;
use axum::response::IntoResponse;

use super::access::{self, Rule};
use super::client_addr::ClientAddr;
use super::options::AuthMode;
use super::pipeline::RequestId;
use super::problem::{CHALLENGE, CHALLENGE_AGAIN, Problem, refuse};
use super::query::DryRun;
use super::rate_limit::{Client, RateLimits};
use super::reply;
use crate::domain::actor::Actor;
use crate::domain::id::UserId;
use crate::domain::number::Version;
use crate::domain::user::Role;
use crate::service::auth::{Gate, Identity};
use crate::service::orders::Scope;
use crate::service::products::Audience;
use crate::service::{RequestKey, WriteOptions};

/// Lets callers in. Each service has one.
#[derive(Clone)]
pub(super) struct Door {
    pub(super) gate: Arc<Gate>,
    pub(super) mode: AuthMode,
    /// None where everybody may ask as often as they like.
    pub(super) limits: Option<Arc<RateLimits>>,
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
    /// As the log names the request.
    request_id: Option<String>,
}

impl Caller {
    fn new(user_id: Option<UserId>, role: Role, actor: Actor, parts: &Parts) -> Self {
        let DryRun(dry_run) = DryRun::of(parts);
        let request_id = parts.extensions.get::<RequestId>().map(|RequestId(id)| id.clone());
        Self {
            user_id,
            role,
            actor,
            request: parts.extensions.get::<RequestKey>().cloned(),
            dry_run,
            // What is wrong with the header is told by whoever reads it for the one thing that is changed.
            any_version: reply::any_version(&parts.headers).unwrap_or_default(),
            request_id,
        }
    }

    /// An unconditional write by this caller.
    pub(super) fn options(&self) -> WriteOptions {
        // A key is its asker's own: two users with the same one never meet.
        let request = self.request.as_ref().map(|key| key.part(self.actor.as_str()));
        let (dry_run, any_version) = (self.dry_run, self.any_version.clone());
        let request_id = self.request_id.clone();
        WriteOptions { any_version, dry_run, request, request_id, ..WriteOptions::by(self.actor.clone()) }
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

/// Asks who it is, counts the request, and lets it through to its handler or not, as the table of [`access`] says.
pub(super) async fn authorise(
    State(door): State<Door>,
    request: Request,
    next: Next,
) -> Response<axum::body::Body> {
    let rule = request
        .extensions()
        .get::<MatchedPath>()
        .and_then(|route| access::find(request.method(), route.as_str()));
    // Another method than the route takes, which the router says.
    let Some(rule) = rule else { return next.run(request).await };
    let (mut parts, body) = request.into_parts();
    let identity = door.identify(&parts).await;
    let left = match &door.limits {
        Some(limits) => match limits.count(client(identity.as_ref().ok(), &parts)) {
            Ok(left) => Some(left),
            Err(problem) => return problem.into_response(),
        },
        None => None,
    };
    let admitted = identity.and_then(|identity| door.admit(rule, identity, &parts));
    let mut response = match admitted {
        Ok(admitted) => {
            parts.extensions.insert(admitted);
            next.run(Request::from_parts(parts, body)).await
        }
        Err(problem) => problem.into_response(),
    };
    if let Some(left) = left {
        left.tell(&mut response);
    }
    response
}

/// Whom a request is counted for.
fn client(identity: Option<&Option<Identity>>, parts: &Parts) -> Client {
    match identity {
        Some(Some(identity)) => Client::Subject(identity.user_id),
        _ => Client::at(peer(&parts.extensions)),
    }
}

/// Where a request came from.
fn peer(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<ClientAddr>().map(|ClientAddr(address)| *address)
}

/// Who was let in; in the extensions of every request that was.
#[derive(Clone)]
struct Admitted(Option<Caller>);

impl Door {
    /// `None` without a token.
    async fn identify(&self, parts: &Parts) -> Result<Option<Identity>, Problem> {
        if self.mode == AuthMode::None {
            return Ok(None);
        }
        let mut given = parts.headers.get_all(AUTHORIZATION).iter();
        let Some(first) = given.next() else { return Ok(None) };
        let token = first.to_str().ok().and_then(bearer).filter(|_| given.next().is_none());
        let token = token.ok_or_else(|| {
            let detail = "the Authorization header is not \"Bearer <access token>\"";
            Problem::new(StatusCode::UNAUTHORIZED, "invalid_token", detail)
                .header(WWW_AUTHENTICATE, CHALLENGE_AGAIN)
        })?;
        self.gate.check(token).await.map(Some).map_err(refuse)
    }

    fn admit(&self, rule: &Rule, identity: Option<Identity>, parts: &Parts) -> Result<Admitted, Problem> {
        if self.mode == AuthMode::None {
            let everybody = Caller::new(None, Role::Admin, Actor::subject("anonymous"), parts);
            return Ok(Admitted(Some(everybody)));
        }
        let Some(identity) = rule.admit(identity)? else { return Ok(Admitted(None)) };
        let caller = Caller::new(Some(identity.user_id), identity.role, identity.actor(), parts);
        Ok(Admitted(Some(caller)))
    }
}

/// The token of a header; the scheme's case does not matter (RFC 9110 §11.1).
fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

/// Whoever the table lets in: anybody; who they are if they say so.
pub(super) struct Visitor(Option<Caller>);

impl Visitor {
    /// What of the catalogue they see.
    pub(super) fn audience(&self) -> Audience {
        if self.0.as_ref().is_some_and(Caller::is_staff) { Audience::Staff } else { Audience::Public }
    }
}

/// Somebody who is signed in and whom the table lets in.
pub(super) struct SignedIn(pub(super) Caller);

/// Where the request came from.
pub(super) struct Peer(pub(super) Option<IpAddr>);

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        admitted(parts).map(Self)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        admitted(parts)?.map(Self).ok_or_else(unruled)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Peer {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(peer(&parts.extensions)))
    }
}

/// Whoever was let in. A request that reached a handler past the door, or past a rule that lets in who is not signed in, goes no
/// further.
fn admitted(parts: &Parts) -> Result<Option<Caller>, Problem> {
    parts.extensions.get::<Admitted>().map(|Admitted(caller)| caller.clone()).ok_or_else(unruled)
}

fn unruled() -> Problem {
    tracing::error!("a route has no rule that lets its callers in");
    Problem::internal()
}

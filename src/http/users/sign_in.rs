//! Registering, signing in and out.

use axum::Json;
use axum::extract::State as Shared;
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use secrecy::SecretString;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::State;
use crate::domain::actor::Actor;
use crate::http::auth::Peer;
use crate::http::body::{Body, Content};
use crate::http::once::Keyed;
use crate::http::problem::{FieldProblem, Problem, refuse, told};
use crate::http::query::DryRun;
use crate::http::reply::{created, no_content};
use crate::service::WriteOptions;
use crate::service::auth::{Jwk, SignedIn};
use crate::service::users::NewUser;
use crate::service::view::UserView;

/// A text that no log and no error may repeat.
#[derive(Clone)]
pub(super) struct Secret(pub(super) SecretString);

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(text.into()))
    }
}

/// A new customer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Registration {
    /// Where to write to; what one signs in with.
    #[schema(example = "ada@example.com")]
    email: String,
    /// 8 to 1024 bytes.
    #[schema(value_type = String, format = Password, example = "correct horse battery")]
    password: Secret,
    /// What to call them.
    name: Option<String>,
    /// Where to ring them.
    phone: Option<String>,
}

/// Who signs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Credentials {
    /// The address registered with.
    #[schema(example = "ada@example.com")]
    email: String,
    /// The password.
    #[schema(value_type = String, format = Password)]
    password: Secret,
}

/// A refresh token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Refreshing {
    /// As the last sign-in or refresh gave it.
    #[schema(value_type = String, format = Password)]
    refresh_token: Secret,
}

/// Public keys (RFC 7517).
#[derive(Serialize, ToSchema)]
pub(super) struct JwkSet {
    keys: Vec<Jwk>,
}

impl Content for Registration {
    fn problems(self) -> Vec<FieldProblem> {
        told(NewUser::from(self).problems())
    }
}

impl From<Registration> for NewUser {
    fn from(body: Registration) -> Self {
        let Registration { email, password, name, phone } = body;
        Self { email, name, phone, password: Some(password.0), role: None }
    }
}

impl Content for Credentials {
    /// Whatever they are, the answer is that of a sign-in.
    fn problems(self) -> Vec<FieldProblem> {
        Vec::new()
    }
}

impl Content for Refreshing {
    /// Whatever it is, the answer is that of a sign-in.
    fn problems(self) -> Vec<FieldProblem> {
        Vec::new()
    }
}

/// Register as a customer
#[utoipa::path(post, path = "/register", tag = "sign-in", request_body = Registration,
    responses((status = 201, description = "The new customer", body = UserView,
        headers(("Location" = String), ("ETag" = String)))))]
pub(super) async fn register(
    Shared(state): Shared<State>,
    Keyed(request): Keyed,
    DryRun(dry_run): DryRun,
    Body(body): Body<Registration>,
) -> Result<Response, Problem> {
    // A digest of the password, even in a larger one, would be a hash that is too quick to be kept.
    let said = format!("{:?} {:?} {:?}", body.email, body.name, body.phone);
    let request = request.map(|key| key.saying(&[b"register", said.as_bytes()]));
    let options = WriteOptions { dry_run, request, ..WriteOptions::by(Actor::system()) };
    let user = state.users.register(body.into(), &options).await.map_err(refuse)?;
    Ok(created(&format!("/users/{}", user.id), &user))
}

/// Sign in with address and password
///
/// The access token is good for 15 minutes; the refresh token exchanges for the next pair, once. After several wrong guesses the next
/// has to wait: `Retry-After` says how long. The right password after the wait works.
#[utoipa::path(post, path = "/login", tag = "sign-in", request_body = Credentials,
    responses((status = 200, description = "Signed in", body = SignedIn)))]
pub(super) async fn login(
    Shared(state): Shared<State>,
    Peer(peer): Peer,
    Body(body): Body<Credentials>,
) -> Result<Json<SignedIn>, Problem> {
    state.sessions.sign_in(&body.email, body.password.0, peer).await.map(Json).map_err(refuse)
}

/// Exchange a refresh token for the next pair of tokens
///
/// A token that comes twice has been copied: its whole session ends.
#[utoipa::path(post, path = "/refresh", tag = "sign-in", request_body = Refreshing,
    responses((status = 200, description = "Signed in further", body = SignedIn)))]
pub(super) async fn refresh(
    Shared(state): Shared<State>,
    Body(body): Body<Refreshing>,
) -> Result<Json<SignedIn>, Problem> {
    state.sessions.refresh(&body.refresh_token.0).await.map(Json).map_err(refuse)
}

/// End a session
#[utoipa::path(post, path = "/logout", tag = "sign-in", request_body = Refreshing,
    responses((status = 204, description = "The session is ended, or was already")))]
pub(super) async fn logout(
    Shared(state): Shared<State>,
    Body(body): Body<Refreshing>,
) -> Result<Response, Problem> {
    state.sessions.sign_out(&body.refresh_token.0).await.map_err(refuse)?;
    Ok(no_content())
}

/// The public keys that check access tokens
#[utoipa::path(get, path = "/.well-known/jwks.json", tag = "sign-in",
    responses((status = 200, description = "The keys, oldest first", body = JwkSet)))]
pub(super) async fn jwks(Shared(state): Shared<State>) -> Result<Response, Problem> {
    let keys = state.sessions.public_keys().await.map_err(refuse)?;
    let mut response = Json(JwkSet { keys }).into_response();
    // Short, so that a new key is known soon after the keys rotate.
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=60"));
    Ok(response)
}

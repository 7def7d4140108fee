//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a `POST` that is sent again is answered as it was the first time.
//!
//! The key belongs to whoever signed in, and to one body: method, path and body are its fingerprint. While the first is still at work
//! here the second is told so; at work on another copy of the service it waits and is then answered. Signing in, out and anew take no
//! part: their answers hold secrets, which are not kept.

use std::collections::HashSet;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::extract::{FromRequestParts, Request};
use axum::http::header::{AUTHORIZATION, RETRY_AFTER};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, Response, StatusCode};
use axum::middleware::Next;
use axum::response::IntoResponse;

use super::body;
use super::problem::Problem;
use crate::service::RequestKey;

/// Names a request that is to be done once.
pub(super) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// On an answer that was given before.
pub(super) const IDEMPOTENT_REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// Requests with a key that are at work in this process.
#[derive(Debug, Default)]
pub(super) struct AtWork(Mutex<HashSet<String>>);

/// A place among them.
struct Place {
    all: Arc<AtWork>,
    name: String,
}

impl AtWork {
    fn take(self: &Arc<Self>, name: String) -> Option<Place> {
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        names.insert(name.clone()).then(|| Place { all: Arc::clone(self), name })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.all.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.name);
    }
}

/// Runs a handler; a `POST` with a key only where the same is not at work already.
pub(super) async fn run(at_work: Arc<AtWork>, request: Request, next: Next) -> Response<Body> {
    if request.method() != Method::POST || !request.headers().contains_key(IDEMPOTENCY_KEY) {
        return next.run(request).await;
    }
    match keyed(&at_work, request, next).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

async fn keyed(at_work: &Arc<AtWork>, request: Request, next: Next) -> Result<Response<Body>, Problem> {
    let key = key_of(&request)?;
    let asker = request.headers().get(AUTHORIZATION).map_or("", |value| value.to_str().unwrap_or_default());
    let Some(_place) = at_work.take(format!("{asker}\n{key}")) else {
        let detail = "the same request is still at work; ask again in a moment";
        let problem = Problem::new(StatusCode::CONFLICT, "request_in_progress", detail);
        return Err(problem.header(RETRY_AFTER, "1"));
    };
    let (parts, sent) = request.into_parts();
    let limited = Request::from_parts(parts.clone(), sent);
    let bytes = body::read(limited).await?;
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let said: [&[u8]; 3] = [parts.method.as_str().as_bytes(), path.as_bytes(), &bytes];
    let request_key = RequestKey::new("http", &key, &said).map_err(|error| bad_key(error.detail))?;
    let mut request = Request::from_parts(parts, Body::from(bytes));
    request.extensions_mut().insert(request_key.clone());
    let mut response = next.run(request).await;
    if request_key.was_replayed() {
        response.headers_mut().insert(IDEMPOTENT_REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// The key, with or without the quotes of a structured field.
fn key_of(request: &Request) -> Result<String, Problem> {
    let mut given = request.headers().get_all(IDEMPOTENCY_KEY).iter();
    let first = given.next().and_then(|value| value.to_str().ok()).filter(|_| given.next().is_none());
    let Some(text) = first else { return Err(bad_key("give one Idempotency-Key, in ASCII".to_owned())) };
    let text = text.trim();
    Ok(text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text).to_owned())
}

fn bad_key(detail: String) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "invalid_idempotency_key", detail)
}

/// The key of a request of nobody who is known.
pub(super) struct Keyed(pub(super) Option<RequestKey>);

impl<S: Send + Sync> FromRequestParts<S> for Keyed {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.extensions.get::<RequestKey>().cloned()))
    }
}

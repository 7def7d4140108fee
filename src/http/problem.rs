//! Errors as `application/problem+json` (RFC 9457).
//!
//! A [`Problem`] travels in the extensions of an empty response; the pipeline, which knows the request, writes the body.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, ETAG, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, Response, StatusCode};
use axum::response::IntoResponse;
use serde::Serialize;
use utoipa::ToSchema;

use crate::service;
use crate::service::Kind;

/// One thing wrong with one part of the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct FieldProblem {
    /// JSON pointer (RFC 6901) into the body; for a query `/name`; empty for the whole.
    #[schema(example = "/items/0/quantity")]
    pub pointer: String,
    /// Stable code.
    #[schema(example = "invalid_quantity")]
    pub code: &'static str,
    /// For people.
    pub detail: String,
}

/// Why a request was refused.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    pub status: StatusCode,
    /// Stable code, the one the command line prints.
    pub code: &'static str,
    /// For people; for a 5xx always fixed text.
    pub detail: String,
    pub errors: Vec<FieldProblem>,
    /// After a stale version: the one that is there.
    pub current_version: Option<i64>,
    /// What else the answer says in its head.
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

/// The body of every error.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct ProblemBody<'a> {
    /// Names the kind of problem; the code as a URN.
    #[serde(rename = "type")]
    #[schema(example = "urn:shopctl:problem:product_not_found")]
    pub type_uri: String,
    /// The status in words.
    #[schema(example = "Not Found")]
    pub title: &'a str,
    /// The HTTP status.
    #[schema(example = 404)]
    pub status: u16,
    /// What is wrong with which thing.
    #[schema(example = "product \"MUG-9\" does not exist")]
    pub detail: &'a str,
    /// The path that was asked.
    #[schema(example = "/products/MUG-9")]
    pub instance: &'a str,
    /// Stable, for programs; the same as the command line's.
    #[schema(example = "product_not_found")]
    pub code: &'a str,
    /// Names this request in the log.
    pub request_id: &'a str,
    /// Each part that is wrong.
    pub errors: &'a [FieldProblem],
    /// With `stale_version`: the version that is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_version: Option<i64>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status,
            code,
            detail: detail.into(),
            errors: Vec::new(),
            current_version: None,
            headers: Vec::new(),
        }
    }

    /// One part of the input that is wrong.
    pub(super) fn field(pointer: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let errors = vec![FieldProblem { pointer: pointer.into(), code, detail: detail.clone() }];
        Self { errors, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail) }
    }

    /// Parts of the input that are wrong, at least one; the first gives code and detail.
    pub(super) fn fields(errors: Vec<FieldProblem>) -> Self {
        let (code, detail) = match errors.as_slice() {
            [] => return Self::internal(),
            [only] => (only.code, only.detail.clone()),
            [first, more @ ..] => (first.code, format!("{} (and {} more)", first.detail, more.len())),
        };
        Self { errors, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail) }
    }

    /// The service cannot answer now: come again in a second.
    pub(super) fn unavailable(code: &'static str, detail: &'static str) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, detail).retry_after()
    }

    /// A bug. The cause is in the log.
    pub(super) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", INTERNAL)
    }

    #[must_use]
    pub(super) fn header(mut self, name: HeaderName, value: &'static str) -> Self {
        self.headers.push((name, HeaderValue::from_static(value)));
        self
    }

    fn retry_after(self) -> Self {
        self.header(RETRY_AFTER, "1")
    }

    /// The answer to the request that this is about.
    pub(super) fn render(&self, instance: &str, request_id: &str) -> Response<Body> {
        let body = ProblemBody {
            type_uri: format!("urn:shopctl:problem:{}", self.code),
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            detail: &self.detail,
            instance,
            code: self.code,
            request_id,
            errors: &self.errors,
            current_version: self.current_version,
        };
        // Texts, numbers and lists of them always serialise.
        let mut response = Response::new(Body::from(serde_json::to_vec(&body).unwrap_or_default()));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.extend(self.headers.iter().cloned());
        let current = self.current_version.and_then(|version| format!("\"v{version}\"").parse().ok());
        headers.extend(current.map(|etag: HeaderValue| (ETAG, etag)));
        response
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response<Body> {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

const INTERNAL: &str = "something went wrong inside the service";
const UNAVAILABLE: &str = "the database cannot do this now; try again in a moment";
const TIMEOUT: &str = "the database did not answer in time; the change may or may not have been made";

/// What a use case says of single parts of the input.
pub(super) fn told(problems: Vec<service::error::Problem>) -> Vec<FieldProblem> {
    let told = |problem: service::error::Problem| FieldProblem {
        pointer: problem.pointer,
        code: problem.code,
        detail: problem.detail,
    };
    problems.into_iter().map(told).collect()
}

/// A use case's error as an answer: the one place where HTTP statuses are given to them.
pub(super) fn refuse(error: service::Error) -> Problem {
    let service::Error { kind, code, detail, problems, current_version, retry_after, hint: _ } = error;
    let errors = told(problems);
    let told = |status| Problem { errors, current_version, ..Problem::new(status, code, detail.clone()) };
    match kind {
        Kind::Invalid => told(StatusCode::UNPROCESSABLE_ENTITY),
        Kind::NotFound => told(StatusCode::NOT_FOUND),
        Kind::Conflict => told(StatusCode::CONFLICT),
        Kind::Stale => told(StatusCode::PRECONDITION_FAILED),
        Kind::Unauthenticated => told(StatusCode::UNAUTHORIZED).header(WWW_AUTHENTICATE, CHALLENGE_AGAIN),
        // It is the service that the database turned away, not the client.
        Kind::Forbidden if code == "store_denied" => {
            tracing::error!(code, cause = %detail, "the database refuses the service's credentials");
            Problem::unavailable("store_unavailable", UNAVAILABLE)
        }
        Kind::Forbidden => told(StatusCode::FORBIDDEN),
        Kind::TooMany => {
            let seconds = retry_after.unwrap_or(1).max(1);
            let mut problem = told(StatusCode::TOO_MANY_REQUESTS);
            problem.headers.push((RETRY_AFTER, seconds.into()));
            problem
        }
        Kind::Unavailable => {
            tracing::warn!(code, cause = %detail, "the database cannot do this now");
            Problem::unavailable(code, UNAVAILABLE)
        }
        Kind::Timeout => {
            tracing::warn!(code, cause = %detail, "the database did not answer in time");
            Problem::new(StatusCode::GATEWAY_TIMEOUT, code, TIMEOUT)
        }
        Kind::Internal => Problem::internal(),
    }
}

/// How to sign in, for who did not (RFC 6750 §3).
pub(super) const CHALLENGE: &str = "Bearer realm=\"shopctl\"";
/// The same for who tried.
pub(super) const CHALLENGE_AGAIN: &str = "Bearer realm=\"shopctl\", error=\"invalid_token\"";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_error_has_its_status() {
        for (kind, status) in [
            (Kind::Invalid, 422),
            (Kind::NotFound, 404),
            (Kind::Conflict, 409),
            (Kind::Stale, 412),
            (Kind::Unauthenticated, 401),
            (Kind::Forbidden, 403),
            (Kind::TooMany, 429),
            (Kind::Unavailable, 503),
            (Kind::Timeout, 504),
            (Kind::Internal, 500),
        ] {
            let problem = refuse(service::Error::new(kind, "some_code", "secret cause"));
            assert_eq!(problem.status.as_u16(), status);
            let told = problem.detail.contains("secret");
            assert_eq!(told, status < 500, "{status} must tell only what is the client's business");
            let retry = problem.headers.iter().any(|(name, _)| name == RETRY_AFTER);
            assert_eq!(retry, matches!(status, 429 | 503), "{status}");
            assert_eq!(problem.headers.iter().any(|(name, _)| name == WWW_AUTHENTICATE), status == 401);
        }
    }

    #[test]
    fn credentials_that_the_database_refuses_are_no_fault_of_the_client() {
        let problem = refuse(service::Error::new(Kind::Forbidden, "store_denied", "user \"x\" on host y"));
        assert_eq!((problem.status.as_u16(), problem.code), (503, "store_unavailable"));
        assert!(!problem.detail.contains("host"));
    }
}

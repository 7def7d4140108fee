//! Reading JSON bodies: bounded in size and time, and told exactly what is wrong.

use std::time::Duration;

use axum::body::{Body as RawBody, HttpBody};
use axum::extract::{FromRequest, Request};
use axum::http::header::{ACCEPT, ACCEPT_ENCODING, CONNECTION, CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::{HeaderMap, Method, StatusCode};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;

use super::json;
use super::problem::{FieldProblem, Problem};

/// How much of a body is read, and for how long. The pipeline leaves them with each request.
#[derive(Debug, Clone, Copy)]
pub(super) struct BodyLimits {
    pub(super) bytes: usize,
    pub(super) timeout: Duration,
}

/// What is sent to a route.
pub(super) trait Content: DeserializeOwned {
    /// What is wrong with the values of its members, as far as that can be told without a look at the store: what the use case would refuse.
    /// It is asked of a body whose shape is wrong, so that all that is wrong with it is told at once.
    fn problems(self) -> Vec<FieldProblem>;
}

/// A JSON body that must be there.
pub(super) struct Body<T>(pub(super) T);

/// A JSON body that may be left out.
pub(super) struct MaybeBody<T>(pub(super) T);

impl<S: Send + Sync, T: Content> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        require_json(request.method(), request.headers())?;
        let bytes = read(request).await?;
        json::parse(&bytes).map(Self)
    }
}

impl<S: Send + Sync, T: Content + Default> FromRequest<S> for MaybeBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        if request.body().is_end_stream() {
            return Ok(Self(T::default()));
        }
        require_json(request.method(), request.headers())?;
        let bytes = read(request).await?;
        // `null` says as little as no body at all.
        if matches!(bytes.trim_ascii(), b"" | b"null") {
            return Ok(Self(T::default()));
        }
        json::parse(&bytes).map(Self)
    }
}

fn require_json(method: &Method, headers: &HeaderMap) -> Result<(), Problem> {
    let unsupported = |detail: &str| {
        Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail)
            .header(ACCEPT, "application/json")
    };
    if headers.contains_key(CONTENT_ENCODING) {
        // A few bytes could unpack to more than any limit; RFC 7694 says how to say no.
        return Err(unsupported("the body must not be compressed").header(ACCEPT_ENCODING, "identity"));
    }
    let given = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let merge_patch = method == Method::PATCH && essence == "application/merge-patch+json";
    if essence == "application/json" || merge_patch {
        Ok(())
    } else {
        Err(unsupported("the body must be sent as application/json"))
    }
}

/// Reads a body within the limits of the pipeline.
pub(super) async fn read(request: Request) -> Result<Bytes, Problem> {
    let limits = request.extensions().get::<BodyLimits>().copied();
    let Some(BodyLimits { bytes, timeout }) = limits else {
        tracing::error!("a request came past the pipeline");
        return Err(Problem::internal());
    };
    let body: RawBody = request.into_body();
    if body.size_hint().lower() > bytes as u64 {
        return Err(too_large(bytes));
    }
    match tokio::time::timeout(timeout, Limited::new(body, bytes).collect()).await {
        Ok(Ok(read)) => Ok(read.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large(bytes)),
        Ok(Err(_)) => {
            Err(Problem::new(StatusCode::BAD_REQUEST, "body_unreadable", "the body ended before its end"))
        }
        Err(_) => {
            let detail = "the body did not arrive in time";
            Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "body_timeout", detail).header(CONNECTION, "close"))
        }
    }
}

fn too_large(most: usize) -> Problem {
    let detail = format!("the body is larger than {most} bytes");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail).header(CONNECTION, "close")
}

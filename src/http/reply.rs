//! Answers that went well, and the conditions under which they are given (RFC 9110 §13).

use axum::Json;
use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::header::{CACHE_CONTROL, ETAG, IF_MATCH, IF_NONE_MATCH, LINK, LOCATION};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use axum::response::IntoResponse;
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use super::params::Here;
use super::problem::Problem;
use crate::domain::number::Version;
use crate::service::page::Listing;
use crate::service::view::{OrderView, ProductView, StockView, UserView};

/// A thing that counts its writes.
pub(super) trait Versioned: Serialize {
    fn version(&self) -> i64;
}

macro_rules! versioned {
    ($($view:ty),*) => {
        $(impl Versioned for $view {
            fn version(&self) -> i64 {
                self.version
            }
        })*
    };
}

versioned!(UserView, ProductView, OrderView, StockView);

/// A thing, as it is after a change.
pub(super) fn object<V: Versioned>(view: &V) -> Response<Body> {
    let mut response = Json(view).into_response();
    response.headers_mut().insert(ETAG, etag(view.version()));
    response
}

/// A new thing, and where it is.
pub(super) fn created<V: Versioned>(location: &str, view: &V) -> Response<Body> {
    let mut response = object(view);
    *response.status_mut() = StatusCode::CREATED;
    // Ids are plain ASCII.
    response.headers_mut().extend(HeaderValue::from_str(location).ok().map(|value| (LOCATION, value)));
    response
}

/// Nothing more to say.
pub(super) fn no_content() -> Response<Body> {
    StatusCode::NO_CONTENT.into_response()
}

/// One page of a list, with a link to the next.
pub(super) fn listed<V: Serialize>(here: &Here, listing: &Listing<V>) -> Response<Body> {
    /// What may not stand as it is within `<…>`.
    const UNSAFE: &AsciiSet = &CONTROLS.add(b'<').add(b'>').add(b'"').add(b' ');
    let mut response = Json(listing).into_response();
    if let Some(cursor) = &listing.next_cursor {
        let mut query: Vec<String> = here
            .query
            .split('&')
            .filter(|pair| !pair.is_empty() && pair.split('=').next() != Some("cursor"))
            .map(|pair| utf8_percent_encode(pair, UNSAFE).to_string())
            .collect();
        query.push(format!("cursor={}", utf8_percent_encode(cursor, NON_ALPHANUMERIC)));
        let path = utf8_percent_encode(&here.path, UNSAFE);
        let link = format!("<{path}?{}>; rel=\"next\"", query.join("&"));
        response.headers_mut().extend(HeaderValue::try_from(link).ok().map(|link| (LINK, link)));
    }
    response
}

fn etag(version: i64) -> HeaderValue {
    // A number between quotes is always a sound header.
    HeaderValue::try_from(format!("\"v{version}\"")).unwrap_or(HeaderValue::from_static("\"v0\""))
}

/// What the client has already: `If-None-Match`.
pub(super) struct Known(Vec<String>);

impl Known {
    /// The thing, or 304 where the client has it already. Weak comparison (RFC 9110 §13.1.2).
    pub(super) fn object<V: Versioned>(&self, view: &V) -> Response<Body> {
        let current = format!("\"v{}\"", view.version());
        let known = self.0.iter().any(|tag| tag == "*" || tag.trim_start_matches("W/") == current);
        let mut response = if known {
            let mut response = StatusCode::NOT_MODIFIED.into_response();
            response.headers_mut().insert(ETAG, etag(view.version()));
            response
        } else {
            object(view)
        };
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        response
    }
}

/// Only if the thing is still at this version: `If-Match`. `*` asks for nothing: what is not there is 404 anyway.
pub(super) struct Expected(pub(super) Option<Version>);

impl<S: Send + Sync> FromRequestParts<S> for Known {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        tags(&parts.headers, &IF_NONE_MATCH).map(Self)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Expected {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let tags = tags(&parts.headers, &IF_MATCH)?;
        if tags.is_empty() || tags.iter().any(|tag| tag == "*") {
            return Ok(Self(None));
        }
        match versions(&tags).as_slice() {
            [] => {
                let detail = format!("{} is not the entity tag of what is there", tags.join(", "));
                Err(Problem::new(StatusCode::PRECONDITION_FAILED, "stale_version", detail))
            }
            [version] => Ok(Self(Some(*version))),
            // The caller's options carry them.
            _ => Ok(Self(None)),
        }
    }
}

/// The versions of an `If-Match` that names more than one; none for any other.
pub(super) fn any_version(headers: &HeaderMap) -> Result<Vec<Version>, Problem> {
    let versions = versions(&tags(headers, &IF_MATCH)?);
    Ok(if versions.len() > 1 { versions } else { Vec::new() })
}

/// The versions that entity tags stand for, each once. Any other tag, and any weak one, is none that this service gave: it cannot match.
fn versions(tags: &[String]) -> Vec<Version> {
    let version = |tag: &String| tag.strip_prefix("\"v")?.strip_suffix('"')?.parse().ok();
    let mut versions: Vec<Version> = tags.iter().filter_map(version).collect();
    versions.sort_unstable();
    versions.dedup();
    versions
}

/// The entity tags of a header (RFC 9110 §8.8.3); `*` stands alone.
fn tags(headers: &HeaderMap, name: &HeaderName) -> Result<Vec<String>, Problem> {
    let mut tags = Vec::new();
    for value in headers.get_all(name) {
        let text = value.to_str().map_err(|_| malformed(name, "not ASCII"))?;
        let mut rest = text.trim();
        if rest == "*" {
            tags.push(rest.to_owned());
            continue;
        }
        if rest.is_empty() {
            return Err(malformed(name, "empty"));
        }
        while !rest.is_empty() {
            let opaque = rest.strip_prefix("W/").unwrap_or(rest);
            let inner = opaque.strip_prefix('"').ok_or_else(|| malformed(name, "no quotes"))?;
            let end = inner.find('"').ok_or_else(|| malformed(name, "no closing quote"))?;
            // RFC 9110 §8.8.3: visible characters, and no others.
            if !inner[..end].bytes().all(|byte| byte.is_ascii_graphic()) {
                return Err(malformed(name, "a character that is not visible"));
            }
            let length = rest.len() - inner.len() + end + 1;
            tags.push(rest[..length].to_owned());
            rest = rest[length..].trim_start();
            if !rest.is_empty() {
                rest = rest.strip_prefix(',').ok_or_else(|| malformed(name, "no comma"))?.trim_start();
            }
        }
    }
    if tags.len() > 1 && tags.iter().any(|tag| tag == "*") {
        return Err(malformed(name, "\"*\" beside other tags"));
    }
    Ok(tags)
}

fn malformed(name: &HeaderName, why: &str) -> Problem {
    let detail = format!("the header {name} is malformed ({why}); an entity tag looks like \"v3\"");
    Problem::new(StatusCode::BAD_REQUEST, "invalid_header", detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &'static str) -> Result<Vec<String>, Problem> {
        let mut headers = HeaderMap::new();
        headers.insert(IF_NONE_MATCH, HeaderValue::from_static(value));
        tags(&headers, &IF_NONE_MATCH)
    }

    #[test]
    fn reads_lists_of_entity_tags() {
        assert_eq!(read("\"v1\", W/\"v2\" ,\"a,b\"").unwrap(), ["\"v1\"", "W/\"v2\"", "\"a,b\""]);
        assert_eq!(read("*").unwrap(), ["*"]);
    }

    #[test]
    fn refuses_what_is_no_entity_tag() {
        for bad in ["", "v1", "\"v1", "\"v1\" \"v2\"", "w/\"v1\"", "1", "\"v 1\""] {
            assert_eq!(read(bad).expect_err(bad).status, StatusCode::BAD_REQUEST, "{bad}");
        }
    }
}

//! Reading paths and query strings.

use std::borrow::Cow;
use std::convert::Infallible;

use axum::extract::{FromRequestParts, MatchedPath, Path};
use axum::http::StatusCode;
use axum::http::request::Parts;
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;

use super::problem::{FieldProblem, Problem};
use crate::service::page::PageInput;

/// The most errors that are told of one query string.
const MOST: usize = 32;

/// The `<id>` of a path, percent-decoded: an id or the natural key.
pub(super) struct Key(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        // A route that is written out (`/products/batch`) may be the name of a thing too.
        let written_out = parts.extensions.get::<MatchedPath>().filter(|route| !route.as_str().contains('{'));
        if let Some(route) = written_out {
            return Ok(Self(route.as_str().rsplit('/').next().unwrap_or_default().to_owned()));
        }
        match Path::<String>::from_request_parts(parts, state).await {
            Ok(Path(key)) => Ok(Self(key)),
            Err(_) => Err(Problem::new(StatusCode::BAD_REQUEST, "invalid_path", "the path is not UTF-8")),
        }
    }
}

/// The parameters of a query string; all are known and none is there twice.
pub(super) struct Params<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        parse(parts.uri.query().unwrap_or_default()).map(Self)
    }
}

/// Reads a query string, or tells everything that is wrong with it.
pub(super) fn parse<T: DeserializeOwned>(query: &str) -> Result<T, Problem> {
    if percent_decode_str(query).decode_utf8().is_err() {
        return Err(Problem::new(StatusCode::BAD_REQUEST, "invalid_query", "the query string is not UTF-8"));
    }
    let mut wrong = Vec::new();
    let mut query = Cow::Borrowed(query);
    loop {
        let pairs = form_urlencoded::parse(query.as_bytes());
        let read = serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(pairs));
        let error = match read {
            Ok(read) if wrong.is_empty() => return Ok(read),
            Ok(_) => return Err(Problem::fields(wrong)),
            Err(error) => sorted(&error),
        };
        // Every parameter may be left out: without this one the rest can be looked at.
        let name = error.pointer.trim_start_matches('/').to_owned();
        wrong.push(error);
        let mut rest = form_urlencoded::Serializer::new(String::new());
        let kept = form_urlencoded::parse(query.as_bytes()).filter(|(other, _)| *other != *name);
        let rest = rest.extend_pairs(kept).finish();
        if rest.len() >= query.len() || wrong.len() == MOST {
            return Err(Problem::fields(wrong));
        }
        query = Cow::Owned(rest);
    }
}

/// Sorts an error by the words in which serde puts it.
fn sorted(error: &serde_path_to_error::Error<serde::de::value::Error>) -> FieldProblem {
    let name = error.path().to_string();
    let message = error.inner().to_string();
    let named = message.split('`').nth(1).unwrap_or_default();
    let (name, code, detail) = if message.starts_with("unknown field") {
        (named, "unknown_parameter", format!("unknown parameter {named:?}"))
    } else if message.starts_with("duplicate field") {
        (named, "duplicate_parameter", format!("{named:?} is there twice"))
    } else if name == "limit" {
        ("limit", "invalid_limit", "limit must be a whole number from 1 to 200".to_owned())
    } else {
        (name.as_str(), "invalid_parameter", format!("{name:?} is wrong: {message}"))
    };
    FieldProblem { pointer: format!("/{name}"), code, detail }
}

/// The query string as it came, to lead to the next page with.
pub(super) struct Here {
    pub(super) path: String,
    pub(super) query: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Here {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let query = parts.uri.query().unwrap_or_default().to_owned();
        Ok(Self { path: parts.uri.path().to_owned(), query })
    }
}

/// Which part of a list.
pub(super) fn page(limit: Option<usize>, cursor: Option<String>, sort: Option<String>) -> PageInput {
    PageInput { limit, cursor, sort }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Query {
        limit: Option<usize>,
        q: Option<String>,
        low: Option<bool>,
    }

    #[test]
    fn reads_what_is_known() {
        let query: Query = parse("limit=5&q=a%20b%26&low=true").unwrap();
        assert_eq!((query.limit, query.q.as_deref(), query.low), (Some(5), Some("a b&"), Some(true)));
        assert_eq!(parse::<Query>("").unwrap().limit, None);
    }

    #[test]
    fn tells_everything_that_is_wrong_at_once() {
        let problem = parse::<Query>("limit=x&colour=1&q=a&q=b&low=maybe&size=2").expect_err("wrong");
        let told: Vec<&str> = problem.errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(told, ["/limit", "/colour", "/q", "/low", "/size"]);
    }

    #[test]
    fn refuses_what_is_unknown_repeated_or_no_value() {
        for (query, status, code, pointer) in [
            ("colour=1", 422, "unknown_parameter", "/colour"),
            ("q=1&q=2", 422, "duplicate_parameter", "/q"),
            ("limit=x", 422, "invalid_limit", "/limit"),
            ("limit=-1", 422, "invalid_limit", "/limit"),
            ("limit=", 422, "invalid_limit", "/limit"),
            ("low=maybe", 422, "invalid_parameter", "/low"),
            ("q=%FF", 400, "invalid_query", ""),
        ] {
            let problem = parse::<Query>(query).expect_err(query);
            let at = problem.errors.first().map(|error| error.pointer.as_str()).unwrap_or_default();
            assert_eq!((problem.status.as_u16(), problem.code, at), (status, code, pointer), "{query}");
        }
    }
}

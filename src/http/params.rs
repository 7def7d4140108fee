//! Reading paths and query strings.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Path};
use axum::http::StatusCode;
use axum::http::request::Parts;
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;

use super::problem::Problem;
use crate::service::page::PageInput;

/// The `<id>` of a path, percent-decoded: an id or the natural key.
pub(super) struct Key(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
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

fn parse<T: DeserializeOwned>(query: &str) -> Result<T, Problem> {
    if percent_decode_str(query).decode_utf8().is_err() {
        return Err(Problem::new(StatusCode::BAD_REQUEST, "invalid_query", "the query string is not UTF-8"));
    }
    let pairs = form_urlencoded::parse(query.as_bytes());
    serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(pairs)).map_err(|error| {
        let name = error.path().to_string();
        let message = error.inner().to_string();
        let named = message.split('`').nth(1).unwrap_or_default();
        if message.starts_with("unknown field") {
            Problem::field(format!("/{named}"), "unknown_parameter", format!("unknown parameter {named:?}"))
        } else if message.starts_with("duplicate field") {
            Problem::field(format!("/{named}"), "duplicate_parameter", format!("{named:?} is there twice"))
        } else if name == "limit" {
            Problem::field("/limit", "invalid_limit", "limit must be a whole number from 1 to 200")
        } else {
            Problem::field(format!("/{name}"), "invalid_parameter", format!("{name:?} is wrong: {message}"))
        }
    })
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

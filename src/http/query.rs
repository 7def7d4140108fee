//! Query strings of routes that do not read one themselves: nothing may stand there but, on a write, `dry_run`.
//!
//! Which route takes what is read off the `OpenAPI` document, so that none can be forgotten.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::header::{ETAG, LOCATION};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, Response, StatusCode};
use axum::middleware::Next;
use axum::response::IntoResponse;
use serde::Deserialize;
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::{Operation, ParameterIn, PathItem};

use super::params;

/// The parameter of every write that asks for all checks and no change.
pub(super) const DRY_RUN: &str = "dry_run";
/// On the answer to a write that was only tried.
const DRY_RUN_HEADER: HeaderName = HeaderName::from_static("dry-run");

/// What may stand in the query string of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Takes {
    /// Parameters that its handler reads, and checks.
    Own,
    /// `dry_run` alone.
    DryRun,
    Nothing,
}

/// What each operation of a service takes.
#[derive(Debug, Clone)]
pub(super) struct Queries(Arc<HashMap<(Method, String), Takes>>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Trial {
    dry_run: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Empty {}

impl Queries {
    pub(super) fn of(api: &OpenApi) -> Self {
        let mut found = HashMap::new();
        for (path, item) in &api.paths.paths {
            for (method, operation) in operations(item) {
                found.insert((method, path.clone()), takes(operation));
            }
        }
        Self(Arc::new(found))
    }

    /// `None` for what is no operation and will be refused as such.
    fn of_request(&self, method: &Method, route: &str) -> Option<Takes> {
        let method = if *method == Method::HEAD { &Method::GET } else { method };
        let found = |path: &str| self.0.get(&(method.clone(), path.to_owned())).copied();
        // A thing whose key is also a route (`/products/batch`) is asked for like any other.
        let sister = || found(&format!("{}/{{id}}", route.rsplit_once('/')?.0));
        let documented = |route: &str| self.0.keys().any(|(_, path)| path == route);
        let other = || (*method == Method::GET && !documented(route)).then_some(Takes::Nothing);
        found(route).or_else(sister).or_else(other)
    }
}

fn operations(item: &PathItem) -> impl Iterator<Item = (Method, &Operation)> {
    [
        (Method::GET, &item.get),
        (Method::PUT, &item.put),
        (Method::POST, &item.post),
        (Method::DELETE, &item.delete),
        (Method::PATCH, &item.patch),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation.as_ref()?)))
}

fn takes(operation: &Operation) -> Takes {
    use utoipa::openapi::RefOr;
    let mut names = operation.parameters.iter().flatten().filter_map(|parameter| match parameter {
        RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Query => Some(parameter.name.as_str()),
        _ => None,
    });
    match names.next() {
        None => Takes::Nothing,
        Some(DRY_RUN) => Takes::DryRun,
        Some(_) => Takes::Own,
    }
}

/// Refuses a query string that says what the route does not take, and notes a dry run.
pub(super) async fn run(State(queries): State<Queries>, mut request: Request, next: Next) -> Response<Body> {
    let query = request.uri().query().unwrap_or_default();
    if query.is_empty() {
        return next.run(request).await;
    }
    let route = request.extensions().get::<MatchedPath>();
    let takes = route.and_then(|route| queries.of_request(request.method(), route.as_str()));
    let read = match takes {
        None | Some(Takes::Own) => Ok(false),
        Some(Takes::Nothing) => params::parse::<Empty>(query).map(|Empty {}| false),
        Some(Takes::DryRun) => params::parse::<Trial>(query).map(|trial| trial.dry_run.unwrap_or(false)),
    };
    match read {
        Err(problem) => problem.into_response(),
        Ok(false) => next.run(request).await,
        Ok(true) => {
            request.extensions_mut().insert(DryRun(true));
            tried(next.run(request).await)
        }
    }
}

/// The answer to a dry run: nothing was created, and there is nothing to be found anywhere.
fn tried(mut response: Response<Body>) -> Response<Body> {
    if response.status().is_success() {
        if response.status() == StatusCode::CREATED {
            *response.status_mut() = StatusCode::OK;
        }
        let headers = response.headers_mut();
        headers.remove(LOCATION);
        headers.remove(ETAG);
        headers.insert(DRY_RUN_HEADER, HeaderValue::from_static("true"));
    }
    response
}

/// Whether a write is only to be tried.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct DryRun(pub(super) bool);

impl DryRun {
    pub(super) fn of(parts: &Parts) -> Self {
        parts.extensions.get().copied().unwrap_or_default()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for DryRun {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts))
    }
}

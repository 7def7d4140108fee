//! Whether a service lives, whether it can work, and what it offers.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::options::Service;
use super::problem::Problem;
use crate::store::Maintenance;

/// How long a store may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(3);

/// Asks the store whether it is there, and cannot do anything else with it.
#[derive(Clone)]
pub(super) struct Readiness(Arc<dyn Maintenance>);

impl Readiness {
    pub(super) fn of(store: Arc<dyn Maintenance>) -> Self {
        Self(store)
    }

    /// Whatever is wrong with the store, the service is not ready: 503, which balancers understand.
    async fn check(&self) -> Result<(), Problem> {
        match tokio::time::timeout(PATIENCE, self.0.ping()).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => {
                tracing::warn!(cause = %error, "the store is not ready");
                Err(away())
            }
            Err(_) => Err(away()),
        }
    }
}

fn away() -> Problem {
    Problem::unavailable("store_unavailable", "the database does not answer")
}

/// How a service is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Health {
    /// `ok`.
    #[schema(example = "ok")]
    status: &'static str,
}

const OK: Json<Health> = Json(Health { status: "ok" });

/// Whether the process lives
#[utoipa::path(get, path = "/livez", tag = "operations",
    responses((status = 200, description = "It lives", body = Health)))]
async fn livez() -> Json<Health> {
    OK
}

/// Whether requests can be served: the database answers
#[utoipa::path(get, path = "/readyz", tag = "operations",
    responses((status = 200, description = "It is ready", body = Health)))]
async fn readyz(State(readiness): State<Readiness>) -> Result<Json<Health>, Problem> {
    readiness.check().await.map(|()| OK)
}

/// The same as `/readyz`
#[utoipa::path(get, path = "/healthz", tag = "operations",
    responses((status = 200, description = "It is ready", body = Health)))]
async fn healthz(State(readiness): State<Readiness>) -> Result<Json<Health>, Problem> {
    readiness.check().await.map(|()| OK)
}

/// The routes that every service documents.
pub(super) fn routes() -> OpenApiRouter<Readiness> {
    OpenApiRouter::new().routes(routes!(livez)).routes(routes!(readyz)).routes(routes!(healthz))
}

/// The document itself and a page to read it with.
pub(super) fn documents(service: Service) -> Router {
    let document = async move || -> Response {
        let mut response = super::openapi(service).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        kept(response)
    };
    let page = async || -> Response {
        let mut response = Html(include_str!("docs.html")).into_response();
        // The page is whole in itself and asks nobody but this service.
        let policy = "default-src 'none'; connect-src 'self'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
        kept(response)
    };
    Router::new().route("/openapi.json", get(document)).route("/docs", get(page))
}

fn kept(mut response: Response) -> Response {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    response
}

//! One service as a router: its routes, those that every service has, and the pipeline around them all.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::{Router, http};
use tower::util::option_layer;

use super::auth::{self, Door};
use super::options::{ServeOptions, Service};
use super::pipeline::{self, Pipeline};
use super::problem::Problem;
use super::query::{self, Queries};
use super::rate_limit::RateLimits;
use super::{cors, gzip, health, inventory, metrics, openapi, orders, products, reply, users};
use crate::domain::clock::Clock;
use crate::service::auth::Gate;
use crate::store::Store;

/// Gives a service the stores it needs, and no other.
pub(super) fn app(
    store: &Arc<dyn Store>,
    clock: &Arc<dyn Clock>,
    options: &ServeOptions,
    pipeline: Pipeline,
) -> Router {
    let store = || Arc::clone(store);
    let door = Door {
        gate: Arc::new(Gate::new(store(), store(), Arc::clone(clock))),
        mode: options.auth,
        limits: options.rate_limit.map(|limit| Arc::new(RateLimits::new(limit))),
    };
    let clock = Arc::clone(clock);
    let service = pipeline.service;
    let routes: Router = match service {
        Service::Users => {
            users::routes().with_state(users::State::new(store(), store(), store(), store(), clock)).into()
        }
        Service::Products => {
            products::routes().with_state(products::State::new(store(), clock, options.currency)).into()
        }
        Service::Orders => {
            orders::routes().with_state(orders::State::new(store(), store(), store(), clock, options)).into()
        }
        Service::Inventory => {
            inventory::routes().with_state(inventory::State::new(store(), store(), clock)).into()
        }
    };
    let routes = routes.route_layer(from_fn_with_state(door, auth::authorise));
    let health: Router = health::routes().with_state(health::Readiness::of(store())).into();
    routes
        .merge(health)
        .merge(metrics::route(Arc::clone(&pipeline.shared), store()))
        .merge(health::documents(service))
        .fallback(async |uri: http::Uri| {
            let detail = format!("there is no route {:?}", uri.path());
            Problem::new(StatusCode::NOT_FOUND, "route_not_found", detail)
        })
        .method_not_allowed_fallback(async |method: http::Method| {
            // What a route takes is in the Allow header, which the router adds.
            if method == http::Method::OPTIONS {
                return Ok(reply::no_content());
            }
            let detail = format!("this route does not take {method}; see the Allow header");
            Err(Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail))
        })
        .layer(from_fn_with_state(Queries::of(&openapi::document(service)), query::run))
        .layer(from_fn_with_state(pipeline, pipeline::run))
        .layer(gzip::layer())
        .layer(option_layer(cors::layer(&options.cors_origins)))
}

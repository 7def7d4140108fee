//! What a process counts, for Prometheus: `/metrics`.
//!
//! Requests go by OpenTelemetry's names for HTTP servers. The values of labels are bounded: known methods, templates of routes, statuses
//! and codes, never anything that a client made up.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use super::options::Service;
use super::pipeline::Shared;
use crate::store::{Maintenance, Operation, PoolUse};

/// Upper bounds in seconds; around OpenTelemetry's, and finer below: most answers take a few milliseconds.
const BUCKETS: [f64; 14] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    service: &'static str,
    http_request_method: &'static str,
    http_route: String,
    /// `none` where the client went before its answer.
    http_response_status_code: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Active {
    service: &'static str,
    http_request_method: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Refused {
    service: &'static str,
    code: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Done {
    operation: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Build {
    version: &'static str,
}

fn seconds() -> Histogram {
    Histogram::new(BUCKETS)
}

type Durations<L> = Family<L, Histogram, fn() -> Histogram>;

/// The counts of a process, of all its services together.
#[derive(Debug)]
pub(super) struct Metrics {
    registry: Registry,
    requests: Durations<Answered>,
    active: Family<Active, Gauge>,
    problems: Family<Refused, Counter>,
    operations: Durations<Done>,
    orders: Counter,
    connections: Gauge<u64, AtomicU64>,
    store_in_use: Gauge<u64, AtomicU64>,
    store_open: Gauge<u64, AtomicU64>,
    store_most: Gauge<u64, AtomicU64>,
}

impl Metrics {
    pub(super) fn new() -> Self {
        let mut new = Self {
            registry: Registry::default(),
            requests: Family::new_with_constructor(seconds),
            active: Family::default(),
            problems: Family::default(),
            operations: Family::new_with_constructor(seconds),
            orders: Counter::default(),
            connections: Gauge::default(),
            store_in_use: Gauge::default(),
            store_open: Gauge::default(),
            store_most: Gauge::default(),
        };
        new.register();
        new
    }

    fn register(&mut self) {
        let registry = &mut self.registry;
        let build = Build { version: env!("CARGO_PKG_VERSION") };
        registry.register("shopctl_build", "The program", Info::new(build));
        registry.register_with_unit(
            "http_server_request_duration",
            "How long requests took, from their head to the head of their answer",
            Unit::Seconds,
            self.requests.clone(),
        );
        registry.register("http_server_active_requests", "Requests under way", self.active.clone());
        registry.register(
            "shopctl_http_connections",
            "Open connections of clients",
            self.connections.clone(),
        );
        registry.register(
            "shopctl_problems",
            "Answers that were problems, by code: refusals, conflicts, failures",
            self.problems.clone(),
        );
        registry.register("shopctl_orders_placed", "Orders placed", self.orders.clone());
        registry.register_with_unit(
            "shopctl_store_operation_duration",
            "How long operations of the store took",
            Unit::Seconds,
            self.operations.clone(),
        );
        for (name, help, gauge) in [
            ("in_use", "Connections to the database at work", &self.store_in_use),
            ("open", "Connections to the database", &self.store_open),
            ("most", "The most connections to a server of the database", &self.store_most),
        ] {
            registry.register(format!("shopctl_store_connections_{name}"), help, gauge.clone());
        }
    }

    pub(super) fn begun(&self, service: Service, method: &'static str) {
        self.active.get_or_create(&active(service, method)).inc();
    }

    /// The counterpart of [`begun`](Self::begun). `None` where the client went before its answer.
    pub(super) fn answered(
        &self,
        service: Service,
        method: &'static str,
        route: &str,
        status: Option<u16>,
        took: Duration,
    ) {
        self.active.get_or_create(&active(service, method)).dec();
        let labels = Answered {
            service: service.as_str(),
            http_request_method: method,
            http_route: route.to_owned(),
            http_response_status_code: status.map_or_else(|| "none".to_owned(), |status| status.to_string()),
        };
        self.requests.get_or_create(&labels).observe(took.as_secs_f64());
    }

    pub(super) fn refused(&self, service: Service, code: &'static str) {
        self.problems.get_or_create(&Refused { service: service.as_str(), code }).inc();
    }

    pub(super) fn operated(&self, operation: Operation) {
        let Operation { name, outcome, took } = operation;
        if (name, outcome) == ("place_order", "ok") {
            self.orders.inc();
        }
        self.operations.get_or_create(&Done { operation: name, outcome }).observe(took.as_secs_f64());
    }

    /// All of it as text, in the format of `OpenMetrics`.
    fn text(&self, connections: usize, store: PoolUse) -> String {
        self.connections.set(connections as u64);
        self.store_in_use.set(store.in_use);
        self.store_open.set(store.open);
        self.store_most.set(store.most);
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = text::encode(&mut text, &self.registry);
        text
    }
}

/// The route, which no OpenAPI document names: it is for those who run the service.
pub(super) fn route(shared: Arc<Shared>, store: Arc<dyn Maintenance>) -> Router {
    Router::new().route("/metrics", get(show)).with_state(Scraped { shared, store })
}

#[derive(Clone)]
struct Scraped {
    shared: Arc<Shared>,
    store: Arc<dyn Maintenance>,
}

async fn show(State(Scraped { shared, store }): State<Scraped>) -> Response {
    const OPEN_METRICS: HeaderValue =
        HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
    let text = shared.metrics.text(shared.connections.count(), store.pool());
    ([(CONTENT_TYPE, OPEN_METRICS)], text).into_response()
}

fn active(service: Service, method: &'static str) -> Active {
    Active { service: service.as_str(), http_request_method: method }
}

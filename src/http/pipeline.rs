//! What happens to every request, around its handler: a name for the log, a place among those in flight, a deadline, and a
//! proper answer whatever came of it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{CACHE_CONTROL, HeaderName, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use axum::middleware::Next;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;
use tracing::{Instrument, Span};

use super::body::BodyLimits;
use super::connections::Connections;
use super::metrics::Metrics;
use super::once::{self, AtWork};
use super::options::{ServeOptions, Service};
use super::problem::Problem;
use super::trace::Trace;

/// Names a request, in both directions.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const MAX_REQUEST_ID: usize = 64;

/// The name of a request, in its extensions.
#[derive(Debug, Clone)]
pub(super) struct RequestId(pub(super) String);

/// What the requests of all listeners share.
#[derive(Debug)]
pub(super) struct Shared {
    in_flight: Arc<Semaphore>,
    pub(super) connections: Arc<Connections>,
    pub(super) metrics: Arc<Metrics>,
    /// Requests whose handlers run, also those whose client has gone.
    pub(super) running: TaskTracker,
    /// Those of them that carry a key.
    at_work: Arc<AtWork>,
    timeout: Duration,
    body: BodyLimits,
}

impl Shared {
    pub(super) fn new(options: &ServeOptions) -> Self {
        let limits = &options.limits;
        Self {
            in_flight: Arc::new(Semaphore::new(limits.in_flight)),
            connections: Connections::new(limits.connections),
            metrics: Arc::new(Metrics::new()),
            running: TaskTracker::new(),
            at_work: Arc::default(),
            timeout: options.request_timeout,
            body: BodyLimits { bytes: limits.body_bytes, timeout: limits.body_timeout },
        }
    }
}

/// What the requests of one listener share.
#[derive(Debug, Clone)]
pub(super) struct Pipeline {
    pub(super) service: Service,
    pub(super) shared: Arc<Shared>,
}

impl Pipeline {
    /// Begins the record of a request whose head could not be read.
    pub(super) fn record_unread(&self, method: &'static str) -> Record {
        Record::begin(self, new_request_id(), method, None, Trace::of(&HeaderMap::new()))
    }
}

/// Runs the handler in a task of its own, so that a client who hangs up cannot stop a use case half-way.
pub(super) async fn run(
    State(pipeline): State<Pipeline>,
    mut request: Request,
    next: Next,
) -> Response<Body> {
    let id = request_id(&request);
    let method = known_method(request.method().as_str());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let trace = Trace::of(request.headers());
    let span = trace.span(&id, method, route.as_ref().map(MatchedPath::as_str));
    let record = Record::begin(&pipeline, id.clone(), method, route, trace);
    let instance = request.uri().path().to_owned();
    request.extensions_mut().insert(pipeline.shared.body);
    request.extensions_mut().insert(RequestId(id.clone()));
    let response = admitted(&pipeline.shared, request, next, span).await;
    let (mut response, code) = match response.extensions().get::<Problem>() {
        Some(problem) => (keep_head(&response, problem.render(&instance, &id)), Some(problem.code)),
        None => (response, None),
    };
    finish(&mut response, &id);
    record.done(response.status(), code);
    response
}

async fn admitted(shared: &Shared, request: Request, next: Next, span: Span) -> Response<Body> {
    use axum::response::IntoResponse;
    // Whether the process lives, and how it is, must be told also when it is busy.
    let exempt = matches!(request.uri().path(), "/livez" | "/metrics");
    let permit = Arc::clone(&shared.in_flight).try_acquire_owned();
    if permit.is_err() && !exempt {
        return Problem::unavailable("overloaded", "too many requests at once; try again in a moment")
            .into_response();
    }
    let at_work = Arc::clone(&shared.at_work);
    let work = async move {
        let response = once::run(at_work, request, next).await;
        drop(permit);
        response
    };
    let task = shared.running.spawn(work.instrument(span.clone()));
    match tokio::time::timeout(shared.timeout, task).await {
        Ok(Ok(response)) => response,
        Ok(Err(failure)) => {
            span.in_scope(|| tracing::error!(cause = %failure, "a handler failed"));
            Problem::internal().into_response()
        }
        Err(_) => Problem::new(
            StatusCode::GATEWAY_TIMEOUT,
            "request_timeout",
            "the request took too long; what it began may still be done",
        )
        .into_response(),
    }
}

/// The head that a handler or the router gave an empty error (`Allow`) goes onto the one with a body.
fn keep_head(bare: &Response<Body>, mut rendered: Response<Body>) -> Response<Body> {
    if let Some(allow) = bare.headers().get(axum::http::header::ALLOW) {
        rendered.headers_mut().insert(axum::http::header::ALLOW, allow.clone());
    }
    rendered
}

/// What is on every answer.
pub(super) fn finish(response: &mut Response<Body>, id: &str) {
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // What is behind a sign-in belongs in no shared cache; routes that may be kept say so themselves.
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

/// The client's own name for the request where it is a sane one.
fn request_id(request: &Request) -> String {
    let sane = |text: &&str| {
        (1..=MAX_REQUEST_ID).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
    };
    let given = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok()).filter(sane);
    given.map_or_else(new_request_id, str::to_owned)
}

fn new_request_id() -> String {
    format!("{:032x}", rand::random::<u128>())
}

/// The method where it is one that everybody knows, and else `_OTHER`, as OpenTelemetry says it: what clients make up has no bounds.
pub(super) fn known_method(method: &str) -> &'static str {
    const KNOWN: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"];
    KNOWN.into_iter().find(|known| *known == method).unwrap_or("_OTHER")
}

/// A line of the access log, and a count, made also when the client has gone before the answer. Route templates only: paths and
/// queries may hold addresses of people.
pub(super) struct Record {
    service: Service,
    metrics: Arc<Metrics>,
    id: String,
    method: &'static str,
    route: Option<MatchedPath>,
    trace: Trace,
    started: Instant,
    status: Option<StatusCode>,
}

impl Record {
    fn begin(
        pipeline: &Pipeline,
        id: String,
        method: &'static str,
        route: Option<MatchedPath>,
        trace: Trace,
    ) -> Self {
        let (service, metrics) = (pipeline.service, Arc::clone(&pipeline.shared.metrics));
        metrics.begun(service, method);
        Self { service, metrics, id, method, route, trace, started: Instant::now(), status: None }
    }

    pub(super) fn request_id(&self) -> &str {
        &self.id
    }

    /// It was answered like this; `code` is that of the problem, if it was one.
    pub(super) fn done(mut self, status: StatusCode, code: Option<&'static str>) {
        self.status = Some(status);
        if let Some(code) = code {
            self.metrics.refused(self.service, code);
        }
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        let route = self.route.as_ref().map_or("unmatched", MatchedPath::as_str);
        let took = self.started.elapsed();
        let status = self.status.map(|status| status.as_u16());
        self.metrics.answered(self.service, self.method, route, status, took);
        let micros = u32::try_from(took.as_micros()).unwrap_or(u32::MAX);
        let duration_ms = f64::from(micros) / 1000.0;
        let (service, request_id, method) = (self.service.as_str(), self.id.as_str(), self.method);
        let (trace_id, span_id) = (self.trace.trace_id(), self.trace.span_id());
        if let Some(status) = status {
            tracing::info!(
                target: "shopctl::access",
                service, request_id, %trace_id, %span_id, method, route, status, duration_ms, "request"
            );
        } else {
            tracing::info!(
                target: "shopctl::access",
                service, request_id, %trace_id, %span_id, method, route, duration_ms, "client gone"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::middleware::from_fn_with_state;
    use axum::routing::get;
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn a_handler_that_panics_is_a_fixed_500_and_gives_its_place_back() {
        async fn broken() -> StatusCode {
            panic!("secret cause")
        }
        let mut options = ServeOptions::new(Vec::new(), "EUR".parse().unwrap());
        options.limits.in_flight = 1;
        let shared = Arc::new(Shared::new(&options));
        let pipeline = Pipeline { service: Service::Users, shared };
        let app = Router::new().route("/broken", get(broken)).layer(from_fn_with_state(pipeline, run));
        for _ in 0..3 {
            let request = Request::get("/broken").header("x-request-id", "r1").body(Body::empty()).unwrap();
            let response = app.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
            let body = response.into_body().collect().await.unwrap().to_bytes();
            let problem: serde_json::Value = serde_json::from_slice(&body).unwrap();
            assert_eq!((&problem["code"], &problem["request_id"]), (&"internal".into(), &"r1".into()));
            assert!(!problem.to_string().contains("secret"));
        }
    }
}

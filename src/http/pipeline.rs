//! What happens to every request, around its handler: a name for the log, a place among those in flight, a deadline, and a
//! proper answer whatever came of it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{CACHE_CONTROL, HeaderName, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, Response, StatusCode};
use axum::middleware::Next;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use super::body::BodyLimits;
use super::once::{self, AtWork};
use super::options::{ServeOptions, Service};
use super::problem::Problem;

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
        Record {
            service: self.service,
            id: new_request_id(),
            method,
            route: None,
            started: Instant::now(),
            status: None,
        }
    }
}

/// Runs the handler in a task of its own, so that a client who hangs up cannot stop a use case half-way.
pub(super) async fn run(
    State(pipeline): State<Pipeline>,
    mut request: Request,
    next: Next,
) -> Response<Body> {
    let started = Instant::now();
    let id = request_id(&request);
    let record = Record {
        service: pipeline.service,
        id: id.clone(),
        method: known_method(request.method().as_str()),
        route: request.extensions().get::<MatchedPath>().cloned(),
        started,
        status: None,
    };
    let instance = request.uri().path().to_owned();
    request.extensions_mut().insert(pipeline.shared.body);
    request.extensions_mut().insert(RequestId(id.clone()));
    let response = admitted(&pipeline.shared, request, next, &id).await;
    let mut response = match response.extensions().get::<Problem>() {
        Some(problem) => keep_head(&response, problem.render(&instance, &id)),
        None => response,
    };
    finish(&mut response, &id);
    record.done(response.status());
    response
}

async fn admitted(shared: &Shared, request: Request, next: Next, id: &str) -> Response<Body> {
    use axum::response::IntoResponse;
    // Whether the process lives must be told also when it is busy.
    let exempt = matches!(request.uri().path(), "/livez");
    let permit = Arc::clone(&shared.in_flight).try_acquire_owned();
    if permit.is_err() && !exempt {
        return Problem::unavailable("overloaded", "too many requests at once; try again in a moment")
            .into_response();
    }
    let span = tracing::info_span!("request", request_id = id);
    let at_work = Arc::clone(&shared.at_work);
    let work = async move {
        let response = once::run(at_work, request, next).await;
        drop(permit);
        response
    };
    let task = shared.running.spawn(work.instrument(span));
    match tokio::time::timeout(shared.timeout, task).await {
        Ok(Ok(response)) => response,
        Ok(Err(failure)) => {
            tracing::error!(request_id = id, cause = %failure, "a handler failed");
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

/// A line of the access log, written also when the client has gone before the answer. Route templates only: paths and
/// queries may hold addresses of people.
pub(super) struct Record {
    service: Service,
    id: String,
    method: &'static str,
    route: Option<MatchedPath>,
    started: Instant,
    status: Option<StatusCode>,
}

impl Record {
    pub(super) fn request_id(&self) -> &str {
        &self.id
    }

    pub(super) fn done(mut self, status: StatusCode) {
        self.status = Some(status);
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        let route = self.route.as_ref().map_or("unmatched", MatchedPath::as_str);
        let micros = u32::try_from(self.started.elapsed().as_micros()).unwrap_or(u32::MAX);
        let duration_ms = f64::from(micros) / 1000.0;
        let (service, request_id, method) = (self.service.as_str(), self.id.as_str(), self.method);
        if let Some(status) = self.status {
            let status = status.as_u16();
            tracing::info!(
                target: "shopctl::access",
                service, request_id, method, route, status, duration_ms, "request"
            );
        } else {
            tracing::info!(
                target: "shopctl::access",
                service, request_id, method, route, duration_ms, "client gone"
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

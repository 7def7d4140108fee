//! Asking an HTTP service, and looking at what it answered.

use std::error::Error;
use std::fmt;
use std::net::SocketAddr;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap};
use hyper::{Method, Request};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

/// A client with a pool of kept connections, as real ones have.
#[derive(Clone)]
pub(crate) struct Http(Client<HttpConnector, Full<Bytes>>);

impl Http {
    pub(crate) fn new() -> Self {
        Self(Client::builder(TokioExecutor::new()).build_http())
    }

    /// A request to this path, not yet sent.
    pub(crate) fn call(&self, addr: SocketAddr, method: &str, path: &str) -> Call {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let request = Request::builder().method(method).uri(format!("http://{addr}{path}"));
        Call { client: self.clone(), request, body: Bytes::new() }
    }
}

/// A request that is being written.
pub(crate) struct Call {
    client: Http,
    request: hyper::http::request::Builder,
    body: Bytes,
}

impl Call {
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    /// Signed in with this access token.
    pub(crate) fn token(self, token: &str) -> Self {
        self.header(AUTHORIZATION.as_str(), &format!("Bearer {token}"))
    }

    /// With this JSON body.
    pub(crate) fn json(self, body: &Value) -> Self {
        self.text(&body.to_string())
    }

    /// With a body that says it is JSON.
    pub(crate) fn text(self, body: &str) -> Self {
        self.header(CONTENT_TYPE.as_str(), "application/json").raw(body.as_bytes())
    }

    /// With a body that does not say what it is.
    pub(crate) fn raw(mut self, body: &[u8]) -> Self {
        self.body = Bytes::copy_from_slice(body);
        self
    }

    pub(crate) async fn send(self) -> Answer {
        self.attempt().await.unwrap()
    }

    /// What came back, or why nothing did.
    pub(crate) async fn attempt(self) -> Result<Answer, Box<dyn Error + Send + Sync>> {
        let request = self.request.body(Full::new(self.body))?;
        let asked = format!("{} {}", request.method(), request.uri().path());
        let response = self.client.0.request(request).await?;
        let (head, body) = response.into_parts();
        let body = body.collect().await?.to_bytes();
        Ok(Answer { asked, status: head.status.as_u16(), headers: head.headers, body })
    }
}

/// What came back; shown whole when a test fails.
pub(crate) struct Answer {
    asked: String,
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// The body.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{self}: {error}"))
    }

    /// The body, or null where there is none.
    #[track_caller]
    pub(crate) fn json_or_null(&self) -> Value {
        if self.body.is_empty() { Value::Null } else { self.json() }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// Fails unless the status is this one, and gives the body; null where there is none.
    #[track_caller]
    pub(crate) fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self}");
        self.json_or_null()
    }

    /// Fails unless this is a whole problem with this status and code, and gives it.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status, status, "{self}");
        assert_eq!(self.header("content-type"), "application/problem+json", "{self}");
        let problem = self.json();
        assert_eq!(problem["code"], code, "{self}");
        assert_eq!(problem["status"], status, "{self}");
        assert_eq!(problem["type"], format!("urn:shopctl:problem:{code}"), "{self}");
        assert_eq!(problem["request_id"], self.header("x-request-id"), "{self}");
        for member in ["title", "detail", "instance"] {
            assert!(problem[member].as_str().is_some_and(|text| !text.is_empty()), "{member} of {self}");
        }
        problem
    }

    /// The pointers of what was wrong.
    #[track_caller]
    pub(crate) fn pointers(&self) -> Vec<String> {
        let problem = self.json();
        let errors = problem["errors"].as_array().unwrap();
        errors.iter().map(|error| error["pointer"].as_str().unwrap().to_owned()).collect()
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = String::from_utf8_lossy(&self.body);
        write!(f, "{} answered {} with {:?} and {body}", self.asked, self.status, self.headers)
    }
}

//! What a connection says whose request cannot be read.
//!
//! hyper answers a broken head by itself, with an empty 400, 414 or 431, and a head that does not come with silence. Both are said
//! here as every other error is: as a problem, named in the access log.

use axum::http::StatusCode;
use axum::http::header::{CONNECTION, CONTENT_LENGTH, HeaderValue};
use http_body_util::BodyExt;

use super::pipeline::{Pipeline, finish, known_method};
use super::problem::Problem;

/// Why a request was never one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unread {
    /// hyper refused the head with this status.
    Refused(StatusCode),
    /// The head did not end in time.
    Late,
}

impl Unread {
    fn problem(self, read: &[u8]) -> Problem {
        match self {
            // hyper counts the whole head: where most of it is the first line, the target is what is too long.
            Self::Refused(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE)
                if first_line(read).len() > read.len() / 2 =>
            {
                Self::Refused(StatusCode::URI_TOO_LONG).problem(read)
            }
            Self::Late => Problem::new(
                StatusCode::REQUEST_TIMEOUT,
                "head_timeout",
                "the head of the request did not arrive in time",
            ),
            Self::Refused(status @ StatusCode::URI_TOO_LONG) => {
                Problem::new(status, "uri_too_long", "the target of the request is too long")
            }
            Self::Refused(status @ StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE) => {
                Problem::new(status, "head_too_large", "the head of the request is too large")
            }
            Self::Refused(status) => {
                Problem::new(status, "malformed_request", "the head of the request is not HTTP/1.1")
            }
        }
    }
}

/// The answer to a request of which `read` is all there is, as bytes for the wire. It is in the access log like any other.
pub(super) async fn answer(pipeline: &Pipeline, unread: Unread, read: &[u8]) -> Vec<u8> {
    let record = pipeline.record_unread(method_of(read));
    let problem = unread.problem(read);
    let mut response = problem.render(path_of(read), record.request_id());
    finish(&mut response, record.request_id());
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    let (mut head, body) = response.into_parts();
    // It is whole already.
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    head.headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    record.done(head.status, Some(problem.code));
    let mut wire = format!("HTTP/1.1 {}\r\n", head.status).into_bytes();
    for (name, value) in &head.headers {
        wire.extend_from_slice(name.as_str().as_bytes());
        wire.extend_from_slice(b": ");
        wire.extend_from_slice(value.as_bytes());
        wire.extend_from_slice(b"\r\n");
    }
    wire.extend_from_slice(b"\r\n");
    wire.extend_from_slice(&body);
    wire
}

fn method_of(read: &[u8]) -> &'static str {
    let word = read.split(|byte| *byte == b' ').next().unwrap_or_default();
    known_method(std::str::from_utf8(word).unwrap_or_default())
}

fn first_line(read: &[u8]) -> &[u8] {
    read.split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or_default()
}

/// The path that was asked, as far as it can be told.
fn path_of(read: &[u8]) -> &str {
    let target = first_line(read).split(|byte| *byte == b' ').nth(1).unwrap_or_default();
    let path = target.split(|byte| *byte == b'?').next().unwrap_or_default();
    match std::str::from_utf8(path) {
        Ok(path)
            if path.starts_with('/') && path.len() <= 1024 && path.bytes().all(|b| b.is_ascii_graphic()) =>
        {
            path
        }
        _ => "/",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_is_told_where_there_is_one() {
        for (read, path) in [
            ("GET /products?q=1 HTTP/1.1\r\nbad header\r\n", "/products"),
            ("GET /pro", "/pro"),
            ("\x16\x03\x01", "/"),
            ("GET http://x/ HTTP/1.1", "/"),
            ("", "/"),
        ] {
            assert_eq!(path_of(read.as_bytes()), path, "{read:?}");
        }
        assert_eq!((method_of(b"POST /login"), method_of(b"\x16\x03")), ("POST", "_OTHER"));
    }
}

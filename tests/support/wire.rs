//! HTTP as bytes, for what no client would send.

use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt};

/// What came until the other side closed, and how long that took from now.
pub(crate) async fn until_closed<S: AsyncRead + Unpin>(stream: &mut S) -> (String, Duration) {
    let begun = Instant::now();
    let mut came = Vec::new();
    let mut part = [0; 4096];
    loop {
        let read = tokio::time::timeout(Duration::from_secs(20), stream.read(&mut part));
        match read.await.expect("it closes") {
            Ok(0) | Err(_) => return (String::from_utf8_lossy(&came).into_owned(), begun.elapsed()),
            Ok(length) => came.extend_from_slice(&part[..length]),
        }
    }
}

/// Fails unless this is one whole problem with this status and code, and gives it.
#[track_caller]
pub(crate) fn problem(answer: &str, status: u16, code: &str) -> Value {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {answer:?}"));
    assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
    assert!(head.contains("\r\ncontent-type: application/problem+json"), "{answer}");
    assert!(head.contains(&format!("\r\ncontent-length: {}", body.len())), "{answer}");
    let problem: Value = serde_json::from_str(body).unwrap_or_else(|error| panic!("{answer}: {error}"));
    assert_eq!((&problem["code"], &problem["status"]), (&code.into(), &status.into()), "{answer}");
    let id = problem["request_id"].as_str().expect("a request id");
    assert!(head.contains(&format!("\r\nx-request-id: {id}")), "{answer}");
    problem
}

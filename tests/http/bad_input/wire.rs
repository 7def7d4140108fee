//! What is no HTTP, or not enough of it: sent byte by byte. A service may close such a connection without a word, but it answers no
//! 2xx and no 5xx, and it does not wait for ever.

use std::time::{Duration, Instant};

use shopctl::http::Service;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::services::Services;

/// Longer than a service waits for a head (5 s) or a body (10 s).
const PATIENCE: Duration = Duration::from_secs(15);

fn post(headers: &str, body: &str) -> Vec<u8> {
    format!("POST /login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n{headers}\r\n{body}")
        .into_bytes()
}

fn table() -> Vec<(&'static str, Vec<u8>)> {
    let get = |rest: &str| format!("GET /livez HTTP/1.1\r\n{rest}").into_bytes();
    vec![
        ("nothing at all", Vec::new()),
        ("half a line", b"GET /liv".to_vec()),
        ("half a header", get("host: x\r\nx-half")),
        ("no end of the head", get("host: x\r\n")),
        ("no HTTP", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec()),
        ("binary", vec![0xff; 64]),
        ("no version", b"GET /livez\r\n\r\n".to_vec()),
        ("HTTP/9.9", b"GET /livez HTTP/9.9\r\nhost: x\r\n\r\n".to_vec()),
        ("HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec()),
        ("a space before the colon", get("host : x\r\n\r\n")),
        ("a header without a colon", get("host x\r\n\r\n")),
        ("a NUL in a header", get("host: x\r\nx-a: a\0b\r\n\r\n")),
        ("a giant header", get(&format!("host: x\r\nx-a: {}\r\n\r\n", "a".repeat(200 << 10)))),
        ("very many headers", get(&format!("host: x\r\n{}\r\n", "x-a: 1\r\n".repeat(2000)))),
        (
            "a giant target",
            format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "a".repeat(200 << 10)).into_bytes(),
        ),
        ("a length that is none", post("content-length: many\r\n", "{}")),
        ("a negative length", post("content-length: -1\r\n", "{}")),
        ("two lengths", post("content-length: 2\r\ncontent-length: 3\r\n", "{}")),
        ("a length beyond all bounds", post("content-length: 99999999999999999999\r\n", "{}")),
        (
            "length and chunks",
            post("content-length: 2\r\ntransfer-encoding: chunked\r\n", "zz\r\n{}\r\n0\r\n\r\n"),
        ),
        ("chunks of no size", post("transfer-encoding: chunked\r\n", "zz\r\n{}\r\n0\r\n\r\n")),
        ("a chunk shorter than it says", post("transfer-encoding: chunked\r\n", "2\r\n{}x\r\n0\r\n\r\n")),
        ("a giant chunk", post("transfer-encoding: chunked\r\n", "FFFFFFFFFFFFFFFF\r\n{}")),
        ("an unknown coding", post("transfer-encoding: gzip\r\n", "{}")),
        ("half a body", post("content-length: 50\r\n", "{\"email\":")),
        ("a body that is not sent", post("content-length: 50\r\n", "")),
    ]
}

/// Sends each, all at once, and reads until the service closes or is silent for good.
pub(super) async fn all(services: &Services) {
    let asked = table().into_iter().map(|(what, bytes)| {
        let address = services.addr(Service::Users);
        tokio::spawn(async move {
            let begun = Instant::now();
            let mut stream = TcpStream::connect(address).await.unwrap();
            // The service may have closed before all of it is written.
            let _ = stream.write_all(&bytes).await;
            let mut answer = Vec::new();
            let read = async {
                let mut part = [0; 8192];
                while let Ok(n @ 1..) = stream.read(&mut part).await {
                    answer.extend_from_slice(&part[..n]);
                }
            };
            let closed = tokio::time::timeout(PATIENCE, read).await.is_ok();
            let answer = String::from_utf8_lossy(&answer).into_owned();
            assert!(closed, "{what}: still open after {:?}: {answer}", begun.elapsed());
            assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{what}: {answer}");
        })
    });
    for task in asked.collect::<Vec<_>>() {
        task.await.expect("a refusal");
    }
}

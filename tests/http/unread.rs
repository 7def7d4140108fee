//! Requests that cannot be read as such, and clients that do not listen.

use std::time::{Duration, Instant};

use shopctl::http::Service;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::support::services::{Services, usual};
use crate::support::wire::{problem, until_closed};

async fn with_quick_timeouts() -> Services {
    let mut options = usual();
    options.limits.header_timeout = Duration::from_millis(500);
    options.limits.idle_timeout = Duration::from_millis(500);
    options.limits.write_timeout = Duration::from_millis(500);
    Services::on_a_file(options).await
}

async fn said(shop: &Services, sent: &[u8]) -> (String, Duration) {
    let mut stream = TcpStream::connect(shop.addr(Service::Products)).await.unwrap();
    // The service may have heard enough before all is sent.
    let _ = stream.write_all(sent).await;
    until_closed(&mut stream).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_head_is_a_problem() {
    let shop = with_quick_timeouts().await;
    let long_name = format!("GET /products HTTP/1.1\r\nhost: x\r\nx-long: {}\r\n\r\n", "a".repeat(200_000));
    let long_target = format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "a".repeat(65_600));
    for (sent, status, code, path) in [
        ("GET /products HTTP/1.1\r\nbad header\r\n\r\n", 400, "malformed_request", "/products"),
        ("GET /products?q=secret HTTP/1.1\r\n\u{1}: x\r\n\r\n", 400, "malformed_request", "/products"),
        ("GET /products HTTP/9.9\r\n\r\n", 400, "malformed_request", "/products"),
        ("\u{16}\u{3}\u{1}\u{0}garbage\r\n\r\n", 400, "malformed_request", "/"),
        (
            "POST /login HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
            400,
            "malformed_request",
            "/",
        ),
        (&long_name, 431, "head_too_large", "/products"),
        (&long_target, 414, "uri_too_long", "/"),
    ] {
        let (answer, took) = said(&shop, sent.as_bytes()).await;
        let problem = problem(&answer, status, code);
        assert_eq!(problem["instance"], path);
        assert!(answer.contains("\r\nconnection: close\r\n") && !answer.contains("secret"), "{answer}");
        assert!(took < Duration::from_secs(4), "{took:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_a_head_is_a_problem_after_its_time_and_silence_is_met_with_silence() {
    let shop = with_quick_timeouts().await;
    for sent in ["GET /pro", "POST /products HTTP/1.1\r\nhost: x\r\nx-slow: "] {
        let (answer, took) = said(&shop, sent.as_bytes()).await;
        problem(&answer, 408, "head_timeout");
        assert!(took > Duration::from_millis(300) && took < Duration::from_secs(4), "{took:?}");
    }
    let (answer, _) = said(&shop, b"").await;
    assert_eq!(answer, "");
    // The same after a whole request.
    let (answer, _) = said(&shop, b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\nGET /li").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    let second = answer.find("HTTP/1.1 408").expect("a second answer");
    problem(&answer[second..], 408, "head_timeout");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_sends_far_too_much_still_hears_why_it_was_refused() {
    let shop = with_quick_timeouts().await;
    let body = vec![b'x'; 10 << 20];
    let head = format!(
        "POST /products HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        shop.token("staff").await,
        body.len()
    );
    let (answer, _) = said(&shop, &[head.as_bytes(), &body].concat()).await;
    problem(&answer, 413, "body_too_large");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_does_not_read_its_answers_is_left() {
    let shop = with_quick_timeouts().await;
    let mut stream = TcpStream::connect(shop.addr(Service::Products)).await.unwrap();
    let requests = b"GET /openapi.json HTTP/1.1\r\nhost: x\r\n\r\n".repeat(1000);
    let begun = Instant::now();
    // The service stops reading while its answers are not read; once it has closed, there is nobody to write to.
    let written = tokio::time::timeout(Duration::from_secs(10), async {
        while stream.write_all(&requests).await.is_ok() {}
    });
    written.await.expect("the service closes");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    shop.call("GET", "/livez").send().await.expect(200);
}

//! What a body may be.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::services::{PASSWORD, Services, on_both, usual};
use crate::support::store::sqlite_store;

on_both!(bad_bodies_are_refused_and_nothing_changes);

async fn bad_bodies_are_refused_and_nothing_changes(shop: &Services) {
    let deep = format!("{}1{}", "[".repeat(300), "]".repeat(300));
    let deep = format!(r#"{{"email":"a@example.com","password":{deep}}}"#);
    let cases: Vec<(u16, &str, Vec<u8>)> = vec![
        (400, "invalid_json", Vec::new()),
        (400, "invalid_json", b"{".to_vec()),
        (400, "invalid_json", br#"{"email":"a@example.com","password":"correct horse",}"#.to_vec()),
        (400, "invalid_json", br#"{"email":"\ud800@example.com","password":"correct horse"}"#.to_vec()),
        (400, "invalid_json", b"{\"email\":\"\xff@example.com\",\"password\":\"correct horse\"}".to_vec()),
        (400, "invalid_json", deep.into_bytes()),
        (
            422,
            "duplicate_member",
            br#"{"email":"a@example.com","email":"b@example.com","password":"x"}"#.to_vec(),
        ),
        (422, "missing_member", br#"{"email":"a@example.com"}"#.to_vec()),
        (422, "invalid_type", br#"{"email":["a@example.com"],"password":"correct horse"}"#.to_vec()),
        (422, "invalid_type", br#"{"email":{"$ne":null},"password":"correct horse"}"#.to_vec()),
        (422, "invalid_type", br#"["a@example.com","correct horse",null,null]"#.to_vec()),
        (
            422,
            "invalid_name",
            br#"{"email":"a@example.com","password":"correct horse","name":"a\u0000b"}"#.to_vec(),
        ),
        (413, "body_too_large", vec![b' '; (1 << 20) + 1]),
    ];
    for (status, code, body) in cases {
        let call = shop.call("POST", "/register").raw(&body).header("content-type", "application/json");
        call.send().await.refused(status, code);
    }
    let body = json!({"email": "a@example.com", "password": PASSWORD}).to_string();
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonp",
        "application/merge-patch+json",
    ] {
        let call = shop.call("POST", "/register").raw(body.as_bytes()).header("content-type", kind);
        call.send().await.refused(415, "unsupported_media_type");
    }
    let packed = shop.call("POST", "/register").text(&body).header("content-encoding", "gzip");
    packed.send().await.refused(415, "unsupported_media_type");
    let users = shop.get("admin", "/users").await.expect(200);
    assert_eq!(users["items"].as_array().unwrap().len(), 1, "only the admin who asks");
    let call = shop.call("POST", "/register").raw(body.as_bytes());
    call.header("content-type", "Application/JSON; charset=utf-8").send().await.expect(201);
}

/// Sends these bytes and reads until the service closes or has said enough.
async fn raw(shop: &Services, bytes: &[u8], enough: &str) -> String {
    let mut stream = TcpStream::connect(shop.addr(shopctl::http::Service::Users)).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    let mut part = [0; 4096];
    while !String::from_utf8_lossy(&answer).contains(enough) {
        match tokio::time::timeout(Duration::from_secs(20), stream.read(&mut part)).await.expect("an answer")
        {
            Ok(0) | Err(_) => break,
            Ok(n) => answer.extend_from_slice(&part[..n]),
        }
    }
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_does_not_come_is_given_up() {
    let store = sqlite_store().await;
    let mut options = usual();
    options.limits.body_timeout = Duration::from_millis(300);
    let shop = Services::with(store.share(), options).await;
    let head =
        b"POST /login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{";
    let answer = raw(&shop, head, "body_timeout").await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains("application/problem+json") && answer.contains("body_timeout"), "{answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_without_a_length_is_bounded_too() {
    let store = sqlite_store().await;
    let mut options = usual();
    options.limits.body_bytes = 1000;
    let shop = Services::with(store.share(), options).await;
    let mut bytes = b"POST /login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    for _ in 0..11 {
        bytes.extend_from_slice(b"64\r\n");
        bytes.extend_from_slice(&[b' '; 100]);
        bytes.extend_from_slice(b"\r\n");
    }
    let answer = raw(&shop, &bytes, "body_too_large").await;
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("body_too_large"), "{answer}");
}

//! The services over TLS: the same rules as in plain text.

use std::time::Duration;

use shopctl::http::{Service, Tls};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::services::{Services, usual};
use crate::support::tls::Certificate;
use crate::support::wire::{problem, until_closed};

async fn secured(certificate: &Certificate, connections: usize) -> Services {
    let mut options = usual();
    options.limits.header_timeout = Duration::from_millis(500);
    options.limits.connections = connections;
    options.tls = Some(Tls::read(&certificate.chain, &certificate.key).unwrap());
    Services::on_a_file(options).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_are_answered_and_connections_are_kept() {
    let certificate = Certificate::new();
    let shop = secured(&certificate, 100).await;
    let mut stream = certificate.connect(shop.addr(Service::Products)).await;
    for _ in 0..3 {
        stream.write_all(b"GET /products HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        let mut answer = vec![0; 15];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(answer, b"HTTP/1.1 200 OK");
        let mut rest = vec![0; 4096];
        assert!(stream.read(&mut rest).await.unwrap() > 0);
    }
    stream.write_all(b"GET /products HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
    let (answer, _) = until_closed(&mut stream).await;
    assert!(answer.ends_with("\"next_cursor\":null}"), "{answer}");
    shop.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_clients_have_as_little_time_as_in_plain_text() {
    let certificate = Certificate::new();
    let shop = secured(&certificate, 100).await;
    let addr = shop.addr(Service::Products);
    // Half a handshake, and none; what is no TLS at all is refused by the protocol itself.
    for sent in [&b""[..], b"\x16\x03\x01\x02\x00", b"GET /products HTTP/1.1\r\nhost: x\r\n\r\n"] {
        let mut stream = TcpStream::connect(addr).await.unwrap();
        stream.write_all(sent).await.unwrap();
        let (answer, took) = until_closed(&mut stream).await;
        assert!(!answer.contains("HTTP/") && took < Duration::from_secs(4), "{answer} after {took:?}");
    }
    let mut stream = certificate.connect(addr).await;
    stream.write_all(b"GET /products HT").await.unwrap();
    let (answer, took) = until_closed(&mut stream).await;
    problem(&answer, 408, "head_timeout");
    assert!(took < Duration::from_secs(4), "{took:?}");
    let mut stream = certificate.connect(addr).await;
    stream.write_all(b"GET /products HTTP/1.1\r\nbad header\r\n\r\n").await.unwrap();
    problem(&until_closed(&mut stream).await.0, 400, "malformed_request");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn handshakes_that_never_end_keep_nobody_out() {
    let certificate = Certificate::new();
    let shop = secured(&certificate, 10).await;
    let addr = shop.addr(Service::Products);
    let mut silent = Vec::new();
    for _ in 0..30 {
        silent.push(TcpStream::connect(addr).await.unwrap());
    }
    let mut stream = certificate.connect(addr).await;
    stream.write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
    let (answer, took) = until_closed(&mut stream).await;
    assert!(
        answer.ends_with("{\"status\":\"ok\"}") && took < Duration::from_secs(4),
        "{answer} after {took:?}"
    );
}

/// One request on a connection that stays open.
async fn asks(stream: &mut (impl AsyncReadExt + AsyncWriteExt + Unpin)) {
    stream.write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut answer = vec![0; 4096];
    let read = stream.read(&mut answer).await.unwrap();
    assert!(answer[..read].starts_with(b"HTTP/1.1 200 OK"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_certificate_is_served_without_a_restart() {
    let (first, next) = (Certificate::new(), Certificate::new());
    let mut options = usual();
    options.tls = Some(Tls::read(&first.chain, &first.key).unwrap());
    options.renew_tls_every = Duration::from_millis(20);
    let shop = Services::on_a_file(options).await;
    let addr = shop.addr(Service::Products);
    let mut kept = first.connect(addr).await;
    asks(&mut kept).await;
    first.replace(&next);
    let served = async {
        while next.try_connect(addr).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), served).await.expect("the new certificate");
    assert!(first.try_connect(addr).await.is_err(), "the old one is served no more");
    asks(&mut kept).await;
    shop.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_that_are_no_certificate_any_more_leave_the_one_before() {
    let (first, next) = (Certificate::new(), Certificate::new());
    let mut options = usual();
    let tls = Tls::read(&first.chain, &first.key).unwrap();
    options.tls = Some(tls.clone());
    let shop = Services::on_a_file(options).await;
    let addr = shop.addr(Service::Products);
    assert!(!tls.renew().unwrap(), "nothing new");
    // Between the key and its certificate, with half a file, and without one.
    std::fs::copy(&next.key, &first.key).unwrap();
    assert!(tls.renew().unwrap_err().to_string().contains("cannot be used"));
    std::fs::write(&first.chain, "-----BEGIN CERTIFICATE-----\nMIIB").unwrap();
    assert!(tls.renew().unwrap_err().to_string().contains("the certificate cannot be read"));
    std::fs::remove_file(&first.chain).unwrap();
    assert!(tls.renew().is_err());
    asks(&mut first.connect(addr).await).await;
    first.replace(&next);
    assert!(tls.renew().unwrap(), "another");
    asks(&mut next.connect(addr).await).await;
    shop.stop().await;
}

#[test]
fn what_is_no_certificate_is_refused_without_repeating_it() {
    let (one, other) = (Certificate::new(), Certificate::new());
    let missing = one.key.with_extension("missing");
    for (certificate, key, said) in [
        (&missing, &one.key, "the certificate cannot be read"),
        (&one.chain, &missing, "the key cannot be read"),
        (&one.key, &one.key, "there is none in it"),
        (&one.chain, &one.chain, "the key cannot be read"),
        (&one.chain, &other.key, "cannot be used"),
    ] {
        let error = Tls::read(certificate, key).unwrap_err().to_string();
        assert!(error.contains(said) && !error.contains("BEGIN"), "{error}");
    }
}

//! `shopctl health`

use std::io::{Read, Write};
use std::net::TcpListener;

use super::{Shop, error_code};
use crate::support::service_process::ServiceProcess;
use crate::support::tls::Certificate;

/// Answers one request with this status; gives the URL and, in the end, the first line that was asked.
fn answering(status: &'static str) -> (String, std::thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let served = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut bytes = [0; 1024];
        let read = stream.read(&mut bytes).unwrap();
        write!(stream, "HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
        String::from_utf8_lossy(&bytes[..read]).lines().next().unwrap().to_owned()
    });
    (url, served)
}

#[test]
fn a_service_that_is_well_is_0_and_asked_whether_it_is_ready() {
    let (url, served) = answering("200 OK");
    assert_eq!(Shop::empty().ok(&format!("health {url}")), "ok\n");
    assert_eq!(served.join().unwrap(), "GET /readyz HTTP/1.1");
}

#[test]
fn a_path_of_ones_own_is_asked() {
    let (url, served) = answering("204 No Content");
    Shop::empty().ok(&format!("health {url}/livez"));
    assert_eq!(served.join().unwrap(), "GET /livez HTTP/1.1");
}

#[test]
fn a_service_that_is_not_well_is_7() {
    let (url, _served) = answering("503 Service Unavailable");
    assert_eq!(error_code(&Shop::empty(), &format!("health {url}")), (7, "unhealthy".to_owned()));
}

#[test]
fn nobody_there_is_7_and_no_url_is_2() {
    let shop = Shop::empty();
    assert_eq!(error_code(&shop, "health http://127.0.0.1:1").0, 7);
    assert_eq!(error_code(&shop, "health https://127.0.0.1:1").0, 7);
    for bad in ["nonsense", "ftp://127.0.0.1:1", "http://", "https://"] {
        assert_eq!(error_code(&shop, &format!("health {bad}")).0, 2, "{bad}");
    }
}

#[test]
fn over_tls_a_service_is_known_by_its_certificate_and_the_name_in_it() {
    let (certificate, shop) = (Certificate::new(), Shop::empty());
    let home = tempfile::tempdir().unwrap();
    let path = |path: &std::path::Path| path.display().to_string();
    let (chain, key) = (path(&certificate.chain), path(&certificate.key));
    let store = format!("sqlite:{}", path(&home.path().join("served.db")));
    let flags = ["--tls-cert", &chain, "--tls-key", &key];
    let service = ServiceProcess::start_with(&flags, "products", home.path(), &store);
    let url = format!("https://{}", service.addr().unwrap());
    assert_eq!(shop.ok(&format!("health {url} --ca-file {chain}")), "ok\n");
    // Nobody whom browsers trust has signed it, and it is for no other name; plain HTTP is not what it speaks.
    for words in [
        format!("health {url}"),
        format!("health {url} --ca-file {chain} --server-name shop.example"),
        format!("health {}", url.replace("https", "http")),
    ] {
        assert_eq!(error_code(&shop, &words), (7, "unhealthy".to_owned()), "{words}");
    }
    for words in [
        format!("health {url} --ca-file {key}"),
        format!("health {url} --ca-file {chain} --server-name no/name"),
    ] {
        assert_eq!(error_code(&shop, &words).0, 2, "{words}");
    }
}

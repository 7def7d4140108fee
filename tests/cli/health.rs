//! `shopctl health`

use std::io::{Read, Write};
use std::net::TcpListener;

use super::{Shop, error_code};

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
    for bad in ["nonsense", "https://127.0.0.1:1", "http://"] {
        assert_eq!(error_code(&shop, &format!("health {bad}")).0, 2, "{bad}");
    }
}

//! Requests as bytes over connections of one's own.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Half a request.
pub(crate) const HALF: &[u8] = b"GET /products HTTP/1.1\r\nhost: bench\r\nx-slow: ";
/// A whole one.
pub(crate) const WHOLE: &[u8] = b"GET /products/MUG HTTP/1.1\r\nhost: bench\r\n\r\n";

/// An order for one mug, of a buyer with this key.
pub(crate) fn order(key: &str) -> Vec<u8> {
    let body = r#"{"email":"ada@example.com","items":[{"sku":"MUG","quantity":1}]}"#;
    format!(
        "POST /orders HTTP/1.1\r\nhost: bench\r\nidempotency-key: {key}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Sends a request on a connection and reads the answer to its end.
pub(crate) async fn ask(stream: &mut TcpStream, request: &[u8]) -> io::Result<(u16, String)> {
    stream.write_all(request).await?;
    let mut read = Vec::with_capacity(2048);
    let gone = || io::Error::from(io::ErrorKind::UnexpectedEof);
    loop {
        if stream.read_buf(&mut read).await? == 0 {
            return Err(gone());
        }
        let Some(head) = read.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let text = String::from_utf8_lossy(&read[..head]).to_ascii_lowercase();
        let length: usize = text
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |length| length.trim().parse().expect("a length"));
        while read.len() < head + 4 + length {
            if stream.read_buf(&mut read).await? == 0 {
                return Err(gone());
            }
        }
        let status = text[9..12].parse().expect("a status");
        return Ok((status, String::from_utf8_lossy(&read).into_owned()));
    }
}

/// The status of one request on a connection of its own, and how long it took from the first knock.
pub(crate) async fn one(addr: SocketAddr, request: &[u8]) -> (io::Result<u16>, Duration) {
    let asked = Instant::now();
    let work = async {
        let mut stream = TcpStream::connect(addr).await?;
        ask(&mut stream, request).await.map(|(status, _)| status)
    };
    let status = tokio::time::timeout(Duration::from_secs(30), work).await;
    (status.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())), asked.elapsed())
}

/// Connects, sends half a request and holds on until the service has had enough; gives how long that took.
pub(crate) async fn half_open(addr: SocketAddr) -> io::Result<Duration> {
    let mut stream = TcpStream::connect(addr).await?;
    stream.write_all(HALF).await?;
    let begun = Instant::now();
    let mut part = [0; 1024];
    while matches!(stream.read(&mut part).await, Ok(1..)) {}
    Ok(begun.elapsed())
}

/// Statuses and times of good requests, one after the other, until `done`.
pub(crate) async fn good_requests(
    addr: SocketAddr,
    pause: Duration,
    done: impl Fn() -> bool,
) -> (usize, Vec<String>, Vec<Duration>) {
    let (mut good, mut failures, mut times) = (0, Vec::new(), Vec::new());
    while !done() {
        let (status, took) = one(addr, WHOLE).await;
        times.push(took);
        match status {
            Ok(200) => good += 1,
            other => failures.push(format!("{other:?} after {took:?}")),
        }
        tokio::time::sleep(pause).await;
    }
    times.sort_unstable();
    (good, failures, times)
}

//! A closed loop: each connection asks again as soon as it is answered.

mod cpu;
pub(crate) mod program;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use cpu::Used;

/// Not counted: connections open, pools fill, code is warmed up.
const WARM_UP: Duration = Duration::from_secs(1);

/// What came of it.
pub(crate) struct Figures {
    /// Answers that were as wanted, a second.
    pub(crate) rate: f64,
    /// How long each took, sorted.
    pub(crate) times: Vec<Duration>,
    /// Answers that were not.
    pub(crate) failed: usize,
    /// What each of them cost each program.
    pub(crate) cost: String,
}

impl Figures {
    pub(crate) fn new(mut times: Vec<Duration>, failed: usize, took: Duration) -> Self {
        times.sort_unstable();
        #[expect(clippy::cast_precision_loss, reason = "a rate")]
        let rate = times.len() as f64 / took.as_secs_f64();
        Self { rate, times, failed, cost: String::new() }
    }

    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        let at = (self.times.len() * percent / 100).min(self.times.len().saturating_sub(1));
        self.times.get(at).map_or(f64::NAN, |time| time.as_secs_f64() * 1000.0)
    }
}

/// Prints a line, with the ratios to others.
pub(crate) fn print(what: &str, figures: &Figures, to: &[(&str, &Figures)]) {
    let ratios = to.iter().map(|(name, to)| format!("{:.1} × {name}", figures.rate / to.rate));
    let ratios = ratios.collect::<Vec<String>>().join(", ");
    let (p50, p99) = (figures.percentile(50), figures.percentile(99));
    println!("{what:<38} {:>10.0} {p50:>9.2} {p99:>9.2}   {ratios}", figures.rate);
    if !figures.cost.is_empty() {
        println!("{:<38} {}", "", figures.cost);
    }
    if figures.failed > 0 {
        println!("{:<38} {:>10} failed", "", figures.failed);
    }
}

/// How much to ask.
#[derive(Clone, Copy)]
pub(crate) struct Load {
    pub(crate) connections: usize,
    pub(crate) seconds: Duration,
}

/// A request with a body of JSON, or without any.
pub(crate) fn request(method: &str, path: &str, body: &str) -> Vec<u8> {
    let about = match body.len() {
        0 => String::new(),
        length => format!("content-type: application/json\r\ncontent-length: {length}\r\n"),
    };
    format!("{method} {path} HTTP/1.1\r\nhost: bench\r\n{about}\r\n{body}").into_bytes()
}

/// Asks these over so many connections for so long, each time the next of them, in an order that is spread over all and comes to each once
/// before any comes again. Answers of this status count.
pub(crate) async fn run(addr: SocketAddr, requests: Vec<Vec<u8>>, wanted: u16, load: Load) -> Figures {
    let mut clients = JoinSet::new();
    let (requests, next) = (Arc::new(requests), Arc::new(AtomicUsize::new(0)));
    let before = Used::now();
    for _ in 0..load.connections {
        let (requests, next) = (requests.clone(), next.clone());
        clients.spawn(async move {
            let mut stream = TcpStream::connect(addr).await.expect("a connection");
            stream.set_nodelay(true).expect("an option");
            let (mut times, mut failed) = (Vec::new(), 0);
            let begin = Instant::now() + WARM_UP;
            let end = begin + load.seconds;
            while Instant::now() < end {
                // A prime that divides none of the counts used here.
                let at = next.fetch_add(1, Ordering::Relaxed).wrapping_mul(104_729) % requests.len();
                let asked = Instant::now();
                stream.write_all(&requests[at]).await.expect("a request");
                let status = answer(&mut stream).await;
                if asked >= begin {
                    if status == wanted { times.push(asked.elapsed()) } else { failed += 1 }
                }
            }
            (times, failed)
        });
    }
    let (mut times, mut failed) = (Vec::new(), 0);
    for (more, bad) in clients.join_all().await {
        times.extend(more);
        failed += bad;
    }
    let after = Used::now();
    let figures = Figures::new(times, failed, load.seconds);
    // The warming up costs as much.
    let answers = figures.rate * (load.seconds + WARM_UP).as_secs_f64();
    Figures { cost: after.since(&before, answers), ..figures }
}

/// Reads one answer to its end and gives its status.
async fn answer(stream: &mut TcpStream) -> u16 {
    let mut read = Vec::with_capacity(2048);
    loop {
        assert!(stream.read_buf(&mut read).await.expect("an answer") > 0, "the connection was closed");
        let Some(head) = read.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let text = String::from_utf8_lossy(&read[..head]).to_ascii_lowercase();
        let length: usize = text
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |length| length.trim().parse().expect("a length"));
        while read.len() < head + 4 + length {
            assert!(stream.read_buf(&mut read).await.expect("an answer") > 0, "the connection was closed");
        }
        return text[9..12].parse().expect("a status");
    }
}

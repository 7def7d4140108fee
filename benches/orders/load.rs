//! A closed loop: each connection asks again as soon as it is answered.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::Options;
use crate::cpu::Used;

/// Not counted: connections open, pools fill, code is warmed up.
const WARM_UP: Duration = Duration::from_secs(1);

/// What came of it.
pub(crate) struct Figures {
    /// Answers that placed an order, a second.
    pub(crate) rate: f64,
    /// How long each took, sorted.
    pub(crate) times: Vec<Duration>,
    /// Answers that did not.
    pub(crate) failed: usize,
    /// What an order cost each program.
    pub(crate) cost: String,
}

impl Figures {
    pub(crate) fn new(mut times: Vec<Duration>, failed: usize, took: Duration) -> Self {
        times.sort_unstable();
        #[expect(clippy::cast_precision_loss, reason = "a rate")]
        let rate = times.len() as f64 / took.as_secs_f64();
        Self { rate, times, failed, cost: String::new() }
    }

    fn percentile(&self, percent: usize) -> f64 {
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

/// Orders over so many connections for so long; each order is the next of `bodies`.
pub(crate) async fn run(addr: SocketAddr, bodies: &[String], options: &Options) -> Figures {
    let mut buyers = JoinSet::new();
    let (count, seconds) = (options.connections, options.seconds);
    let requests: std::sync::Arc<Vec<Vec<u8>>> = std::sync::Arc::new(
        bodies
            .iter()
            .map(|body| {
                let head = "POST /orders HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json";
                format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes()
            })
            .collect(),
    );
    let before = Used::now();
    for n in 0..count {
        let requests = requests.clone();
        buyers.spawn(async move {
            let mut stream = TcpStream::connect(addr).await.expect("a connection");
            stream.set_nodelay(true).expect("an option");
            let (mut times, mut failed) = (Vec::new(), 0);
            let begin = Instant::now() + WARM_UP;
            let end = begin + seconds;
            // A stride that is prime to most numbers spreads the buyers over the catalogue.
            let mut at = n * 7919;
            while Instant::now() < end {
                let asked = Instant::now();
                stream.write_all(&requests[at % requests.len()]).await.expect("a request");
                let status = answer(&mut stream).await;
                at += 104_729;
                if asked >= begin {
                    if status == 201 { times.push(asked.elapsed()) } else { failed += 1 }
                }
            }
            (times, failed)
        });
    }
    let (mut times, mut failed) = (Vec::new(), 0);
    for (more, bad) in buyers.join_all().await {
        times.extend(more);
        failed += bad;
    }
    let after = Used::now();
    let figures = Figures::new(times, failed, seconds);
    // The warming up costs as much.
    let orders = figures.rate * (seconds + WARM_UP).as_secs_f64();
    Figures { cost: after.since(&before, orders), ..figures }
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

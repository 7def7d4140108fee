//! Clients: one that signs in again and again, many that sign in at once, and one that looks at the catalogue meanwhile.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};

use crate::shop::{PASSWORD, Shop, email};

/// Not counted: connections open, threads start, code is warmed up.
const WARM_UP: Duration = Duration::from_secs(1);

/// A connection, made anew where the service has closed it.
pub(crate) struct Client {
    addr: SocketAddr,
    stream: TcpStream,
}

impl Client {
    pub(crate) async fn connect(addr: SocketAddr) -> Self {
        let stream = TcpStream::connect(addr).await.expect("a connection");
        stream.set_nodelay(true).expect("an option");
        Self { addr, stream }
    }

    /// Signs in; gives the status and how long it took.
    pub(crate) async fn sign_in(&mut self, email: &str, password: &str) -> (u16, Duration) {
        let body = format!(r#"{{"email":"{email}","password":"{password}"}}"#);
        let head = "POST /login HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json";
        self.ask(&format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len())).await
    }

    async fn ask(&mut self, request: &str) -> (u16, Duration) {
        let asked = Instant::now();
        for _ in 0..3 {
            if self.stream.write_all(request.as_bytes()).await.is_ok()
                && let Some(status) = self.answer().await
            {
                return (status, asked.elapsed());
            }
            *self = Self::connect(self.addr).await;
        }
        (0, asked.elapsed())
    }

    /// Reads one answer to its end and gives its status; none where the connection was closed.
    async fn answer(&mut self) -> Option<u16> {
        let mut read = Vec::with_capacity(2048);
        loop {
            if self.stream.read_buf(&mut read).await.ok()? == 0 {
                return None;
            }
            let Some(head) = read.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
            let text = String::from_utf8_lossy(&read[..head]).to_ascii_lowercase();
            let length = text.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.map_or(0, |length| length.trim().parse().expect("a length"));
            while read.len() < head + 4 + length {
                if self.stream.read_buf(&mut read).await.ok()? == 0 {
                    return None;
                }
            }
            return text[9..12].parse().ok();
        }
    }
}

/// So many connections that sign in again as soon as they are in; gives sign-ins a second and how many were refused.
#[expect(clippy::cast_precision_loss, reason = "a rate")]
pub(crate) async fn closed_loop(shop: &Shop, connections: usize, span: Duration) -> (f64, usize) {
    let mut clients = JoinSet::new();
    let begin = Instant::now() + WARM_UP;
    for n in 0..connections {
        let (addr, count) = (shop.users, shop.count);
        clients.spawn(async move {
            let mut client = Client::connect(addr).await;
            let (mut done, mut refused) = (0, 0);
            let mut at = n;
            while Instant::now() < begin + span {
                let (status, _) = client.sign_in(&email(at % count), PASSWORD).await;
                at += connections;
                // Counted by when it ends, so that none at the edges is counted twice or not at all.
                let now = Instant::now();
                if now >= begin && now < begin + span {
                    if status == 200 { done += 1 } else { refused += 1 }
                }
            }
            (done, refused)
        });
    }
    let (mut done, mut refused) = (0_usize, 0);
    for (more, bad) in clients.join_all().await {
        done += more;
        refused += bad;
    }
    (done as f64 / span.as_secs_f64(), refused)
}

/// What came of a flood.
pub(crate) struct Flood {
    pub(crate) signed_in: usize,
    pub(crate) told_to_wait: usize,
    pub(crate) overloaded: usize,
    pub(crate) took: Duration,
}

/// So many clients sign in at once; who is told to come again does so after a second or two, until it is in.
pub(crate) async fn flood(shop: &Shop, clients: usize) -> Flood {
    let counts = Arc::new([const { AtomicUsize::new(0) }; 3]);
    let mut all = JoinSet::new();
    let mut connected = Vec::new();
    for _ in 0..clients {
        connected.push(Client::connect(shop.users).await);
    }
    let begun = Instant::now();
    for (n, mut client) in connected.into_iter().enumerate() {
        let (counts, email) = (Arc::clone(&counts), email(n % shop.count));
        all.spawn(async move {
            let deadline = Instant::now() + Duration::from_mins(3);
            while Instant::now() < deadline {
                let (status, _) = client.sign_in(&email, PASSWORD).await;
                let which = match status {
                    200 => 0,
                    429 => 1,
                    _ => 2,
                };
                counts[which].fetch_add(1, Ordering::Relaxed);
                if status == 200 {
                    return;
                }
                let jitter = u64::try_from(n % 100).unwrap_or(0) * 10;
                tokio::time::sleep(Duration::from_millis(1000 + jitter)).await;
            }
        });
    }
    all.join_all().await;
    let [signed_in, told_to_wait, overloaded] = [0, 1, 2].map(|n| counts[n].load(Ordering::Relaxed));
    Flood { signed_in, told_to_wait, overloaded, took: begun.elapsed() }
}

/// Somebody who looks at the catalogue a hundred times a second.
pub(crate) struct Probe {
    stop: oneshot::Sender<()>,
    task: JoinHandle<Seen>,
}

/// How it was answered.
pub(crate) struct Seen {
    pub(crate) times: Vec<Duration>,
    pub(crate) refused: usize,
}

impl Probe {
    pub(crate) fn start(products: SocketAddr) -> Self {
        let (stop, mut stopped) = oneshot::channel();
        let task = tokio::spawn(async move {
            let mut client = Client::connect(products).await;
            let mut seen = Seen { times: Vec::new(), refused: 0 };
            let mut beat = tokio::time::interval(Duration::from_millis(10));
            while stopped.try_recv().is_err() {
                beat.tick().await;
                let (status, took) =
                    client.ask("GET /products?limit=1 HTTP/1.1\r\nhost: bench\r\n\r\n").await;
                seen.times.push(took);
                seen.refused += usize::from(status != 200);
            }
            seen
        });
        Self { stop, task }
    }

    pub(crate) async fn stop(self) -> Seen {
        // The probe runs until it is told.
        let _ = self.stop.send(());
        self.task.await.expect("it looks until it is told to stop")
    }
}

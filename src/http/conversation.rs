//! One connection, from its handshake to its last words.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::client_addr::TrustedProxies;
use super::connections::Seat;
use super::last_words::{self, Unread};
use super::options::ServeOptions;
use super::pipeline::Pipeline;
use super::tls::Tls;
use super::turn::Turn;
use super::wire::Wire;

/// The largest head of a request, in bytes.
const MAX_HEAD: usize = 64 << 10;
/// How long to take what a client still sends after the last answer. Closing at once would reset the connection, and the client
/// could lose the answer that says what was wrong.
const LINGER: Duration = Duration::from_secs(2);

/// How to talk on a connection; the same for all of a process.
pub(super) struct Manners {
    http: http1::Builder,
    tls: Option<Tls>,
    /// For the head of a request, and for a handshake.
    header_timeout: Duration,
    write_timeout: Duration,
    proxies: TrustedProxies,
    /// Finish what is under way, and begin nothing.
    pub(super) draining: CancellationToken,
}

impl Manners {
    pub(super) fn new(options: &ServeOptions) -> Self {
        let header_timeout = options.limits.header_timeout;
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            // It also runs while nothing has come yet; the wire knows the two apart.
            .header_read_timeout(options.limits.idle_timeout.max(header_timeout))
            .max_buf_size(MAX_HEAD)
            .max_header_size(MAX_HEAD);
        Self {
            http,
            tls: options.tls.clone(),
            header_timeout,
            write_timeout: options.limits.write_timeout,
            proxies: TrustedProxies::new(&options.trusted_proxies),
            draining: CancellationToken::new(),
        }
    }
}

/// A client that has connected to a service.
pub(super) struct Conversation {
    pub(super) manners: Arc<Manners>,
    pub(super) peer: SocketAddr,
    pub(super) seat: Seat,
    pub(super) app: Router,
    pub(super) pipeline: Pipeline,
}

impl Conversation {
    /// Talks until either side has had enough.
    pub(super) async fn run(self, stream: TcpStream) {
        let this = Arc::new(self);
        tokio::select! {
            () = Arc::clone(&this).begin(stream) => {}
            () = this.seat.closed() => {}
        }
    }

    async fn begin(self: Arc<Self>, stream: TcpStream) {
        let Some(tls) = &self.manners.tls else {
            return self.talk(stream).await;
        };
        match tokio::time::timeout(self.manners.header_timeout, tls.accept(stream)).await {
            Ok(Ok(stream)) => self.talk(stream).await,
            Ok(Err(error)) => tracing::debug!(cause = %error, "a TLS handshake failed"),
            Err(_) => tracing::debug!("a TLS handshake took too long"),
        }
    }

    async fn talk<S: AsyncRead + AsyncWrite + Unpin>(self: Arc<Self>, stream: S) {
        let turn = Arc::new(Turn::default());
        let handler = {
            let (this, turn) = (Arc::clone(&self), Arc::clone(&turn));
            hyper::service::service_fn(move |request| Arc::clone(&this).answer(request, Arc::clone(&turn)))
        };
        let Manners { header_timeout, write_timeout, .. } = *self.manners;
        let wire = TokioIo::new(Wire::new(stream, turn, header_timeout, write_timeout));
        let mut connection = self.manners.http.serve_connection(wire, handler);
        let mut draining = false;
        let ended = loop {
            tokio::select! {
                ended = &mut connection => break ended,
                () = self.manners.draining.cancelled(), if !draining => {
                    draining = true;
                    Pin::new(&mut connection).graceful_shutdown();
                }
            }
        };
        let parts = connection.into_parts();
        let (stream, unread) = parts.io.into_inner().into_parts();
        // Part of a head that came with the request before has as much time as a connection that is idle. Silence is answered with silence.
        let late = || ended.as_ref().is_err_and(hyper::Error::is_timeout).then_some(Unread::Late);
        let unread = unread.or_else(late);
        let unread = unread.filter(|unread| *unread != Unread::Late || !parts.read_buf.is_empty());
        if let Some(unread) = unread {
            let words = last_words::answer(&self.pipeline, unread, &parts.read_buf).await;
            part(stream, &words).await;
        } else if let Err(error) = ended {
            tracing::debug!(cause = %error, "a connection ended badly");
        } else if !draining {
            part(stream, b"").await;
        }
    }

    async fn answer(
        self: Arc<Self>,
        mut request: hyper::Request<Incoming>,
        turn: Arc<Turn>,
    ) -> Result<hyper::Response<Body>, Infallible> {
        self.seat.work();
        turn.work();
        let client = self.manners.proxies.client(self.peer.ip(), request.headers());
        request.extensions_mut().insert(client);
        let response = self.app.clone().oneshot(request.map(Body::new)).await;
        self.seat.wait();
        turn.idle();
        response
    }
}

/// Says the last words, and waits a little for the client to stop talking too.
async fn part<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, words: &[u8]) {
    let goodbye = async {
        stream.write_all(words).await?;
        stream.shutdown().await?;
        let mut ignored = [0; 4096];
        while stream.read(&mut ignored).await? > 0 {}
        std::io::Result::Ok(())
    };
    // A client that has gone, or does not stop, is left.
    let _ = tokio::time::timeout(LINGER, goodbye).await;
}

//! Binding, serving and draining.
//!
//! Own loops around hyper rather than `axum::serve`, which keeps a connection with half a request head open for ever.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use futures_util::future::join_all;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::app::app;
use super::connections::Connections;
use super::conversation::{Conversation, Manners};
use super::options::{AuthMode, ServeError, ServeOptions, Service};
use super::pipeline::{Pipeline, Shared};
use super::tls::renew_until_stopped;
use crate::domain::clock::Clock;
use crate::service::orders::{Orders, sweep_until_stopped};
use crate::store::{Maintenance, Observed, Operation, Store};

/// How long to leave a machine alone that has no more file descriptors.
const OUT_OF_FILES: Duration = Duration::from_millis(200);

/// Serves until `shutdown` resolves, then lets requests in flight finish.
///
/// Every listener is bound before anything is served; `ready` is then told each service and its real address. The store is
/// brought up to date on the way, and stays open.
///
/// # Errors
/// [`ServeError`]; nothing was served then.
pub async fn serve(
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    options: ServeOptions,
    ready: impl Fn(Service, SocketAddr),
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let listeners = bind(&options).await?;
    let shared = Arc::new(Shared::new(&options));
    let store = watched(store, &shared);
    let preparing = tokio::spawn(prepare(store.clone()));
    let stop = CancellationToken::new();
    let sweeping = sweep(&store, &clock, &options, &stop);
    if let Some(tls) = options.tls.clone() {
        tokio::spawn(renew_until_stopped(tls, options.renew_tls_every, stop.clone()));
    }
    let server = Server {
        manners: Arc::new(Manners::new(&options)),
        connections: Arc::clone(&shared.connections),
        tasks: TaskTracker::new(),
        end: CancellationToken::new(),
    };
    let loops = listeners.into_iter().map(|(service, listener, addr)| {
        ready(service, addr);
        let pipeline = Pipeline { service, shared: shared.clone() };
        let app = app(&store, &clock, &options, pipeline.clone());
        server.accept(listener, app, pipeline)
    });
    tokio::select! {
        _ = join_all(loops) => {}
        () = shutdown => {}
    }
    preparing.abort();
    stop.cancel();
    server.drain(&shared, options.drain).await;
    if let Some(sweeping) = sweeping {
        // It ends at once; that it panicked has been logged.
        let _ = sweeping.await;
    }
    Ok(())
}

/// The same store, whose operations are counted and told at the level of debugging.
fn watched(store: Arc<dyn Store>, shared: &Shared) -> Arc<dyn Store> {
    let metrics = Arc::clone(&shared.metrics);
    let observer = move |operation: Operation| {
        let Operation { name, outcome, took } = operation;
        tracing::debug!(operation = name, outcome, duration_ms = took.as_secs_f64() * 1000.0, "store");
        metrics.operated(operation);
    };
    Arc::new(Observed::new(store, Arc::new(observer)))
}

/// Ends holds that are over, where orders are served.
fn sweep(
    store: &Arc<dyn Store>,
    clock: &Arc<dyn Clock>,
    options: &ServeOptions,
    stop: &CancellationToken,
) -> Option<JoinHandle<()>> {
    if !sweeps(options) {
        return None;
    }
    let orders = Orders::new(store.clone(), store.clone(), store.clone(), clock.clone());
    Some(tokio::spawn(sweep_until_stopped(Arc::new(orders), options.sweep_every, stop.clone())))
}

/// Brings the schema up to date, so that the first request need not. A database that is away does not keep the service from
/// starting: `/readyz` tells, and the first write tries again.
async fn prepare(store: Arc<dyn Maintenance>) {
    if let Err(error) = store.init().await {
        tracing::warn!(cause = %error, "the store could not be made ready");
    }
}

fn sweeps(options: &ServeOptions) -> bool {
    let serves_orders = options.services.iter().any(|(service, _)| *service == Service::Orders);
    serves_orders && !options.sweep_every.is_zero()
}

async fn bind(options: &ServeOptions) -> Result<Vec<(Service, TcpListener, SocketAddr)>, ServeError> {
    if options.auth == AuthMode::None
        && let Some((_, addr)) = options.services.iter().find(|(_, addr)| !addr.ip().is_loopback())
    {
        return Err(ServeError::OpenToOthers { addr: *addr });
    }
    let mut listeners = Vec::with_capacity(options.services.len());
    for &(service, addr) in &options.services {
        let bound = async {
            let listener = listen(addr)?;
            let real = listener.local_addr()?;
            Ok((service, listener, real))
        };
        listeners.push(bound.await.map_err(|source| ServeError::Bind { service, addr, source })?);
    }
    Ok(listeners)
}

/// Connections that may wait to be accepted; the system may allow fewer. Where more come at once their first packets are dropped, and a
/// client tries again only after a second or two.
const WAITING: u32 = 4096;

fn listen(addr: SocketAddr) -> io::Result<TcpListener> {
    let socket = if addr.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // A service that is started again finds connections of its predecessor that are not quite closed.
    socket.set_reuseaddr(true)?;
    socket.bind(addr)?;
    socket.listen(WAITING)
}

/// What all listeners share.
struct Server {
    manners: Arc<Manners>,
    connections: Arc<Connections>,
    tasks: TaskTracker,
    /// Ends every connection at once.
    end: CancellationToken,
}

impl Server {
    async fn accept(&self, listener: TcpListener, app: Router, pipeline: Pipeline) {
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => self.begin(stream, peer, &app, &pipeline),
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    tracing::error!(cause = %error, "cannot accept connections; trying again");
                    // Most likely there are no more file descriptors, and one that waits holds one.
                    self.connections.make_room();
                    tokio::time::sleep(OUT_OF_FILES).await;
                }
            }
        }
    }

    fn begin(&self, stream: TcpStream, peer: SocketAddr, app: &Router, pipeline: &Pipeline) {
        let Some(seat) = self.connections.admit(self.end.child_token()) else {
            tracing::warn!("a connection was refused: all others are at work");
            return;
        };
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(cause = %error, "a connection went before it was served");
            return;
        }
        let manners = Arc::clone(&self.manners);
        let (app, pipeline) = (app.clone(), pipeline.clone());
        self.tasks.spawn(Conversation { manners, peer, seat, app, pipeline }.run(stream));
    }

    /// Lets requests in flight finish, also those whose client has gone, and then ends what is left.
    async fn drain(self, shared: &Shared, patience: Duration) {
        self.manners.draining.cancel();
        shared.running.close();
        self.tasks.close();
        let done = async {
            self.tasks.wait().await;
            shared.running.wait().await;
        };
        if tokio::time::timeout(patience, done).await.is_err() {
            tracing::warn!(left = shared.running.len(), "requests were cut off at the end of the drain");
        }
        self.end.cancel();
        self.tasks.wait().await;
    }
}

/// A client that went while it waited to be accepted is no trouble of the listener's.
fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_process_that_serves_orders_ends_holds() {
        let serving = |services: &[Service], seconds| {
            let services = services.iter().map(|service| (*service, ([127, 0, 0, 1], 0).into())).collect();
            let usual = ServeOptions::new(services, "EUR".parse().unwrap());
            sweeps(&ServeOptions { sweep_every: Duration::from_secs(seconds), ..usual })
        };
        assert!(serving(&Service::ALL, 10) && serving(&[Service::Orders], 10));
        assert!(!serving(&[Service::Orders], 0));
        assert!(!serving(&[Service::Users, Service::Products, Service::Inventory], 10));
    }
}

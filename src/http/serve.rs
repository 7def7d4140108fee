//! Binding, serving and draining.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;

use super::options::{AuthMode, ServeError, ServeOptions, Service};
use crate::domain::clock::Clock;
use crate::store::Store;

/// Serves until `shutdown` resolves, then lets requests in flight finish.
///
/// Every listener is bound before anything is served; `ready` is then told each service and its real address.
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
    for (service, listener) in &listeners {
        if let Ok(addr) = listener.local_addr() {
            ready(*service, addr);
        }
    }
    shutdown.await;
    drop((store, clock));
    Ok(())
}

async fn bind(options: &ServeOptions) -> Result<Vec<(Service, TcpListener)>, ServeError> {
    if options.auth == AuthMode::None
        && let Some((_, addr)) = options.services.iter().find(|(_, addr)| !addr.ip().is_loopback())
    {
        return Err(ServeError::OpenToOthers { addr: *addr });
    }
    let mut listeners = Vec::with_capacity(options.services.len());
    for &(service, addr) in &options.services {
        match TcpListener::bind(addr).await {
            Ok(listener) => listeners.push((service, listener)),
            Err(source) => return Err(ServeError::Bind { service, addr, source }),
        }
    }
    Ok(listeners)
}

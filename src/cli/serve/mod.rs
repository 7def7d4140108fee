//! `shopctl serve`

mod edge;
mod files;
mod listen;
mod place;

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;

use super::Outcome;
use super::app::App;
use super::exit::Exit;
use super::failure::Failure;
use super::open_store::Access;
use super::syntax::duration;
use crate::domain::invalid::Invalid;
use crate::http::{self, AuthMode, ServeError, ServeOptions, Service};

/// Serve users, products, orders and inventory over HTTP until SIGTERM or Ctrl-C
///
/// Any service runs alone, several run in one process, and any number of copies run side by side on one MongoDB. The first signal lets
/// requests in flight finish and ends with 0; a second ends at once.
#[derive(Debug, clap::Args)]
#[command(after_help = "EXAMPLES\n  \
    shopctl serve all\n  \
    shopctl serve products orders --listen products=0.0.0.0:8080 --listen orders=0.0.0.0:8081\n  \
    shopctl serve users --listen 127.0.0.1:0\n  \
    shopctl serve all --listen 0.0.0.0 --tls-cert shop.pem --tls-key shop.key\n  \
    shopctl serve all --trusted-proxy 10.0.0.0/8 --cors-origin https://shop.example")]
pub(super) struct Args {
    /// users, products, orders, inventory or all
    #[arg(required = true, value_name = "SERVICE", hide_possible_values = true)]
    #[arg(value_parser = ["users", "products", "orders", "inventory", "all"])]
    services: Vec<String>,
    /// Where to listen: HOST for the usual ports, HOST:PORT for a single service, SERVICE=HOST:PORT for one of several; port 0 takes
    /// a free one and prints it [default: 127.0.0.1, ports 5001 to 5004]
    #[arg(long, value_name = "[SERVICE=]ADDR")]
    listen: Vec<String>,
    /// Who has to sign in: required (as the routes say) or none (everybody may do everything; on loopback only)
    #[arg(long, value_name = "WHO", default_value = "required", hide_possible_values = true)]
    #[arg(value_parser = ["required", "none"])]
    auth: String,
    /// How often one client may ask each service: 100/s, 1000/m or 5000/h, all at once if it likes; whoever is signed in is one client,
    /// everybody else at one address [default: no limit]
    #[arg(long, value_name = "LIMIT")]
    rate_limit: Option<String>,
    /// About how often to end the holds that are over, where orders are served; 0 for never
    #[arg(long, value_name = "DURATION", default_value = "10s", allow_negative_numbers = true)]
    sweep_every: String,
    #[command(flatten)]
    edge: edge::Edge,
}

impl Args {
    pub(super) async fn run(self, app: &App) -> Outcome {
        let services = listen::addresses(&self.services, &self.listen)?;
        let sweep_every = duration(&self.sweep_every)
            .map_err(|invalid| Failure::usage(format!("--sweep-every: {}", invalid.detail)))?;
        let rate_limit = self.rate_limit.as_deref().map(str::parse).transpose();
        let rate_limit = rate_limit.map_err(|invalid: Invalid| Failure::usage(invalid.detail))?;
        place::require_named_store(app)?;
        let store = app.store(Access::Write).await?;
        let mut options = ServeOptions::new(services, app.settings.currency.value);
        options.auth = if self.auth == "none" { AuthMode::None } else { AuthMode::Required };
        options.hold = app.settings.hold.value;
        options.sweep_every = sweep_every;
        options.rate_limit = rate_limit;
        self.edge.apply(&mut options)?;
        files::allow(options.limits.connections);
        let scheme = if options.tls.is_some() { "https" } else { "http" };
        let (first, second) = signals()?;
        let ready = |service: Service, address: SocketAddr| {
            // Whoever started the service may not listen to what it prints; it serves all the same.
            let _ = app.ui.raw(&format!("{service}\t{scheme}://{address}\n")).and_then(|()| app.ui.flush());
        };
        let drain = async {
            // A sender that is gone will never send: then only the second way out is left.
            if first.await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        let served = http::serve(Arc::clone(&store), Arc::clone(&app.clock), options, ready, drain);
        let outcome = tokio::select! {
            served = served => served.map_err(|error| failure(&error)),
            exit = second => return Err(Failure::Silent(exit.unwrap_or(Exit::Interrupted))),
        };
        store.close().await;
        outcome
    }
}

/// Resolves at the first signal, and with the exit code at the second.
fn signals() -> Result<(oneshot::Receiver<()>, oneshot::Receiver<Exit>), Failure> {
    let no_signals =
        |error| Failure::new(Exit::Internal, "internal", format!("signals cannot be awaited: {error}"));
    let mut interrupt = signal(SignalKind::interrupt()).map_err(no_signals)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(no_signals)?;
    let ((drain, first), (end, second)) = (oneshot::channel(), oneshot::channel());
    tokio::spawn(async move {
        next(&mut interrupt, &mut terminate).await;
        // Both receivers live as long as the command.
        let _ = drain.send(());
        let _ = end.send(next(&mut interrupt, &mut terminate).await);
    });
    Ok((first, second))
}

async fn next(interrupt: &mut Signal, terminate: &mut Signal) -> Exit {
    tokio::select! {
        _ = interrupt.recv() => Exit::Interrupted,
        _ = terminate.recv() => Exit::Terminated,
    }
}

fn failure(error: &ServeError) -> Failure {
    let detail = error.to_string();
    match error {
        ServeError::Bind { .. } => Failure::new(Exit::Unavailable, "listen_failed", detail)
            .hint("choose another address with --listen; port 0 takes a free one"),
        ServeError::OpenToOthers { .. } => Failure::new(Exit::Usage, "open_to_others", detail)
            .hint("leave out --auth none, or listen on 127.0.0.1"),
    }
}

//! Copies of the orders service on one store, and the crowd that buys from them.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

use super::buyer::Buyer;
use super::log::Log;
use crate::support::service_process::ServiceProcess;

/// Products that never run out; most orders are for the first.
pub(super) const PLENTY: usize = 20;
/// What there is of each.
pub(super) const MANY: i64 = 10_000_000;
/// The product of which there is too little for all who want it.
pub(super) const SCARCE: &str = "SCARCE";
/// What there is of it.
pub(super) const FEW: i64 = 60;

/// What all buyers of a run share.
pub(super) struct Market {
    pub(super) copies: Vec<ServiceProcess>,
    pub(super) begun: Instant,
    /// No new orders.
    pub(super) closing: AtomicBool,
    /// Nobody asks again.
    pub(super) closed: AtomicBool,
    /// Orders acknowledged so far.
    pub(super) acknowledged: AtomicUsize,
}

/// A run: a stocked store, services, and buyers at work.
pub(super) struct Run {
    pub(super) market: Arc<Market>,
    buyers: Vec<JoinHandle<Log>>,
    runtime: Runtime,
}

impl Run {
    /// Stocks the store at this URL, starts so many copies of the service and lets so many buyers in.
    pub(super) fn begin(home: &Path, url: &str, copies: usize, buyers: usize, pause: Duration) -> Self {
        let stock = |sku: &str, count: i64| {
            let stock = count.to_string();
            shopctl(
                home,
                url,
                &["product", "create", sku, "--name", "Thing", "--price", "2.50", "--stock", &stock],
            );
        };
        (0..PLENTY).for_each(|n| stock(&plenty(n), MANY));
        stock(SCARCE, FEW);
        let market = Arc::new(Market {
            copies: (0..copies).map(|_| ServiceProcess::start("orders", home, url)).collect(),
            begun: Instant::now(),
            closing: AtomicBool::new(false),
            closed: AtomicBool::new(false),
            acknowledged: AtomicUsize::new(0),
        });
        let runtime = Runtime::new().expect("a runtime");
        let buyers =
            (0..buyers).map(|n| runtime.spawn(Buyer::new(n, pause, Arc::clone(&market)).buy())).collect();
        Self { market, buyers, runtime }
    }

    /// Time since the beginning.
    pub(super) fn now(&self) -> Duration {
        self.market.begun.elapsed()
    }

    /// Waits until so many more orders have been acknowledged; says whether they were before the time was up.
    pub(super) fn goes_on(&self, orders: usize, limit: Duration) -> bool {
        let acknowledged = || self.market.acknowledged.load(Ordering::Relaxed);
        let (target, deadline) = (acknowledged() + orders, Instant::now() + limit);
        while acknowledged() < target {
            if Instant::now() > deadline {
                return false;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        true
    }

    /// Ends the buying: what was begun is asked for until there is an answer, for at most `patience`. Gives what was heard, in the order
    /// of time.
    pub(super) fn end(self, patience: Duration) -> Log {
        self.market.closing.store(true, Ordering::Relaxed);
        let market = Arc::clone(&self.market);
        let buyers = self.buyers;
        let mut log = self.runtime.block_on(async move {
            let end = tokio::spawn(async move {
                tokio::time::sleep(patience).await;
                market.closed.store(true, Ordering::Relaxed);
            });
            let mut log = Log::default();
            for buyer in buyers {
                log.add(buyer.await.expect("a buyer does not panic"));
            }
            end.abort();
            log
        });
        log.acknowledged.sort_by_key(|order| order.at);
        log
    }
}

/// The SKU of the n-th product that never runs out.
pub(super) fn plenty(n: usize) -> String {
    format!("PLENTY-{n}")
}

/// Runs the program on the store to a good end and gives what it printed.
pub(super) fn shopctl(home: &Path, url: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shopctl"));
    command.env_clear().env("HOME", home).env("SHOPCTL_STORE", url).args(arguments);
    let output = command.output().expect("the program runs");
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).expect("text")
}

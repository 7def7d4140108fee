//! The promise of the stock, tried on the shop's own database: many buyers at once on few products, with cancels, shipments,
//! deliveries, corrections and counts among them, and somebody who looks all the while.
//!
//! Everything goes through the use cases that the command line and the services call.

mod buyer;
mod latency;
mod observer;
mod tally;

pub use latency::Latency;
pub use observer::Observed;
pub use tally::Tally;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use self::buyer::Shop;
use super::doctor::{self, Findings};
use super::error::{Error, Result};
use crate::domain::clock::Clock;
use crate::store::Store;

/// How often to tell how far it is.
const TICK: Duration = Duration::from_millis(200);

/// What to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// How many buy at once.
    pub writers: u32,
    /// For how long.
    pub seconds: u32,
    /// How many products there are; the first is the one that everybody wants.
    pub products: u32,
    /// How much of each there is to begin with.
    pub stock: i64,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// How long the buyers were at it.
    pub took: Duration,
    /// What they did.
    pub tally: Tally,
    /// What was seen meanwhile.
    pub observed: Observed,
    /// How many orders are there afterwards.
    pub stored: u64,
    /// What the doctor found afterwards.
    pub findings: Findings,
}

impl Outcome {
    /// Whether every promise was kept: no count was ever wrong, every rule holds, and every order that was acknowledged is there, once.
    pub fn clean(&self) -> bool {
        let acknowledged = self.tally.placed;
        // Of some orders it is not known whether they were placed; they may be there.
        let accounted = acknowledged <= self.stored && self.stored <= acknowledged + self.tally.unknown;
        accounted && self.observed.wrong == 0 && self.tally.failed == 0 && self.findings.clean()
    }
}

/// How far a trial is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stage {
    /// Since it began.
    pub elapsed: Duration,
    /// Orders placed until now.
    pub placed: u64,
    /// Whether the buyers are done and the rules are being checked.
    pub checking: bool,
}

/// Sells on a scratch store until the time is up or `stop` is cancelled, and checks every rule afterwards.
///
/// # Errors
/// Those of a store that is away; a broken promise is an outcome.
pub async fn oversell(
    store: &Arc<dyn Store>,
    clock: &Arc<dyn Clock>,
    plan: Plan,
    stop: &CancellationToken,
    watch: &dyn Fn(Stage),
) -> Result<Outcome> {
    let placed = Arc::new(AtomicU64::new(0));
    let market = Arc::new(Shop::open(store, clock, plan, Arc::clone(&placed)).await?);
    let begun = Instant::now();
    let until = begun + Duration::from_secs(plan.seconds.into());
    let looking = CancellationToken::new();
    // Dropped with this future, the token and the set end what is still at work.
    let _end = looking.clone().drop_guard();
    let looker = tokio::spawn(observer::observe(Arc::clone(store), looking.clone()));
    let mut buyers = JoinSet::new();
    for _ in 0..plan.writers {
        buyers.spawn(buyer::buy(Arc::clone(&market), until, stop.clone()));
    }
    let mut tally = Tally::default();
    let mut tick = tokio::time::interval(TICK);
    loop {
        let stage =
            |checking| Stage { elapsed: begun.elapsed(), placed: placed.load(Ordering::Relaxed), checking };
        tokio::select! {
            ended = buyers.join_next() => match ended {
                Some(Ok(one)) => tally.add(&one),
                Some(Err(error)) => return Err(Error::internal(format!("a buyer broke off: {error}"))),
                None => {
                    watch(stage(true));
                    break;
                }
            },
            _ = tick.tick() => watch(stage(false)),
        }
    }
    let took = begun.elapsed();
    looking.cancel();
    let observed =
        looker.await.map_err(|error| Error::internal(format!("the one who looks broke off: {error}")))??;
    let findings = doctor::examine(store, &|_| {}).await?;
    let stored = store.info().await.map_err(Error::from_store)?.counts.orders;
    Ok(Outcome { took, tally, observed, stored, findings })
}

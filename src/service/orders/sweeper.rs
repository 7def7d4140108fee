//! The sweep that a service makes by itself, again and again.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::Orders;
use crate::domain::actor::Actor;
use crate::service::error::{Error, Result};
use crate::service::write::WriteOptions;

/// The shortest time between two sweeps: less would be a load and no use.
const LEAST: Duration = Duration::from_millis(100);

/// What was said last, so that what goes on is said once.
#[derive(Default)]
struct Told {
    away: bool,
    failed: Vec<String>,
}

/// Ends holds that are over about every `every`, until told to stop. Between two sweeps it waits a random while from half to one
/// and a half times that long, the first time less, so that many copies that were started together do not sweep together.
///
/// A stop is immediate. What the store was just asked to do it does to the end: a dropped call stops no step.
pub async fn sweep_until_stopped(orders: Arc<Orders>, every: Duration, stop: CancellationToken) {
    let every = every.max(LEAST);
    let sweeping = async {
        let mut told = Told::default();
        let mut pause = every.mul_f64(rand::random::<f64>());
        loop {
            tokio::time::sleep(pause).await;
            pause = every.mul_f64(0.5 + rand::random::<f64>());
            told.note(sweep(&orders).await);
        }
    };
    tokio::select! {
        biased;
        () = stop.cancelled() => {}
        () = sweeping => {}
    }
}

/// One sweep: the details of what failed.
async fn sweep(orders: &Orders) -> Result<Vec<String>> {
    let mut sweep = orders.sweep(None, WriteOptions::by(Actor::sweep()))?;
    let mut failed = Vec::new();
    while let Some(swept) = sweep.batch().await? {
        if !swept.expired.is_empty() {
            tracing::info!(orders = swept.expired.len(), "holds ended");
        }
        failed.extend(swept.failed.into_iter().map(|error| error.detail));
        // A long sweep leaves room for requests.
        tokio::task::yield_now().await;
    }
    Ok(failed)
}

impl Told {
    fn note(&mut self, outcome: std::result::Result<Vec<String>, Error>) {
        match outcome {
            Err(error) => {
                if !self.away {
                    tracing::warn!(code = error.code, cause = %error.detail, "holds cannot be ended; trying again");
                }
                self.away = true;
            }
            Ok(failed) => {
                if self.away {
                    tracing::info!("holds can be ended again");
                }
                self.away = false;
                if failed != self.failed {
                    for cause in &failed {
                        tracing::error!(cause, "a hold could not be ended");
                    }
                    self.failed = failed;
                }
            }
        }
    }
}

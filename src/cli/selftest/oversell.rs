//! `shopctl selftest oversell`

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::report::Report;
use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::open_store::{self, Access};
use crate::cli::run::interrupted;
use crate::domain::clock::Timestamp;
use crate::service::selftest::{self, Plan, Stage};
use crate::store::open::{OpenOptions, scratches};
use crate::store::{Scratch, Scratches, StoreError, StoreInfo};

/// How long what is in flight may take to end after Ctrl-C.
const WIND_DOWN: Duration = Duration::from_secs(10);
/// How long after its own seconds a run is surely over: the check of the rules takes a while.
const SLACK: Duration = Duration::from_mins(10);

/// Sell more than there is to many buyers at once, and look whether it can be done; exit 4 if so
///
/// Works on a scratch store beside your own: another database on the same server, or another file in the same directory. It is
/// removed at the end, also after Ctrl-C, and your shop's data is never touched. Buyers place orders for one hot product, others
/// cancel, ship, receive, correct and count it, and somebody looks all the while. At the end every rule of shopctl doctor is
/// checked.
#[derive(Debug, clap::Args)]
#[command(after_help = "EXAMPLES\n  \
    shopctl selftest oversell\n  \
    shopctl selftest oversell --writers 256 --seconds 60 --stock 1000\n  \
    shopctl selftest oversell -o json | jq .verdict")]
pub(in crate::cli) struct Args {
    /// How many buy at once
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=1024))]
    writers: u32,
    /// For how long
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=3600))]
    seconds: u32,
    /// How many products; four of five orders are for the first
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    products: u32,
    /// How much of each there is to begin with
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(i64).range(0..=1_000_000_000))]
    stock: i64,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        let printer = app.printer::<Report>()?;
        let plan =
            Plan { writers: self.writers, seconds: self.seconds, products: self.products, stock: self.stock };
        let first = interrupted();
        tokio::pin!(first);
        let info = tokio::select! {
            info = look(app) => info?,
            exit = &mut first => return Err(Failure::Silent(exit)),
        };
        if app.globals.dry_run {
            app.ui.notice("dry run: nothing was sold");
            return Ok(());
        }
        app.deadline.lift();
        let options = OpenOptions { pool: plan.writers + 8, ..OpenOptions::default() };
        let scratches = scratches(&open_store::url(&app.settings)?, &options).await?;
        let ends = app.clock.now().plus(Duration::from_secs(plan.seconds.into()) * 2 + SLACK);
        clear_up(app, &scratches).await?;
        let scratch = scratches.make(ends, rand::random()).await?;
        app.ui.notice(&format!("selling on the scratch store {}", scratch.name));
        let outcome = sell(app, plan, &scratch, &mut first).await;
        app.ui.end_progress();
        let name = scratch.name.clone();
        let removed = tokio::select! {
            removed = scratches.remove(scratch) => removed,
            exit = interrupted() => {
                app.ui.notice(&format!("the scratch store {name} may still be there; a later run removes it"));
                return Err(Failure::Silent(exit));
            }
        };
        if let Err(error) = removed {
            app.ui.notice(&format!("the scratch store {name} could not be removed: {error}"));
            return Err(outcome.err().unwrap_or_else(|| error.into()));
        }
        let outcome = outcome?;
        printer.one(&Report::new(info.kind, info.topology, plan, &outcome))?;
        app.ui.flush()?;
        if outcome.clean() {
            return Ok(());
        }
        Err(Failure::new(Exit::Conflict, "oversold", "a promise was broken; see what it printed")
            .hint("run again with -v to see the cause of each failure"))
    }
}

/// Looks at the shop's own store, whether a trial beside it can be made; changes nothing there.
async fn look(app: &App) -> Result<StoreInfo, Failure> {
    let info = app.store(Access::Read).await?.info().await?;
    if info.transactions { Ok(info) } else { Err(StoreError::NeedsReplicaSet.into()) }
}

/// Removes what runs that were killed have left, and names what may belong to a run that goes on.
async fn clear_up(app: &App, scratches: &Scratches) -> Outcome {
    let now: Timestamp = app.clock.now();
    for name in scratches.list().await? {
        if name.ends() < now {
            scratches.remove_left(&name).await?;
            app.ui.notice(&format!("removed the scratch store {name}, left by a run that was killed"));
        } else {
            let ends = name.ends();
            app.ui.notice(&format!(
                "there is a scratch store {name}: another run, or one that was killed; a run after {ends} removes it"
            ));
        }
    }
    Ok(())
}

/// Sells until the time is up or a signal comes. Whatever way it ends, nothing is in flight any more.
async fn sell(
    app: &App,
    plan: Plan,
    scratch: &Scratch,
    signal: &mut (impl Future<Output = Exit> + Unpin),
) -> Result<selftest::Outcome, Failure> {
    let stop = CancellationToken::new();
    let watch = |stage: Stage| {
        let line = if stage.checking {
            "checking every rule".to_owned()
        } else {
            let elapsed = stage.elapsed.as_secs().min(plan.seconds.into());
            format!("selling: {elapsed} of {} s, {} orders placed", plan.seconds, stage.placed)
        };
        app.ui.progress(&line);
    };
    let trial = selftest::oversell(&scratch.store, &app.clock, plan, &stop, &watch);
    tokio::pin!(trial);
    tokio::select! {
        outcome = &mut trial => Ok(outcome?),
        exit = signal => {
            stop.cancel();
            // Its result is of no more interest.
            let _ = tokio::time::timeout(WIND_DOWN, trial).await;
            Err(Failure::Silent(exit))
        }
    }
}

//! `shopctl order expire`

use super::act::ActArgs;
use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::open_store::Access;
use crate::output::End;
use crate::service::error::Error;
use crate::service::orders::OrderAction;
use crate::service::view::OrderView;

/// End pending orders whose hold is over, giving their stock back
///
/// Without orders: all whose hold is over. A process that serves orders does the same every few seconds; any number may do it at once, and
/// each order ends once.
#[derive(Debug, clap::Args)]
#[command(after_help = "EXAMPLES\n  \
    shopctl order expire\n  \
    shopctl order expire --dry-run -o json\n  \
    shopctl order expire 1001 1002")]
pub(in crate::cli) struct Args {
    /// Ids or numbers; all whose hold is over without
    #[arg(value_name = "ORDER", add = crate::cli::completion::orders())]
    orders: Vec<String>,
    #[command(flatten)]
    act: ActArgs,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        if !self.orders.is_empty() {
            return self.act.each(app, &self.orders, OrderAction::Expire).await;
        }
        if self.act.write.if_version.is_some() {
            return Err(Failure::usage("--if-version goes with a single order"));
        }
        let mut list = app.printer::<OrderView>()?.list();
        let options = app.write(&self.act.write)?;
        let orders = app.orders(Access::Write).await?;
        let mut sweep = orders.sweep(self.act.reason.as_deref(), options)?;
        // However many there are: each step has a deadline of its own.
        app.deadline.lift();
        let (mut expired, mut worst) = (0, None);
        loop {
            let swept = match sweep.batch().await {
                Ok(Some(swept)) => swept,
                Ok(None) => break,
                Err(error) if expired == 0 => return Err(error.into()),
                Err(error) => {
                    worst = worst.max(Some(tell(app, error)));
                    break;
                }
            };
            expired += swept.expired.len();
            list.page(&swept.expired)?;
            for error in swept.failed {
                worst = worst.max(Some(tell(app, error)));
            }
        }
        if let Some(worst) = worst.filter(|_| expired == 0) {
            return Err(Failure::Silent(worst));
        }
        list.end(&End::default())?;
        app.ui.flush()?;
        app.ui.notice(&summary(expired, app.globals.dry_run));
        worst.map_or(Ok(()), |_| Err(Failure::Silent(Exit::Partly)))
    }
}

/// Tells an error where it happens; gives what it would end with.
fn tell(app: &App, error: Error) -> Exit {
    let failure = Failure::from(error);
    if let Some(report) = failure.report() {
        app.ui.error(&report);
    }
    failure.exit()
}

fn summary(expired: usize, dry_run: bool) -> String {
    match (expired, dry_run) {
        (0, _) => "no hold is over".to_owned(),
        (1, false) => "1 order has expired".to_owned(),
        (n, false) => format!("{n} orders have expired"),
        (1, true) => "1 order would expire".to_owned(),
        (n, true) => format!("{n} orders would expire"),
    }
}

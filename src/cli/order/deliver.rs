//! `shopctl order deliver`

use super::act::ActArgs;
use crate::cli::Outcome;
use crate::cli::app::App;
use crate::service::orders::OrderAction;

/// Note that orders arrived
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Ids or numbers
    #[arg(required = true, value_name = "ORDER", add = crate::cli::completion::orders())]
    orders: Vec<String>,
    #[command(flatten)]
    act: ActArgs,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        self.act.each(app, &self.orders, OrderAction::Deliver).await
    }
}

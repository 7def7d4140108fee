//! `shopctl order refund`

use super::act::ActArgs;
use crate::cli::Outcome;
use crate::cli::app::App;
use crate::service::orders::OrderAction;

/// Note that money was paid back; goods are another matter, see return
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Id or number
    order: String,
    /// Only so much, in the order's currency; all that is left without
    #[arg(long, allow_negative_numbers = true)]
    amount: Option<String>,
    #[command(flatten)]
    act: ActArgs,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        self.act.each(app, &[self.order], OrderAction::Refund { amount: self.amount }).await
    }
}

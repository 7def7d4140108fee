//! `shopctl order cancel`

use super::act::{ActArgs, some_items};
use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::failure::Failure;
use crate::service::orders::OrderAction;

/// Give up orders, or some items of one, giving back the stock of what has not been sent
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Ids or numbers
    #[arg(required = true, value_name = "ORDER", add = crate::cli::completion::orders())]
    orders: Vec<String>,
    /// Only this, so many; may be repeated
    #[arg(long = "item", value_name = "SKU:QTY", add = crate::cli::completion::products())]
    items: Vec<String>,
    #[command(flatten)]
    act: ActArgs,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        if self.orders.len() > 1 && !self.items.is_empty() {
            return Err(Failure::usage("--item goes with a single order"));
        }
        let items = some_items(&self.items)?;
        self.act.each(app, &self.orders, OrderAction::Cancel { items }).await
    }
}

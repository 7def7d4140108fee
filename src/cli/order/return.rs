//! `shopctl order return`

use super::act::{ActArgs, some_items};
use crate::cli::Outcome;
use crate::cli::app::App;
use crate::service::orders::OrderAction;

/// Take back what was sent; money is another matter, see refund
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Id or number
    order: String,
    /// Only this, so many; may be repeated
    #[arg(long = "item", value_name = "SKU:QTY", add = crate::cli::completion::products())]
    items: Vec<String>,
    /// Put it on the shelf again
    #[arg(long)]
    restock: bool,
    #[command(flatten)]
    act: ActArgs,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        let action = OrderAction::Return { items: some_items(&self.items)?, restock: self.restock };
        self.act.each(app, &[self.order], action).await
    }
}

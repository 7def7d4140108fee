//! `shopctl order ship`

use super::act::{ActArgs, some_items};
use crate::cli::Outcome;
use crate::cli::app::App;
use crate::service::orders::OrderAction;

/// Send an order, or some items of it
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Id or number
    order: String,
    /// Only this, so many; may be repeated
    #[arg(long = "item", value_name = "SKU:QTY", add = crate::cli::completion::products())]
    items: Vec<String>,
    /// The parcel service's name for it
    #[arg(long, value_name = "REF")]
    tracking: Option<String>,
    #[command(flatten)]
    act: ActArgs,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        let action = OrderAction::Ship { items: some_items(&self.items)?, tracking: self.tracking };
        self.act.each(app, &[self.order], action).await
    }
}

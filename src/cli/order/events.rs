//! `shopctl order events`

use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::open_store::Access;
use crate::output::EventRow;
use crate::service::orders::Scope;

/// List what happened to an order, oldest first
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Id or number
    order: String,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        let printer = app.printer()?;
        let order = app.orders(Access::Read).await?.get(&self.order, Scope::All).await?;
        Ok(printer.all(&order.history.into_iter().map(EventRow).collect::<Vec<_>>())?)
    }
}

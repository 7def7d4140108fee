//! `shopctl order get`

use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::many::{self, Style};
use crate::cli::open_store::Access;
use crate::service::orders::Scope;
use crate::service::view::OrderView;

/// Show orders
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Ids or numbers
    #[arg(required = true, value_name = "ORDER", add = crate::cli::completion::orders())]
    orders: Vec<String>,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        app.printer::<OrderView>()?;
        let orders = app.orders(Access::Read).await?;
        many::each(app, &self.orders, Style::Whole, async |id| orders.get(id, Scope::All).await).await
    }
}

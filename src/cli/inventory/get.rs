//! `shopctl inventory get`

use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::many::{self, Style};
use crate::cli::open_store::Access;
use crate::service::view::StockView;

/// Show the stock of products
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Product ids or SKUs
    #[arg(required = true, value_name = "PRODUCT", add = crate::cli::completion::products())]
    products: Vec<String>,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        app.printer::<StockView>()?;
        let inventory = app.inventory(Access::Read).await?;
        many::each(app, &self.products, Style::Whole, async |id| inventory.get(id).await).await
    }
}

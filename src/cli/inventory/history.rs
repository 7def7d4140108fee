//! `shopctl inventory history`

use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::list::PageArgs;
use crate::cli::open_store::Access;
use crate::service::view::MovementView;

/// List every change of a product's stock, oldest first
///
/// Sort by seq; -seq shows the newest first.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Product id or SKU
    #[arg(value_name = "PRODUCT", add = crate::cli::completion::products())]
    product: String,
    #[command(flatten)]
    page: PageArgs,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        app.printer::<MovementView>()?;
        let inventory = app.inventory(Access::Read).await?;
        self.page.print(app, async |page| inventory.history(&self.product, &page).await).await
    }
}

//! `shopctl inventory get`

use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::many::{self, Style};
use crate::cli::open_store::Access;
use crate::service::view::{PastStockView, StockView};

/// Show the stock of products, now or as it was
#[derive(Debug, clap::Args)]
#[command(after_help = "EXAMPLES\n  \
    shopctl inventory get MUG-BLUE TEE-M\n  \
    shopctl inventory get MUG-BLUE --at 2026-01-31T18:00:00+01:00")]
pub(in crate::cli) struct Args {
    /// Product ids or SKUs
    #[arg(required = true, value_name = "PRODUCT", add = crate::cli::completion::products())]
    products: Vec<String>,
    /// As it was at this moment, after the last movement until then: 2026-01-31 (its first moment, UTC) or 2026-01-31T08:00:00Z
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        if let Some(at) = &self.at {
            app.printer::<PastStockView>()?;
            let inventory = app.inventory(Access::Read).await?;
            return many::each(app, &self.products, Style::Whole, async |id| inventory.get_at(id, at).await)
                .await;
        }
        app.printer::<StockView>()?;
        let inventory = app.inventory(Access::Read).await?;
        many::each(app, &self.products, Style::Whole, async |id| inventory.get(id).await).await
    }
}

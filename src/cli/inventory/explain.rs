//! `shopctl inventory explain`

use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::open_store::Access;

/// Explain why so much of a product is available
///
/// Shows what is on hand and reserved, the open orders that hold it (50 at most; the sums are over all), the holds that end next and the last
/// ten movements. Exit 4 if they do not agree.
#[derive(Debug, clap::Args)]
#[command(after_help = "EXAMPLES\n  \
    shopctl inventory explain MUG-BLUE\n  \
    shopctl inventory explain MUG-BLUE -o json --fields available,orders")]
pub(in crate::cli) struct Args {
    /// Product id or SKU
    #[arg(value_name = "PRODUCT", add = crate::cli::completion::products())]
    product: String,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        let printer = app.printer()?;
        let explained = app.inventory(Access::Read).await?.explain(&self.product).await?;
        printer.one(&explained)?;
        if explained.agrees {
            return Ok(());
        }
        app.ui.flush()?;
        let detail =
            format!("stock of {:?} does not agree: {}", explained.sku, explained.problems.join("; "));
        Err(Failure::new(Exit::Conflict, "stock_disagrees", detail).hint("shopctl doctor"))
    }
}

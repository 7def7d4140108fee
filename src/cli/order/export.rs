//! `shopctl order export`

use super::list::FilterArgs;
use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::export::FileArgs;
use crate::cli::open_store::Access;
use crate::service::orders::Orders;

/// Write orders to a file that an import takes
///
/// In the order of their ids. A table has a row a line of an order; what happened to an order is JSON in its column history.
#[derive(Debug, clap::Args)]
#[command(after_help = "EXAMPLES\n  \
    shopctl order export orders.csv\n  \
    shopctl order export --status pending --file-format json -")]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    file: FileArgs,
    #[command(flatten)]
    filter: FilterArgs,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        let orders = app.orders(Access::Read).await?;
        let query = self.filter.query(crate::service::page::PageInput::default());
        let mut file = self.file.begin(app, "orders", Orders::LAYOUT)?;
        orders.export(&query, |entry| file.write(entry)).await?;
        file.end()
    }
}

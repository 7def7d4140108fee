//! `shopctl inventory export`

use super::list::FilterArgs;
use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::export::FileArgs;
use crate::cli::open_store::Access;
use crate::service::inventory::Inventory;

/// Write counts of stock to a file that an import takes
///
/// In the order of the products' ids. What was moved when stays in the store; store copy moves it too.
#[derive(Debug, clap::Args)]
#[command(after_help = "EXAMPLES\n  \
    shopctl inventory export stock.csv\n  \
    shopctl inventory export --low -")]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    file: FileArgs,
    #[command(flatten)]
    filter: FilterArgs,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        let inventory = app.inventory(Access::Read).await?;
        let query = self.filter.query()?;
        let mut file = self.file.begin(app, "stock records", Inventory::LAYOUT)?;
        inventory.export(&query, |entry| file.write(entry)).await?;
        file.end()
    }
}

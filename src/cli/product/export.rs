//! `shopctl product export`

use super::list::FilterArgs;
use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::export::FileArgs;
use crate::cli::open_store::Access;
use crate::service::products::Products;

/// Write products to a file that an import takes
///
/// In the order of their ids, so that the same products make the same file. Stock has a file of its own: inventory export.
#[derive(Debug, clap::Args)]
#[command(after_help = "EXAMPLES\n  \
    shopctl product export catalogue.csv\n  \
    shopctl product export --tag mugs mugs.jsonl.gz\n  \
    shopctl product export --excel-safe for-the-office.csv")]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    file: FileArgs,
    #[command(flatten)]
    filter: FilterArgs,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        let products = app.products(Access::Read).await?;
        let query = self.filter.query(crate::service::page::PageInput::default());
        let mut file = self.file.begin(app, "products", Products::LAYOUT)?;
        products.export(&query, |entry| file.write(entry)).await?;
        file.end()
    }
}

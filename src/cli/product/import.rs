//! `shopctl product import`

use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::import::FileArgs;
use crate::files::Noun;

/// Import products from a file
///
/// The whole file is checked before anything is written, and one row that cannot be taken refuses it, unless --on-error skip. Rows are
/// told apart by SKU. Columns that the file does not have are left alone; an empty cell clears what may be empty. The column stock is
/// the first stock of products that are made; of others it is left to inventory import.
///
/// Columns: sku name description tags metadata options metadata.NAME options.NAME price currency status group stock.
///
/// The same command again goes on with an import that broke off, and writes nothing after one that was done.
#[derive(Debug, clap::Args)]
#[command(after_help = "EXAMPLES\n  \
    shopctl product import catalogue.csv --dry-run\n  \
    shopctl product import catalogue.csv --mode upsert --on-error skip --rejects rejects.csv\n  \
    shopctl product import prices.csv --mode update --map 'Unit price=price' --set currency=EUR\n  \
    gunzip -c catalogue.jsonl.gz | shopctl product import -")]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    file: FileArgs,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        self.file.run(app, Noun::Products).await
    }
}

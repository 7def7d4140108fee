//! `shopctl inventory import`

use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::import::FileArgs;
use crate::files::Noun;

/// Import counts and corrections of stock from a file
///
/// The whole file is checked before anything is written, and one row that cannot be taken refuses it, unless --on-error skip. A row is
/// about one SKU, whose product is there already. The column on_hand sets what is there, delta corrects it by a difference; with
/// expected, only where so much was there before. A row with nothing but expected is compared and changes nothing.
///
/// Columns: sku on_hand delta expected low_stock_at reason. reserved and available follow from orders and are passed over.
///
/// The same command again goes on with an import that broke off, and writes nothing after one that was done; so a file of differences
/// counts once.
#[derive(Debug, clap::Args)]
#[command(after_help = "EXAMPLES\n  \
    shopctl inventory import count.csv --dry-run\n  \
    shopctl inventory import deliveries.csv --set reason='delivery of May 4'\n  \
    shopctl inventory import count.csv --mode update --on-error skip --rejects rejects.csv")]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    file: FileArgs,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        self.file.run(app, Noun::Inventory).await
    }
}

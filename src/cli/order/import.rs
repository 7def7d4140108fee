//! `shopctl order import`

use crate::cli::app::App;
use crate::cli::import::FileArgs;
use crate::cli::{Outcome, word};
use crate::files::Noun;
use crate::service::import::StockPolicy;

/// Import orders that were placed elsewhere
///
/// The whole file is checked before anything is written, and one order that cannot be taken refuses it, unless --on-error skip. Orders
/// are told apart by external_ref, or by number where there is none. In a table the lines of an order are consecutive rows with the same
/// external_ref; in JSON they are the member lines. Products are found by SKU and need not be on sale; a line keeps the price of the file.
/// A total that is not that of the lines is counted and told.
///
/// Columns: external_ref number user email customer name address currency status payment_status total refunded note tracking created_at,
/// and of a line sku line_name quantity unit_price shipped cancelled returned restocked. Without counts of their own, the status says
/// how far all lines are.
///
/// The same command again goes on with an import that broke off, and writes nothing after one that was done.
#[derive(Debug, clap::Args)]
#[command(after_help = "EXAMPLES\n  \
    shopctl order import orders.csv --dry-run\n  \
    shopctl order import orders.csv --on-error skip --rejects rejects.csv\n  \
    shopctl order import history.csv --stock bypass --set status=delivered --set payment_status=paid")]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    file: FileArgs,
    /// What pieces that are neither sent nor given up do to stock: obey reserves them and takes no order for which there is too
    /// little, bypass takes no order that has any, force puts on hand what is missing
    #[arg(long, default_value = "obey", value_name = "WHAT")]
    #[arg(value_parser = word::flag::<StockPolicy>(), hide_possible_values = true)]
    stock: StockPolicy,
}

impl word::Word for StockPolicy {
    const ALL: &'static [Self] = Self::ALL;

    fn word(self) -> &'static str {
        self.as_str()
    }
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        self.file.run_with(app, Noun::Orders, self.stock).await
    }
}

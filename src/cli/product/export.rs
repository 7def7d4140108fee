//! `shopctl product export`

use super::list::FilterArgs;
use crate::cli::app::App;
use crate::cli::exit::Exit;
use crate::cli::export::FileArgs;
use crate::cli::failure::Failure;
use crate::cli::open_store::Access;
use crate::cli::{Outcome, completion};
use crate::files::write::System;
use crate::service::page::PageInput;
use crate::service::products::{HandedOver, ProductQuery, Products};

/// Write products to a file that an import takes
///
/// In the order of their ids, so that the same products make the same file. Stock has a file of its own: inventory export.
///
/// With --as the file is one that another shop system imports, with stock, each group in one piece. What its columns cannot hold is
/// counted and named. There is no column for a currency: products priced in another one than the shop's own (or that of --currency) are
/// left out, and the command then exits 8.
#[derive(Debug, clap::Args)]
#[command(after_help = "EXAMPLES\n  \
    shopctl product export catalogue.csv\n  \
    shopctl product export --tag mugs mugs.jsonl.gz\n  \
    shopctl product export --excel-safe for-the-office.csv\n  \
    shopctl product export --as shopify --status active shopify.csv")]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    file: FileArgs,
    /// Write what this system imports: shopify or woocommerce
    #[arg(long = "as", value_name = "SYSTEM", conflicts_with_all = ["file_format", "excel_safe"])]
    #[arg(add = completion::systems(), help_heading = "File options")]
    system: Option<String>,
    #[command(flatten)]
    filter: FilterArgs,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        let query = self.filter.query(PageInput::default());
        if let Some(system) = &self.system {
            return hand_over(app, &self.file, &query, system.parse()?).await;
        }
        let products = app.products(Access::Read).await?;
        let mut file = self.file.begin(app, "products", Products::LAYOUT)?;
        products.export(&query, |entry| file.write(entry)).await?;
        file.end()
    }
}

/// Writes the file of another system.
async fn hand_over(app: &App, file: &FileArgs, query: &ProductQuery, system: System) -> Outcome {
    file.is_foreign()?;
    let products = app.hand_over(Access::Read, system).await?;
    app.deadline.lift();
    let columns = products.columns(query).await?;
    let mut file = file.begin_foreign(app, columns)?;
    let HandedOver { left_out, first_left_out, .. } =
        products.export(query, |family| file.write(family)).await?;
    file.end()?;
    let Some((sku, currency)) = first_left_out else { return Ok(()) };
    app.ui.notice(&format!(
        "not in the file: products in another currency ({left_out}, the first is {sku:?}); --currency {currency} writes those"
    ));
    app.ui.flush()?;
    Err(Failure::Silent(Exit::Partly))
}

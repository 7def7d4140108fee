//! `shopctl inventory list`

use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::failure::Failure;
use crate::cli::list::{PageArgs, SpanArgs};
use crate::cli::open_store::Access;
use crate::cli::syntax::quantity;
use crate::service::inventory::StockQuery;
use crate::service::page::PageInput;
use crate::service::view::StockView;

/// List stock
///
/// Sort by id, created_at, updated_at, sku, on_hand or reserved.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    filter: FilterArgs,
    #[command(flatten)]
    page: PageArgs,
}

/// Which stock.
#[derive(Debug, clap::Args)]
pub(super) struct FilterArgs {
    /// Less available than this
    #[arg(long, value_name = "QTY", allow_negative_numbers = true)]
    below: Option<String>,
    /// Nothing available
    #[arg(long)]
    out_of_stock: bool,
    /// At or below the record's own threshold
    #[arg(long)]
    low: bool,
    /// With this text in the SKU
    #[arg(long, value_name = "TEXT")]
    query: Option<String>,
    #[command(flatten)]
    span: SpanArgs,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        app.printer::<StockView>()?;
        let inventory = app.inventory(Access::Read).await?;
        let query = self.filter.query()?;
        self.page.print(app, async |page| inventory.list(&StockQuery { page, ..query.clone() }).await).await
    }
}

impl FilterArgs {
    /// The same for the use case.
    pub(super) fn query(&self) -> Result<StockQuery, Failure> {
        Ok(StockQuery {
            below: self.below.as_deref().map(quantity).transpose()?,
            out_of_stock: self.out_of_stock,
            low: self.low,
            query: self.query.clone(),
            created_after: self.span.created_after.clone(),
            created_before: self.span.created_before.clone(),
            page: PageInput::default(),
        })
    }
}

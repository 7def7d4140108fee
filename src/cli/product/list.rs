//! `shopctl product list`

use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::list::{PageArgs, SpanArgs};
use crate::cli::open_store::Access;
use crate::service::page::PageInput;
use crate::service::products::{Audience, ProductQuery};
use crate::service::view::ProductView;

/// List products
///
/// Sort by id, created_at, updated_at, sku, name or price. What --query finds comes by relevance where nothing else is said: SKUs first,
/// then names, tags, descriptions.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    filter: FilterArgs,
    #[command(flatten)]
    page: PageArgs,
}

/// Which products.
#[derive(Debug, clap::Args)]
pub(super) struct FilterArgs {
    /// With this status: draft, active or archived
    #[arg(long, add = crate::cli::completion::product_statuses())]
    status: Option<String>,
    /// With this tag
    #[arg(long)]
    tag: Option<String>,
    /// Variants of this group
    #[arg(long)]
    group: Option<String>,
    /// Priced at this or more
    #[arg(long, value_name = "PRICE", allow_negative_numbers = true)]
    min_price: Option<String>,
    /// Priced at this or less
    #[arg(long, value_name = "PRICE", allow_negative_numbers = true)]
    max_price: Option<String>,
    /// Priced in this currency
    #[arg(long)]
    currency: Option<String>,
    /// Whose SKU, name, tags or description hold words that begin like these
    #[arg(long, value_name = "TEXT")]
    query: Option<String>,
    #[command(flatten)]
    span: SpanArgs,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        app.printer::<ProductView>()?;
        let products = app.products(Access::Read).await?;
        let query = |page| self.filter.query(page);
        self.page.print(app, async |page| products.list(&query(page), Audience::Staff).await).await
    }
}

impl FilterArgs {
    /// The same for the use case.
    pub(super) fn query(&self, page: PageInput) -> ProductQuery {
        ProductQuery {
            status: self.status.clone(),
            tag: self.tag.clone(),
            group: self.group.clone(),
            min_price: self.min_price.clone(),
            max_price: self.max_price.clone(),
            currency: self.currency.clone(),
            query: self.query.clone(),
            created_after: self.span.created_after.clone(),
            created_before: self.span.created_before.clone(),
            page,
        }
    }
}

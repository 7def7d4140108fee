//! `shopctl order list`

use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::list::{PageArgs, SpanArgs};
use crate::cli::open_store::Access;
use crate::service::orders::{OrderQuery, Scope};
use crate::service::page::PageInput;
use crate::service::view::OrderView;

/// List orders
///
/// Sort by id, created_at, updated_at, number or total.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    filter: FilterArgs,
    #[command(flatten)]
    page: PageArgs,
}

/// Which orders.
#[derive(Debug, clap::Args)]
pub(super) struct FilterArgs {
    /// Of this registered user: id or e-mail address
    #[arg(long, add = crate::cli::completion::users())]
    user: Option<String>,
    /// To this e-mail address
    #[arg(long)]
    email: Option<String>,
    /// Of the customer whom another system knows by this name
    #[arg(long, value_name = "REF")]
    customer_ref: Option<String>,
    /// In this status: pending, confirmed, partially_shipped, shipped, delivered, cancelled, expired, …
    #[arg(long, add = crate::cli::completion::order_statuses())]
    status: Option<String>,
    /// In this state of payment: unpaid, paid, partially_refunded or refunded
    #[arg(long, value_name = "STATUS", add = crate::cli::completion::payment_statuses())]
    payment_status: Option<String>,
    /// With a line of this product: id or SKU
    #[arg(long)]
    product: Option<String>,
    /// With this text in number, reference, address, name or SKUs
    #[arg(long, value_name = "TEXT")]
    query: Option<String>,
    #[command(flatten)]
    span: SpanArgs,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        app.printer::<OrderView>()?;
        let orders = app.orders(Access::Read).await?;
        let query = |page| self.filter.query(page);
        self.page.print(app, async |page| orders.list(&query(page), Scope::All).await).await
    }
}

impl FilterArgs {
    /// The same for the use case.
    pub(super) fn query(&self, page: PageInput) -> OrderQuery {
        OrderQuery {
            user: self.user.clone(),
            email: self.email.clone(),
            customer_ref: self.customer_ref.clone(),
            status: self.status.clone(),
            payment_status: self.payment_status.clone(),
            product: self.product.clone(),
            query: self.query.clone(),
            created_after: self.span.created_after.clone(),
            created_before: self.span.created_before.clone(),
            page,
        }
    }
}

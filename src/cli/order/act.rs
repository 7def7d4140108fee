//! What the commands that bring orders on have in common.

use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::failure::Failure;
use crate::cli::many::{self, Style};
use crate::cli::open_store::Access;
use crate::cli::write::WriteArgs;
use crate::domain::order::ItemSpec;
use crate::service::orders::{OrderAction, OrderItem, Scope};
use crate::service::view::OrderView;

/// Why and under which condition.
#[derive(Debug, clap::Args)]
pub(super) struct ActArgs {
    /// Why; kept in the order's history
    #[arg(long, value_name = "TEXT")]
    pub(super) reason: Option<String>,
    #[command(flatten)]
    pub(super) write: WriteArgs,
}

impl ActArgs {
    /// Does the same to each order.
    pub(super) async fn each(self, app: &App, orders: &[String], action: OrderAction) -> Outcome {
        app.printer::<OrderView>()?;
        many::one_version(orders, self.write.if_version.as_deref())?;
        let options = app.write(&self.write)?;
        let service = app.orders(Access::Write).await?;
        let reason = self.reason.as_deref();
        let act =
            async |order: &str| service.act(order, &action, reason, Scope::All, &options.part(order)).await;
        many::each(app, orders, Style::Brief, act).await
    }
}

/// Items as written: `MUG-BLUE:2`.
///
/// # Errors
/// `invalid_item`, `invalid_quantity`.
pub(super) fn items(specs: &[String]) -> Result<Vec<OrderItem>, Failure> {
    specs.iter().map(|spec| Ok(spec.parse::<ItemSpec>()?.into())).collect()
}

/// Items where leaving them out means all.
///
/// # Errors
/// As [`items`].
pub(super) fn some_items(specs: &[String]) -> Result<Option<Vec<OrderItem>>, Failure> {
    if specs.is_empty() { Ok(None) } else { items(specs).map(Some) }
}

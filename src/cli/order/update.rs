//! `shopctl order update`

use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::open_store::Access;
use crate::cli::write::WriteArgs;
use crate::service::orders::{OrderAction, Scope};

/// Bring an order into another status, or change its note
#[derive(Debug, clap::Args)]
#[command(after_help = "EXAMPLES\n  \
    shopctl order update 1042 --status paid\n  \
    shopctl order update 1042 --status shipped --reason 'sent with the van'\n  \
    shopctl order update 1042 --note 'ring twice'")]
pub(in crate::cli) struct Args {
    /// Id or number
    order: String,
    #[command(flatten)]
    changes: Changes,
    /// Why; kept in the order's history
    #[arg(long, value_name = "TEXT", requires = "status", conflicts_with = "note")]
    reason: Option<String>,
    #[command(flatten)]
    write: WriteArgs,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct Changes {
    /// confirmed, paid, shipped, delivered, cancelled, returned or refunded
    #[arg(long, add = crate::cli::completion::status_words())]
    status: Option<String>,
    /// A new remark; empty removes it
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        let printer = app.printer()?;
        let options = app.write(&self.write)?;
        let orders = app.orders(Access::Write).await?;
        let order = if let Some(status) = self.changes.status {
            let action = OrderAction::Status(status);
            orders.act(&self.order, &action, self.reason.as_deref(), Scope::All, &options).await?
        } else {
            let note = self.changes.note.as_deref().filter(|note| !note.is_empty());
            orders.set_note(&self.order, note, &options).await?
        };
        Ok(printer.one(&order)?)
    }
}

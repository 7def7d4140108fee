//! `shopctl order delete`

use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::many::{self, Style};
use crate::cli::open_store::Access;
use crate::cli::prompt;
use crate::cli::write::WriteArgs;
use crate::service::view::OrderView;

/// Delete orders that have shipped nothing, giving their stock back
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Ids or numbers
    #[arg(required = true, value_name = "ORDER", add = crate::cli::completion::orders())]
    orders: Vec<String>,
    /// The profile's name, where the profile is protected
    #[arg(long, value_name = "NAME")]
    confirm: Option<String>,
    #[command(flatten)]
    write: WriteArgs,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        app.printer::<OrderView>()?;
        many::one_version(&self.orders, self.write.if_version.as_deref())?;
        let options = app.write(&self.write)?;
        prompt::destroy(app, "order", &self.orders, self.confirm.as_deref()).await?;
        let orders = app.orders(Access::Write).await?;
        many::each(app, &self.orders, Style::Brief, async |id| orders.delete(id, &options.part(id)).await)
            .await
    }
}

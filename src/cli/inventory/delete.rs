//! `shopctl inventory delete`

use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::many::{self, Style};
use crate::cli::open_store::Access;
use crate::cli::prompt;
use crate::cli::write::WriteArgs;
use crate::service::view::StockView;

/// Stop keeping stock of products; what is on hand is written down to 0
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Product ids or SKUs
    #[arg(required = true, value_name = "PRODUCT", add = crate::cli::completion::products())]
    products: Vec<String>,
    /// The profile's name, where the profile is protected
    #[arg(long, value_name = "NAME")]
    confirm: Option<String>,
    #[command(flatten)]
    write: WriteArgs,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        app.printer::<StockView>()?;
        many::one_version(&self.products, self.write.if_version.as_deref())?;
        let options = app.write(&self.write)?;
        prompt::destroy(app, "stock record", &self.products, self.confirm.as_deref()).await?;
        let inventory = app.inventory(Access::Write).await?;
        many::each(app, &self.products, Style::Brief, async |id| {
            inventory.delete(id, &options.part(id)).await
        })
        .await
    }
}

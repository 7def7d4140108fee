//! `shopctl product delete`

use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::many::{self, Style};
use crate::cli::open_store::Access;
use crate::cli::prompt;
use crate::cli::write::WriteArgs;
use crate::service::view::ProductView;

/// Delete products that no order names, with their stock
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Ids or SKUs
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
        app.printer::<ProductView>()?;
        many::one_version(&self.products, self.write.if_version.as_deref())?;
        let options = app.write(&self.write)?;
        prompt::destroy(app, "product", &self.products, self.confirm.as_deref()).await?;
        let products = app.products(Access::Write).await?;
        many::each(app, &self.products, Style::Brief, async |id| products.delete(id, &options.part(id)).await)
            .await
    }
}

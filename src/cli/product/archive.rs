//! `shopctl product archive`

use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::many::{self, Style};
use crate::cli::open_store::Access;
use crate::cli::write::WriteArgs;
use crate::domain::product::ProductStatus;
use crate::service::view::ProductView;

/// Take products off sale; orders that name them stay as they are
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Ids or SKUs
    #[arg(required = true, value_name = "PRODUCT", add = crate::cli::completion::products())]
    products: Vec<String>,
    #[command(flatten)]
    write: WriteArgs,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        app.printer::<ProductView>()?;
        many::one_version(&self.products, self.write.if_version.as_deref())?;
        let options = app.write(&self.write)?;
        let products = app.products(Access::Write).await?;
        let act = async |id: &str| products.set_status(id, ProductStatus::Archived, &options.part(id)).await;
        many::each(app, &self.products, Style::Brief, act).await
    }
}

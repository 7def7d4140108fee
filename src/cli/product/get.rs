//! `shopctl product get`

use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::many::{self, Style};
use crate::cli::open_store::Access;
use crate::service::products::Audience;
use crate::service::view::ProductView;

/// Show products
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Ids or SKUs
    #[arg(required = true, value_name = "PRODUCT", add = crate::cli::completion::products())]
    products: Vec<String>,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        app.printer::<ProductView>()?;
        let products = app.products(Access::Read).await?;
        let act = async |id: &str| products.get(id, Audience::Staff).await;
        many::each(app, &self.products, Style::Whole, act).await
    }
}

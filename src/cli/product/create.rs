//! `shopctl product create`

use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::open_store::Access;
use crate::cli::syntax::{pair, quantity};
use crate::cli::write::OnceArgs;
use crate::service::products::NewProduct;

/// Create a product
#[derive(Debug, clap::Args)]
#[command(after_help = "EXAMPLES\n  \
    shopctl product create MUG-BLUE --name 'Blue mug' --price 12.50 --stock 10\n  \
    shopctl product create TEE-M --name 'T-shirt, medium' --price 19.99 --currency USD --group TEE --option size=M")]
pub(in crate::cli) struct Args {
    /// Its SKU, unique whatever its case
    sku: String,
    /// What customers read
    #[arg(long)]
    name: String,
    /// Price of one piece: 19.99
    #[arg(long, allow_negative_numbers = true)]
    price: String,
    /// ISO 4217 currency of the price [default: the shop's own]
    #[arg(long)]
    currency: Option<String>,
    /// More of it
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// A word to find it by; may be repeated
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// Something for other systems; may be repeated
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    meta: Vec<(String, String)>,
    /// draft, active or archived [default: active]
    #[arg(long, add = crate::cli::completion::product_statuses())]
    status: Option<String>,
    /// How many there are; no stock is kept without
    #[arg(long, value_name = "QTY", allow_negative_numbers = true)]
    stock: Option<String>,
    /// What variants of one thing share
    #[arg(long)]
    group: Option<String>,
    /// What tells variants apart; may be repeated
    #[arg(long = "option", value_name = "NAME=VALUE", value_parser = pair)]
    options: Vec<(String, String)>,
    #[command(flatten)]
    once: OnceArgs,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        let printer = app.printer()?;
        let options = app.write(&(&self.once).into())?;
        let new = NewProduct {
            sku: self.sku,
            name: self.name,
            price: self.price,
            currency: self.currency,
            description: self.description,
            tags: self.tags,
            metadata: self.meta.into_iter().collect(),
            status: self.status,
            group: self.group,
            options: self.options.into_iter().collect(),
            stock: self.stock.as_deref().map(quantity).transpose()?,
        };
        Ok(printer.one(&app.products(Access::Write).await?.create(new, &options).await?)?)
    }
}

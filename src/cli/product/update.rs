//! `shopctl product update`

use std::collections::BTreeMap;

use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::open_store::Access;
use crate::cli::syntax::{pair, patch};
use crate::cli::write::WriteArgs;
use crate::service::patch::Patch;
use crate::service::products::ProductChange;

/// Change a product; orders that were placed keep its old name, SKU and price
#[derive(Debug, clap::Args)]
#[command(after_help = "EXAMPLES\n  \
    shopctl product update MUG-BLUE --price 11.90\n  \
    shopctl product update MUG-BLUE --tag kitchen --tag blue --description ''")]
pub(in crate::cli) struct Args {
    /// Id or SKU
    product: String,
    #[command(flatten)]
    changes: Changes,
    #[command(flatten)]
    write: WriteArgs,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = true)]
struct Changes {
    /// New SKU
    #[arg(long)]
    sku: Option<String>,
    /// New name
    #[arg(long)]
    name: Option<String>,
    /// New price
    #[arg(long, allow_negative_numbers = true)]
    price: Option<String>,
    /// New currency; needs a price with it
    #[arg(long)]
    currency: Option<String>,
    /// New description; empty removes it
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// All tags anew; may be repeated; a single empty one removes all
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// Set something for other systems; an empty value removes it; may be repeated
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    meta: Vec<(String, String)>,
    /// New status: draft, active or archived
    #[arg(long, add = crate::cli::completion::product_statuses())]
    status: Option<String>,
    /// New group; empty removes it
    #[arg(long)]
    group: Option<String>,
    /// Set what tells variants apart; an empty value removes it; may be repeated
    #[arg(long = "option", value_name = "NAME=VALUE", value_parser = pair)]
    options: Vec<(String, String)>,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        let printer = app.printer()?;
        let options = app.write(&self.write)?;
        let change = self.changes.into_change();
        let products = app.products(Access::Write).await?;
        Ok(printer.one(&products.update(&self.product, &change, &options).await?)?)
    }
}

impl Changes {
    fn into_change(self) -> ProductChange {
        let tags = match self.tags.as_slice() {
            [] => Patch::Keep,
            [only] if only.is_empty() => Patch::Clear,
            _ => Patch::Set(self.tags),
        };
        ProductChange {
            sku: self.sku,
            name: self.name,
            price: self.price,
            currency: self.currency,
            description: patch(self.description),
            tags,
            metadata: entries(self.meta),
            status: self.status,
            group: patch(self.group),
            options: entries(self.options),
        }
    }
}

fn entries(pairs: Vec<(String, String)>) -> Patch<BTreeMap<String, Option<String>>> {
    if pairs.is_empty() {
        return Patch::Keep;
    }
    let set = |(name, value): (String, String)| (name, Some(value).filter(|value| !value.is_empty()));
    Patch::Set(pairs.into_iter().map(set).collect())
}

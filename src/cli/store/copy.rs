//! `shopctl store copy`

use serde::Serialize;

use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::failure::Failure;
use crate::cli::meter::Meter;
use crate::cli::open_store;
use crate::cli::write::WriteArgs;
use crate::output::{Column, Row};
use crate::service::copy::{Copied, copy};
use crate::store::open::{OpenOptions, StoreUrl, open};

/// Move a whole shop into an empty store, on the same or on the other kind of database
///
/// Users with their passwords, products, stock with every movement, orders, imports and the counter of order numbers, as they are.
/// Sessions, signing keys and kept answers of requests stay behind: everybody signs in again. Nothing may write to either store
/// meanwhile; at the end both are read through and compared.
///
/// Broken off, the same command goes on where it was.
#[derive(Debug, clap::Args)]
#[command(after_help = "EXAMPLES\n  \
    shopctl store copy --from sqlite:shop.db --to mongodb://localhost/shop\n  \
    shopctl store copy --to sqlite:/var/backups/shop.db")]
pub(in crate::cli) struct Args {
    /// The store to copy [default: the one that is set]
    #[arg(long, value_name = "URL", hide_env_values = true)]
    from: Option<String>,
    /// The store to fill; made where it is missing
    #[arg(long, value_name = "URL", hide_env_values = true)]
    to: String,
}

#[derive(Serialize)]
struct CopyRow {
    from: String,
    to: String,
    users: u64,
    products: u64,
    inventory: u64,
    stock_movements: u64,
    orders: u64,
    imports: u64,
    resumed: bool,
}

impl Row for CopyRow {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("from", |row| row.from.clone()),
        Column::text("to", |row| row.to.clone()),
        Column::number("users", |row| row.users.to_string()),
        Column::number("products", |row| row.products.to_string()),
        Column::number("inventory", |row| row.inventory.to_string()),
        Column::number("stock_movements", |row| row.stock_movements.to_string()),
        Column::number("orders", |row| row.orders.to_string()),
        Column::number("imports", |row| row.imports.to_string()),
        Column::text("resumed", |row| row.resumed.to_string()),
    ];

    fn id(&self) -> String {
        self.to.clone()
    }
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        let from = match &self.from {
            Some(url) => StoreUrl::parse(url)?,
            None => open_store::url(&app.settings)?,
        };
        run(app, &from, &StoreUrl::parse(&self.to)?).await
    }
}

/// Copies a store and shows what is in it.
pub(super) async fn run(app: &App, from: &StoreUrl, to: &StoreUrl) -> Outcome {
    let printer = app.printer::<CopyRow>()?;
    let dry_run = app.write(&WriteArgs::default())?.dry_run;
    if from == to {
        return Err(Failure::usage(format!("{from} cannot be copied into itself")));
    }
    let options = |create| OpenOptions { create, ..OpenOptions::default() };
    let source = open(from, &options(false)).await?;
    let missing = to.file().is_some_and(|file| !file.exists());
    let target = if dry_run && missing {
        app.ui.notice(&format!("{to} would be made"));
        None
    } else {
        Some(open(to, &options(!dry_run)).await?)
    };
    app.deadline.lift();
    let copied = {
        let (copying, comparing) = (Meter::new(&app.ui, "copying"), Meter::new(&app.ui, "comparing"));
        let watch = |progress: crate::service::copy::Progress| {
            let meter = if progress.comparing { &comparing } else { &copying };
            meter.show(progress.what, progress.done);
        };
        match &target {
            Some(target) => copy(&*source, &**target, dry_run, &watch).await,
            None => Ok(Copied::default()),
        }
    };
    source.close().await;
    if let Some(target) = target {
        target.close().await;
    }
    let copied = copied?;
    let count = |name| copied.counts.iter().find(|(known, _)| *known == name).map_or(0, |(_, count)| *count);
    Ok(printer.one(&CopyRow {
        from: from.to_string(),
        to: to.to_string(),
        users: count("users"),
        products: count("products"),
        inventory: count("inventory"),
        stock_movements: count("stock_movements"),
        orders: count("orders"),
        imports: count("imports"),
        resumed: copied.resumed,
    })?)
}

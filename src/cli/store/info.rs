//! `shopctl store info`

use serde::Serialize;

use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::open_store::Access;
use crate::output::{Column, Row};
use crate::store::StoreInfo;

/// Show what and where the store is, and how much is in it
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {}

/// What `store info` and `store init` show.
#[derive(Serialize)]
pub(super) struct InfoRow {
    kind: &'static str,
    location: String,
    database: String,
    engine_version: String,
    topology: String,
    transactions: bool,
    schema: i64,
    schema_known: i64,
    users: u64,
    products: u64,
    orders: u64,
    inventory: u64,
    stock_movements: u64,
}

impl From<StoreInfo> for InfoRow {
    fn from(info: StoreInfo) -> Self {
        Self {
            kind: info.kind,
            location: info.location,
            database: info.database,
            engine_version: info.engine_version,
            topology: info.topology,
            transactions: info.transactions,
            schema: info.schema,
            schema_known: info.schema_known,
            users: info.counts.users,
            products: info.counts.products,
            orders: info.counts.orders,
            inventory: info.counts.inventory,
            stock_movements: info.counts.stock_movements,
        }
    }
}

impl Row for InfoRow {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("kind", |info| info.kind.to_owned()),
        Column::text("location", |info| info.location.clone()),
        Column::text("database", |info| info.database.clone()),
        Column::text("engine_version", |info| info.engine_version.clone()),
        Column::text("topology", |info| info.topology.clone()),
        Column::text("transactions", |info| info.transactions.to_string()),
        Column::number("schema", |info| info.schema.to_string()),
        Column::number("schema_known", |info| info.schema_known.to_string()),
        Column::number("users", |info| info.users.to_string()),
        Column::number("products", |info| info.products.to_string()),
        Column::number("orders", |info| info.orders.to_string()),
        Column::number("inventory", |info| info.inventory.to_string()),
        Column::number("stock_movements", |info| info.stock_movements.to_string()),
    ];

    fn id(&self) -> String {
        self.location.clone()
    }
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        let printer = app.printer::<InfoRow>()?;
        let store = app.store(Access::Read).await?;
        Ok(printer.one(&store.info().await?.into())?)
    }
}

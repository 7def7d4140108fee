//! The inventory service: stock and its movements, for staff.

mod read;
mod write;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::clock::Clock;
use crate::service::inventory::Inventory;
use crate::store::{InventoryStore, ProductStore};

/// All that this service can reach.
#[derive(Clone)]
pub(super) struct State {
    inventory: Arc<Inventory>,
}

impl State {
    pub(super) fn new(
        stock: Arc<dyn InventoryStore>,
        products: Arc<dyn ProductStore>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { inventory: Arc::new(Inventory::new(stock, products, clock)) }
    }
}

pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(read::list_stock, write::create_stock))
        .routes(routes!(read::get_stock, write::set_stock, write::delete_stock))
        .routes(routes!(write::adjust_stock))
        .routes(routes!(read::list_movements))
}

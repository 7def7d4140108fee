//! The inventory service: stock and its movements, for staff.

mod read;
mod write;

use std::sync::Arc;

use axum::extract::FromRef;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::auth::Door;
use super::options::AuthMode;
use crate::domain::clock::Clock;
use crate::service::auth::Gate;
use crate::service::inventory::Inventory;
use crate::store::{InventoryStore, ProductStore, PublicKeyStore, UserLookup};

/// All that this service can reach.
#[derive(Clone)]
pub(super) struct State {
    inventory: Arc<Inventory>,
    door: Door,
}

impl State {
    pub(super) fn new(
        stock: Arc<dyn InventoryStore>,
        products: Arc<dyn ProductStore>,
        keys: Arc<dyn PublicKeyStore>,
        users: Arc<dyn UserLookup>,
        clock: Arc<dyn Clock>,
        mode: AuthMode,
    ) -> Self {
        Self {
            inventory: Arc::new(Inventory::new(stock, products, clock.clone())),
            door: Door { gate: Arc::new(Gate::new(keys, users, clock)), mode },
        }
    }
}

impl FromRef<State> for Door {
    fn from_ref(state: &State) -> Self {
        state.door.clone()
    }
}

pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(read::list_stock, write::create_stock))
        .routes(routes!(read::get_stock, write::set_stock, write::delete_stock))
        .routes(routes!(write::adjust_stock))
        .routes(routes!(read::list_movements))
}

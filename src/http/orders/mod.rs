//! The orders service.

mod place;
mod read;
mod steps;
mod update;

use std::sync::Arc;

use axum::extract::FromRef;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::auth::Door;
use super::options::ServeOptions;
use crate::domain::clock::Clock;
use crate::service::auth::Gate;
use crate::service::orders::Orders;
use crate::store::{OrderStore, ProductStore, PublicKeyStore, UserLookup};

/// All that this service can reach.
#[derive(Clone)]
pub(super) struct State {
    orders: Arc<Orders>,
    door: Door,
}

impl State {
    pub(super) fn new(
        orders: Arc<dyn OrderStore>,
        products: Arc<dyn ProductStore>,
        keys: Arc<dyn PublicKeyStore>,
        users: Arc<dyn UserLookup>,
        clock: Arc<dyn Clock>,
        options: &ServeOptions,
    ) -> Self {
        Self {
            orders: Arc::new(
                Orders::new(orders, products, users.clone(), clock.clone()).with_hold(options.hold),
            ),
            door: Door { gate: Arc::new(Gate::new(keys, users, clock)), mode: options.auth },
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
        .routes(routes!(read::list_orders, place::place_order))
        .routes(routes!(read::get_order, update::update_order, update::delete_order))
        .routes(routes!(steps::pay_order))
        .routes(routes!(steps::ship_order))
        .routes(routes!(steps::deliver_order))
        .routes(routes!(steps::cancel_order))
        .routes(routes!(steps::return_order))
        .routes(routes!(steps::refund_order))
}

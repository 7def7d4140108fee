//! The orders service.

mod place;
mod read;
mod steps;
mod update;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::options::ServeOptions;
use crate::domain::clock::Clock;
use crate::service::orders::Orders;
use crate::store::{OrderStore, ProductStore, UserLookup};

/// All that this service can reach.
#[derive(Clone)]
pub(super) struct State {
    orders: Arc<Orders>,
}

impl State {
    pub(super) fn new(
        orders: Arc<dyn OrderStore>,
        products: Arc<dyn ProductStore>,
        users: Arc<dyn UserLookup>,
        clock: Arc<dyn Clock>,
        options: &ServeOptions,
    ) -> Self {
        Self { orders: Arc::new(Orders::new(orders, products, users, clock).with_hold(options.hold)) }
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

//! The products service: the catalogue.

mod batch;
mod bodies;
mod read;
mod write;

use std::sync::Arc;

use axum::routing::get;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::clock::Clock;
use crate::domain::money::Currency;
use crate::service::products::Products;
use crate::store::ProductStore;

/// All that this service can reach.
#[derive(Clone)]
pub(super) struct State {
    products: Arc<Products>,
}

impl State {
    pub(super) fn new(products: Arc<dyn ProductStore>, clock: Arc<dyn Clock>, currency: Currency) -> Self {
        Self { products: Arc::new(Products::new(products, clock, currency)) }
    }
}

pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(read::list_products, write::create_product))
        .routes(routes!(batch::create_products))
        // A product may have the SKU "batch".
        .route(
            "/products/batch",
            get(read::get_product)
                .put(write::replace_product)
                .patch(write::patch_product)
                .delete(write::delete_product),
        )
        .routes(routes!(
            read::get_product,
            write::replace_product,
            write::patch_product,
            write::delete_product
        ))
}

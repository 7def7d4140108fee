//! Looking at the catalogue: customers see what is on sale, staff everything.

use axum::extract::State as Shared;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::State;
use crate::http::auth::Visitor;
use crate::http::params::{Here, Key, Params, page};
use crate::http::problem::{Problem, refuse};
use crate::http::reply::{Known, listed};
use crate::service::page::Listing;
use crate::service::products::ProductQuery;
use crate::service::view::ProductView;

/// Which products to list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ProductParams {
    /// With this status; only staff see others than `active`
    status: Option<String>,
    /// With this tag
    tag: Option<String>,
    /// Of this group of variants
    group: Option<String>,
    /// Priced at this or more, in `currency` or the shop's own
    min_price: Option<String>,
    /// Priced at this or less, in `currency` or the shop's own
    max_price: Option<String>,
    /// Priced in this currency (ISO 4217)
    currency: Option<String>,
    /// Whose SKU, name, tags or description hold words that begin like each of these
    q: Option<String>,
    /// Created at or after (RFC 3339, or a date)
    created_after: Option<String>,
    /// Created before
    created_before: Option<String>,
    /// Rows, 50 without
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
    /// `next_cursor` of the page before
    cursor: Option<String>,
    /// `id`, `created_at`, `updated_at`, `sku`, `name` or `price`, with `-` in front the largest first; `relevance`, which is the order of
    /// what `q` finds where none is given: SKUs first, then names, tags, descriptions
    sort: Option<String>,
}

/// List products
#[utoipa::path(get, path = "/products", tag = "products", security((), ("bearer" = [])), params(ProductParams),
    responses((status = 200, description = "A page of products", body = Listing<ProductView>,
        headers(("Link" = String)))))]
pub(super) async fn list_products(
    Shared(state): Shared<State>,
    visitor: Visitor,
    here: Here,
    Params(params): Params<ProductParams>,
) -> Result<Response, Problem> {
    let query = ProductQuery {
        status: params.status,
        tag: params.tag,
        group: params.group,
        min_price: params.min_price,
        max_price: params.max_price,
        currency: params.currency,
        query: params.q,
        created_after: params.created_after,
        created_before: params.created_before,
        page: page(params.limit, params.cursor, params.sort),
    };
    let listing = state.products.list(&query, visitor.audience()).await.map_err(refuse)?;
    Ok(listed(&here, &listing))
}

/// Show a product
#[utoipa::path(get, path = "/products/{id}", tag = "products", security((), ("bearer" = [])),
    params(("id" = String, Path, description = "Id or SKU"),
        ("If-None-Match" = Option<String>, Header, description = "An entity tag that is known already")),
    responses((status = 200, description = "The product", body = ProductView, headers(("ETag" = String)))))]
pub(super) async fn get_product(
    Shared(state): Shared<State>,
    visitor: Visitor,
    Key(id): Key,
    known: Known,
) -> Result<Response, Problem> {
    let product = state.products.get(&id, visitor.audience()).await.map_err(refuse)?;
    Ok(known.object(&product))
}

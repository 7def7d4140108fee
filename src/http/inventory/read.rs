//! Looking at stock and at what happened to it.

use axum::Json;
use axum::extract::State as Shared;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::State;
use crate::http::params::{Here, Key, Params, page};
use crate::http::problem::{Problem, refuse};
use crate::http::reply::{Known, listed};
use crate::service::inventory::StockQuery;
use crate::service::page::Listing;
use crate::service::view::{MovementView, PastStockView, StockView};

/// Which stock to list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct StockParams {
    /// Less available than this
    below: Option<i64>,
    /// Nothing available
    #[serde(default)]
    #[param(required = false)]
    out_of_stock: bool,
    /// At or below the record's own threshold
    #[serde(default)]
    #[param(required = false)]
    low: bool,
    /// With this text in the SKU
    q: Option<String>,
    /// Kept since this moment or later (RFC 3339, or a date)
    created_after: Option<String>,
    /// Kept since before this moment
    created_before: Option<String>,
    /// Rows, 50 without
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
    /// `next_cursor` of the page before
    cursor: Option<String>,
    /// `id`, `created_at`, `updated_at`, `sku`, `on_hand` or `reserved`; with `-` in front the largest first
    sort: Option<String>,
}

/// Of which moment.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct MomentParams {
    /// As it was at this moment (RFC 3339, or a date: its first moment in UTC): after the last movement until then
    at: Option<String>,
}

/// Stock as it is, or as it was at the moment that was asked for.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes what is sent; each is sent as itself")]
pub(super) enum StockOfMoment {
    Now(StockView),
    Past(PastStockView),
}

/// Which movements to list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct MovementParams {
    /// Rows, 50 without
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
    /// `next_cursor` of the page before
    cursor: Option<String>,
    /// `seq`, the oldest first, or `-seq`
    sort: Option<String>,
}

/// List stock
#[utoipa::path(get, path = "/inventory", tag = "inventory", security(("bearer" = [])), params(StockParams),
    responses((status = 200, description = "A page of stock", body = Listing<StockView>,
        headers(("Link" = String)))))]
pub(super) async fn list_stock(
    Shared(state): Shared<State>,
    here: Here,
    Params(params): Params<StockParams>,
) -> Result<Response, Problem> {
    let query = StockQuery {
        below: params.below,
        out_of_stock: params.out_of_stock,
        low: params.low,
        query: params.q,
        created_after: params.created_after,
        created_before: params.created_before,
        page: page(params.limit, params.cursor, params.sort),
    };
    let listing = state.inventory.list(&query).await.map_err(refuse)?;
    Ok(listed(&here, &listing))
}

/// Show the stock of a product, now or as it was
#[utoipa::path(get, path = "/inventory/{id}", tag = "inventory", security(("bearer" = [])),
    params(("id" = String, Path, description = "The product's id or SKU"), MomentParams,
        ("If-None-Match" = Option<String>, Header, description = "An entity tag that is known already")),
    responses((status = 200, description = "The stock; of a moment in the past without an entity tag", body = StockOfMoment,
        headers(("ETag" = String)))))]
pub(super) async fn get_stock(
    Shared(state): Shared<State>,
    Key(id): Key,
    known: Known,
    Params(params): Params<MomentParams>,
) -> Result<Response, Problem> {
    if let Some(at) = &params.at {
        return Ok(Json(state.inventory.get_at(&id, at).await.map_err(refuse)?).into_response());
    }
    let stock = state.inventory.get(&id).await.map_err(refuse)?;
    Ok(known.object(&stock))
}

/// List the movements of a product's stock
#[utoipa::path(get, path = "/inventory/{id}/movements", tag = "inventory", security(("bearer" = [])),
    params(("id" = String, Path, description = "The product's id or SKU"), MovementParams),
    responses((status = 200, description = "A page of movements", body = Listing<MovementView>,
        headers(("Link" = String)))))]
pub(super) async fn list_movements(
    Shared(state): Shared<State>,
    Key(id): Key,
    here: Here,
    Params(params): Params<MovementParams>,
) -> Result<Response, Problem> {
    let page = page(params.limit, params.cursor, params.sort);
    let listing = state.inventory.history(&id, &page).await.map_err(refuse)?;
    Ok(listed(&here, &listing))
}

//! Looking at orders: customers see their own, staff all.

use axum::extract::State as Shared;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::State;
use crate::http::auth::SignedIn;
use crate::http::params::{Here, Key, Params, page};
use crate::http::problem::{Problem, refuse};
use crate::http::reply::{Known, listed};
use crate::service::orders::OrderQuery;
use crate::service::page::Listing;
use crate::service::view::OrderView;

/// Which orders to list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct OrderParams {
    /// Of this registered user: id or address
    user: Option<String>,
    /// To this address
    email: Option<String>,
    /// Of the customer whom another system knows by this name
    customer_ref: Option<String>,
    /// In this status
    status: Option<String>,
    /// In this state of payment: `unpaid`, `paid`, `partially_refunded` or `refunded`
    payment_status: Option<String>,
    /// With a line of this product: id or SKU
    product: Option<String>,
    /// With this text in number, reference, address, name or SKUs
    q: Option<String>,
    /// Placed at or after (RFC 3339, or a date)
    created_after: Option<String>,
    /// Placed before
    created_before: Option<String>,
    /// Rows, 50 without
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
    /// `next_cursor` of the page before
    cursor: Option<String>,
    /// `id`, `created_at`, `updated_at`, `number` or `total`; with `-` in front the largest first
    sort: Option<String>,
}

/// List orders
#[utoipa::path(get, path = "/orders", tag = "orders", security(("bearer" = [])), params(OrderParams),
    responses((status = 200, description = "A page of orders", body = Listing<OrderView>,
        headers(("Link" = String)))))]
pub(super) async fn list_orders(
    Shared(state): Shared<State>,
    SignedIn(caller): SignedIn,
    here: Here,
    Params(params): Params<OrderParams>,
) -> Result<Response, Problem> {
    let query = OrderQuery {
        user: params.user,
        email: params.email,
        customer_ref: params.customer_ref,
        status: params.status,
        payment_status: params.payment_status,
        product: params.product,
        query: params.q,
        created_after: params.created_after,
        created_before: params.created_before,
        page: page(params.limit, params.cursor, params.sort),
    };
    let listing = state.orders.list(&query, caller.scope()).await.map_err(refuse)?;
    Ok(listed(&here, &listing))
}

/// Show an order
#[utoipa::path(get, path = "/orders/{id}", tag = "orders", security(("bearer" = [])),
    params(("id" = String, Path, description = "Id or number"),
        ("If-None-Match" = Option<String>, Header, description = "An entity tag that is known already")),
    responses((status = 200, description = "The order", body = OrderView, headers(("ETag" = String)))))]
pub(super) async fn get_order(
    Shared(state): Shared<State>,
    SignedIn(caller): SignedIn,
    Key(id): Key,
    known: Known,
) -> Result<Response, Problem> {
    let order = state.orders.get(&id, caller.scope()).await.map_err(refuse)?;
    Ok(known.object(&order))
}

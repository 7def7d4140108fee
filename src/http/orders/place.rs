//! Placing an order.

use std::time::Duration;

use axum::extract::State as Shared;
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;

use super::State;
use crate::http::auth::SignedIn;
use crate::http::body::Body;
use crate::http::items::{ItemBody, Items};
use crate::http::json::Object;
use crate::http::problem::{Problem, refuse};
use crate::http::reply::created;
use crate::service::orders::{NewOrder, Scope};
use crate::service::view::OrderView;

/// An order to place. A customer orders for themselves; staff name a `user`, an `email` or a
/// `customer_ref`, or several of them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OrderPlacement {
    /// A registered user: id or address.
    user: Option<String>,
    /// Where to write to.
    #[schema(example = "ada@example.com")]
    email: Option<String>,
    /// Another system's name for the customer, for who has no address.
    #[schema(example = "C-4711")]
    customer_ref: Option<String>,
    /// What to call them; the user's name without.
    name: Option<String>,
    /// Where it goes.
    address: Option<String>,
    /// What is ordered; a product named twice counts as the sum.
    #[schema(min_items = 1, value_type = Vec<ItemBody>)]
    items: Vec<Object<ItemBody>>,
    /// A remark.
    note: Option<String>,
    /// Another system's name for it; unique.
    external_ref: Option<String>,
    /// Unpaid, it expires after so many seconds; 0 is never. Without it the service's own hold counts, if it has one.
    #[schema(minimum = 0, maximum = 31_536_000, example = 1800)]
    hold_seconds: Option<u64>,
}

/// Place an order: all its lines are reserved, or none
///
/// A refusal for lack of stock names every line that is short.
#[utoipa::path(post, path = "/orders", tag = "orders", security(("bearer" = [])), request_body = OrderPlacement,
    responses((status = 201, description = "The new order", body = OrderView,
        headers(("Location" = String), ("ETag" = String)))))]
pub(super) async fn place_order(
    Shared(state): Shared<State>,
    SignedIn(caller): SignedIn,
    Body(body): Body<OrderPlacement>,
) -> Result<Response, Problem> {
    let (items, members) = Items::read(body.items)?.split();
    let new = NewOrder {
        user: body.user,
        email: body.email,
        customer_ref: body.customer_ref,
        name: body.name,
        address: body.address,
        items,
        note: body.note,
        external_ref: body.external_ref,
        hold: body.hold_seconds.map(Duration::from_secs),
    };
    let options = caller.options();
    let placed = match caller.scope() {
        Scope::All => state.orders.place(new, &options).await,
        Scope::Own(user) => state.orders.place_own(user, new, &options).await,
    };
    let order = placed.map_err(|error| {
        let mut problem = Items::point(&members, refuse(error));
        for part in problem.errors.iter_mut().filter(|part| part.pointer == "/hold") {
            "/hold_seconds".clone_into(&mut part.pointer);
        }
        problem
    })?;
    Ok(created(&format!("/orders/{}", order.id), &order))
}

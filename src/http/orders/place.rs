//! Placing an order.

use std::time::Duration;

use axum::extract::State as Shared;
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;

use super::State;
use crate::http::auth::SignedIn;
use crate::http::body::{Body, Content};
use crate::http::items::{ItemBody, Items, Member};
use crate::http::json::Object;
use crate::http::problem::{FieldProblem, Problem, refuse, told};
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

impl OrderPlacement {
    /// The order, how its items name their products, and what is wrong with that.
    fn read(self) -> (NewOrder, Vec<Member>, Vec<FieldProblem>) {
        let (items, wrong) = Items::read(self.items);
        let (items, members) = items.split();
        let new = NewOrder {
            user: self.user,
            email: self.email,
            customer_ref: self.customer_ref,
            name: self.name,
            address: self.address,
            items,
            note: self.note,
            external_ref: self.external_ref,
            hold: self.hold_seconds.map(Duration::from_secs),
        };
        (new, members, wrong)
    }
}

impl Content for OrderPlacement {
    fn problems(self) -> Vec<FieldProblem> {
        let (new, members, wrong) = self.read();
        with_values(wrong, &new, &members)
    }
}

/// What is wrong with the items, and then with the values of the order.
fn with_values(mut wrong: Vec<FieldProblem>, new: &NewOrder, members: &[Member]) -> Vec<FieldProblem> {
    let mut more = told(new.problems());
    point(members, &mut more);
    wrong.extend(more);
    wrong
}

/// Errors in the members that the client used.
fn point(members: &[Member], errors: &mut [FieldProblem]) {
    Items::point(members, errors);
    for part in errors.iter_mut().filter(|part| part.pointer == "/hold") {
        "/hold_seconds".clone_into(&mut part.pointer);
    }
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
    let (new, members, wrong) = body.read();
    if !wrong.is_empty() {
        return Err(Problem::fields(with_values(wrong, &new, &members)));
    }
    let options = caller.options();
    let placed = match caller.scope() {
        Scope::All => state.orders.place(new, &options).await,
        Scope::Own(user) => state.orders.place_own(user, new, &options).await,
    };
    let order = placed.map_err(|error| {
        let mut problem = refuse(error);
        point(&members, &mut problem.errors);
        problem
    })?;
    Ok(created(&format!("/orders/{}", order.id), &order))
}

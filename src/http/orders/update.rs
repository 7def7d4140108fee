//! Changing and removing an order.

use axum::extract::State as Shared;
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;

use super::State;
use crate::http::auth::SignedIn;
use crate::http::body::{Body, Content};
use crate::http::json::present;
use crate::http::params::Key;
use crate::http::problem::{FieldProblem, Problem, refuse, told};
use crate::http::reply::{Expected, no_content, object};
use crate::service::WriteOptions;
use crate::service::orders::OrderChange;
use crate::service::patch::Patch;
use crate::service::view::OrderView;

/// What to change of an order; at least one of `status` and `note`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OrderUpdate {
    /// The state to bring the whole order into: `confirmed`, `paid`, `shipped`, `delivered`, `cancelled`, `returned` or
    /// `refunded`. Where it is already, nothing changes.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, example = "confirmed")]
    status: Option<String>,
    /// Why, for its history.
    reason: Option<String>,
    /// The remark on it; `null` removes it. For staff.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    note: Patch<String>,
}

impl Content for OrderUpdate {
    fn problems(self) -> Vec<FieldProblem> {
        told(OrderChange::from(self).problems())
    }
}

impl From<OrderUpdate> for OrderChange {
    fn from(body: OrderUpdate) -> Self {
        let OrderUpdate { status, reason, note } = body;
        Self { status, reason, note }
    }
}

/// Bring an order into a state, or change the remark on it
///
/// A customer may cancel an order of their own while it is pending; everything else is for staff.
#[utoipa::path(put, path = "/orders/{id}", tag = "orders", security(("bearer" = [])),
    params(("id" = String, Path, description = "Id or number"),
        ("If-Match" = Option<String>, Header, description = "Only if it is still this version")),
    request_body = OrderUpdate,
    responses((status = 200, description = "The order as it is now", body = OrderView,
        headers(("ETag" = String)))))]
pub(super) async fn update_order(
    Shared(state): Shared<State>,
    SignedIn(caller): SignedIn,
    Key(id): Key,
    Expected(if_version): Expected,
    Body(body): Body<OrderUpdate>,
) -> Result<Response, Problem> {
    let change = OrderChange::from(body);
    let options = WriteOptions { if_version, ..caller.options() };
    let order = state.orders.update(&id, &change, caller.scope(), &options).await.map_err(refuse)?;
    Ok(object(&order))
}

/// Remove an order that has shipped nothing, giving its stock back
#[utoipa::path(delete, path = "/orders/{id}", tag = "orders", security(("bearer" = [])),
    params(("id" = String, Path, description = "Id or number"),
        ("If-Match" = Option<String>, Header, description = "Only if it is still this version")),
    responses((status = 204, description = "The order is gone")))]
pub(super) async fn delete_order(
    Shared(state): Shared<State>,
    SignedIn(caller): SignedIn,
    Key(id): Key,
    Expected(if_version): Expected,
) -> Result<Response, Problem> {
    let options = WriteOptions { if_version, ..caller.options() };
    state.orders.delete(&id, &options).await.map_err(refuse)?;
    Ok(no_content())
}

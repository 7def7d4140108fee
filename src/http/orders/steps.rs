//! The single steps in the life of an order, for staff.

use axum::extract::State as Shared;
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;

use super::State;
use crate::domain::number::Version;
use crate::http::auth::{Caller, SignedIn};
use crate::http::body::MaybeBody;
use crate::http::items::{ItemBody, Items, Member};
use crate::http::json::{Decimal, Object};
use crate::http::params::Key;
use crate::http::problem::{Problem, refuse};
use crate::http::reply::{Expected, object};
use crate::service::WriteOptions;
use crate::service::orders::{OrderAction, OrderItem};
use crate::service::view::OrderView;

/// A step of the whole order.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    /// Why, for its history.
    reason: Option<String>,
}

/// Goods that are sent.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Shipment {
    /// Which; everything that is left without.
    #[schema(value_type = Option<Vec<ItemBody>>)]
    items: Option<Vec<Object<ItemBody>>>,
    /// The parcel service's name for it.
    tracking: Option<String>,
    /// Why, for its history.
    reason: Option<String>,
}

/// Goods that are given up.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Cancellation {
    /// Which; everything that has not been sent without.
    #[schema(value_type = Option<Vec<ItemBody>>)]
    items: Option<Vec<Object<ItemBody>>>,
    /// Why, for its history.
    reason: Option<String>,
}

/// Goods that came back.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Returning {
    /// Which; everything that was sent without.
    #[schema(value_type = Option<Vec<ItemBody>>)]
    items: Option<Vec<Object<ItemBody>>>,
    /// Whether they go back on the shelf.
    #[serde(default)]
    restock: bool,
    /// Why, for its history.
    reason: Option<String>,
}

/// Money that was paid back.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Refund {
    /// How much, in the order's currency; everything not yet paid back without.
    #[schema(value_type = Option<String>, example = "12.50")]
    amount: Option<Decimal>,
    /// Why, for its history.
    reason: Option<String>,
}

/// Which order, by whom, and under which condition.
struct Target {
    state: State,
    caller: Caller,
    id: String,
    if_version: Option<Version>,
}

impl Target {
    async fn act(
        self,
        action: OrderAction,
        reason: Option<&str>,
        members: &[Member],
    ) -> Result<Response, Problem> {
        let Self { state, caller, id, if_version } = self;
        let options = WriteOptions { if_version, ..caller.options() };
        let acted = state.orders.act(&id, &action, reason, caller.scope(), &options).await;
        let order = acted.map_err(|error| Items::point(members, refuse(error)))?;
        Ok(object(&order))
    }
}

fn some_items(
    bodies: Option<Vec<Object<ItemBody>>>,
) -> Result<(Option<Vec<OrderItem>>, Vec<Member>), Problem> {
    let Some(bodies) = bodies else { return Ok((None, Vec::new())) };
    let (items, members) = Items::read(bodies)?.split();
    Ok((Some(items), members))
}

macro_rules! step {
    ($(#[doc = $doc:literal])* $name:ident, $path:literal, $body:ident, |$sent:ident| $action:expr) => {
        $(#[doc = $doc])*
        #[utoipa::path(post, path = $path, tag = "orders", security(("bearer" = [])),
            params(("id" = String, Path, description = "Id or number"),
                ("If-Match" = Option<String>, Header, description = "Only if it is still this version")),
            request_body = Option<$body>,
            responses((status = 200, description = "The order as it is now", body = OrderView,
                headers(("ETag" = String)))))]
        pub(super) async fn $name(
            Shared(state): Shared<State>,
            SignedIn(caller): SignedIn,
            Key(id): Key,
            Expected(if_version): Expected,
            MaybeBody($sent): MaybeBody<$body>,
        ) -> Result<Response, Problem> {
            let reason = $sent.reason.clone();
            let (action, members): (OrderAction, Vec<Member>) = $action;
            Target { state, caller, id, if_version }.act(action, reason.as_deref(), &members).await
        }
    };
}

step!(
    /// Note that an order was paid
    pay_order, "/orders/{id}/pay", Step, |sent| (OrderAction::Pay, Vec::new())
);
step!(
    /// Note that an order arrived
    deliver_order, "/orders/{id}/deliver", Step, |sent| (OrderAction::Deliver, Vec::new())
);
step!(
    /// Send an order, all or some of it
    ship_order, "/orders/{id}/ship", Shipment, |sent| {
        let (items, members) = some_items(sent.items)?;
        (OrderAction::Ship { items, tracking: sent.tracking }, members)
    }
);
step!(
    /// Give up what has not been sent, all or some of it
    cancel_order, "/orders/{id}/cancel", Cancellation, |sent| {
        let (items, members) = some_items(sent.items)?;
        (OrderAction::Cancel { items }, members)
    }
);
step!(
    /// Take back what was sent, all or some of it
    ///
    /// Returns never touch money, and stock only with `restock`.
    return_order, "/orders/{id}/return", Returning, |sent| {
        let (items, members) = some_items(sent.items)?;
        (OrderAction::Return { items, restock: sent.restock }, members)
    }
);
step!(
    /// Note that money was paid back; never touches stock
    refund_order, "/orders/{id}/refund", Refund, |sent| {
        (OrderAction::Refund { amount: sent.amount.map(|amount| amount.0) }, Vec::new())
    }
);

//! The single steps in the life of an order, for staff.

use axum::extract::State as Shared;
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;

use super::State;
use crate::domain::number::Version;
use crate::http::auth::{Caller, SignedIn};
use crate::http::body::{Content, MaybeBody};
use crate::http::items::{ItemBody, Items, Member};
use crate::http::json::{Decimal, Object};
use crate::http::params::Key;
use crate::http::problem::{FieldProblem, Problem, refuse, told};
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
    async fn act(self, sent: Sent, reason: Option<&str>) -> Result<Response, Problem> {
        if !sent.wrong.is_empty() {
            return Err(Problem::fields(sent.problems(reason)));
        }
        let Self { state, caller, id, if_version } = self;
        let options = WriteOptions { if_version, ..caller.options() };
        let acted = state.orders.act(&id, &sent.action, reason, caller.scope(), &options).await;
        let order = acted.map_err(|error| {
            let mut problem = refuse(error);
            Items::point(&sent.members, &mut problem.errors);
            problem
        })?;
        Ok(object(&order))
    }
}

/// An action, how its items name their products, and what is wrong with that.
struct Sent {
    action: OrderAction,
    members: Vec<Member>,
    wrong: Vec<FieldProblem>,
}

impl Sent {
    fn whole(action: OrderAction) -> Self {
        Self { action, members: Vec::new(), wrong: Vec::new() }
    }

    /// All that is wrong with it and its reason.
    fn problems(&self, reason: Option<&str>) -> Vec<FieldProblem> {
        let mut more = told(self.action.problems(reason));
        Items::point(&self.members, &mut more);
        self.wrong.iter().cloned().chain(more).collect()
    }
}

/// An action on some items, or on all that it can be done to.
fn with_items(
    bodies: Option<Vec<Object<ItemBody>>>,
    action: impl FnOnce(Option<Vec<OrderItem>>) -> OrderAction,
) -> Sent {
    let Some(bodies) = bodies else { return Sent::whole(action(None)) };
    let (items, wrong) = Items::read(bodies);
    let (items, members) = items.split();
    Sent { action: action(Some(items)), members, wrong }
}

macro_rules! step {
    ($(#[doc = $doc:literal])* $name:ident, $path:literal, $body:ident, $read:path) => {
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
            MaybeBody(sent): MaybeBody<$body>,
        ) -> Result<Response, Problem> {
            let reason = sent.reason.clone();
            Target { state, caller, id, if_version }.act($read(sent), reason.as_deref()).await
        }
    };
}

/// What is wrong with a body, by what it means.
macro_rules! content {
    ($body:ident, $read:path) => {
        impl Content for $body {
            fn problems(self) -> Vec<FieldProblem> {
                let reason = self.reason.clone();
                $read(self).problems(reason.as_deref())
            }
        }
    };
}

content!(Step, pay);
content!(Shipment, ship);
content!(Cancellation, cancel);
content!(Returning, take_back);
content!(Refund, refund);

fn pay(_: Step) -> Sent {
    Sent::whole(OrderAction::Pay)
}

fn deliver(_: Step) -> Sent {
    Sent::whole(OrderAction::Deliver)
}

fn ship(sent: Shipment) -> Sent {
    let tracking = sent.tracking;
    with_items(sent.items, |items| OrderAction::Ship { items, tracking })
}

fn cancel(sent: Cancellation) -> Sent {
    with_items(sent.items, |items| OrderAction::Cancel { items })
}

fn take_back(sent: Returning) -> Sent {
    let restock = sent.restock;
    with_items(sent.items, |items| OrderAction::Return { items, restock })
}

fn refund(sent: Refund) -> Sent {
    Sent::whole(OrderAction::Refund { amount: sent.amount.map(|amount| amount.0) })
}

step!(
    /// Note that an order was paid
    pay_order, "/orders/{id}/pay", Step, pay
);
step!(
    /// Note that an order arrived
    deliver_order, "/orders/{id}/deliver", Step, deliver
);
step!(
    /// Send an order, all or some of it
    ship_order, "/orders/{id}/ship", Shipment, ship
);
step!(
    /// Give up what has not been sent, all or some of it
    cancel_order, "/orders/{id}/cancel", Cancellation, cancel
);
step!(
    /// Take back what was sent, all or some of it
    ///
    /// Returns never touch money, and stock only with `restock`.
    return_order, "/orders/{id}/return", Returning, take_back
);
step!(
    /// Note that money was paid back; never touches stock
    refund_order, "/orders/{id}/refund", Refund, refund
);

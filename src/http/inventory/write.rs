//! Counting and correcting stock.

use axum::extract::State as Shared;
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;

use super::State;
use crate::http::auth::SignedIn;
use crate::http::body::{Body, Content};
use crate::http::items::{Member, product_named};
use crate::http::params::Key;
use crate::http::problem::{FieldProblem, Problem, refuse, told};
use crate::http::reply::{Expected, created, no_content, object};
use crate::service::WriteOptions;
use crate::service::inventory::{StockNote, correction_problems, count_problems};
use crate::service::patch::Patch;
use crate::service::view::StockView;

/// Stock to begin with, of a product named by exactly one of `product_id`, `sku` and `product`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StockCreation {
    /// The product's id.
    product_id: Option<String>,
    /// Its SKU.
    #[schema(example = "MUG-BLUE")]
    sku: Option<String>,
    /// Its id or SKU.
    product: Option<String>,
    /// What is there.
    #[schema(minimum = 0, example = 10)]
    quantity: i64,
    /// Why.
    reason: Option<String>,
    /// Another system's name for it: a delivery note.
    reference: Option<String>,
    /// Warn at or below this much available.
    #[serde(default)]
    #[schema(value_type = Option<i64>, minimum = 0)]
    low_stock_at: Patch<i64>,
}

/// What was counted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StockCount {
    /// What is there.
    #[schema(minimum = 0, example = 10)]
    quantity: i64,
    /// Only if this much was on hand before.
    #[schema(minimum = 0)]
    expected: Option<i64>,
    /// Why.
    reason: Option<String>,
    /// Another system's name for it.
    reference: Option<String>,
    /// Warn at or below this much available; `null` never warns, left out it stays.
    #[serde(default)]
    #[schema(value_type = Option<i64>, minimum = 0)]
    low_stock_at: Patch<i64>,
}

/// A correction.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StockCorrection {
    /// How many more, or fewer where negative.
    #[schema(example = -2)]
    delta: i64,
    /// Why; needed.
    #[schema(example = "broken in the shop")]
    reason: Option<String>,
    /// Another system's name for it.
    reference: Option<String>,
}

impl StockCreation {
    /// Which member names the product, what it says, how many there are, and what is said along with it; or all that is wrong.
    fn read(self) -> Result<(Member, String, i64, StockNote), Vec<FieldProblem>> {
        let note =
            StockNote { reason: self.reason, reference: self.reference, low_stock_at: self.low_stock_at };
        match product_named("", self.sku, self.product_id, self.product) {
            Ok((member, product)) => Ok((member, product, self.quantity, note)),
            Err(unnamed) => {
                let mut wrong = vec![unnamed];
                wrong.extend(told(count_problems(self.quantity, None, &note)));
                Err(wrong)
            }
        }
    }
}

impl Content for StockCreation {
    fn problems(self) -> Vec<FieldProblem> {
        match self.read() {
            Ok((_, _, quantity, note)) => told(count_problems(quantity, None, &note)),
            Err(wrong) => wrong,
        }
    }
}

impl StockCount {
    fn note(&self) -> StockNote {
        StockNote {
            reason: self.reason.clone(),
            reference: self.reference.clone(),
            low_stock_at: self.low_stock_at.clone(),
        }
    }
}

impl Content for StockCount {
    fn problems(self) -> Vec<FieldProblem> {
        told(count_problems(self.quantity, self.expected, &self.note()))
    }
}

impl StockCorrection {
    fn note(&self) -> StockNote {
        StockNote {
            reason: self.reason.clone(),
            reference: self.reference.clone(),
            low_stock_at: Patch::Keep,
        }
    }
}

impl Content for StockCorrection {
    fn problems(self) -> Vec<FieldProblem> {
        told(correction_problems(self.delta, &self.note()))
    }
}

/// Begin to keep stock of a product
#[utoipa::path(post, path = "/inventory", tag = "inventory", security(("bearer" = [])), request_body = StockCreation,
    responses((status = 201, description = "The stock", body = StockView,
        headers(("Location" = String), ("ETag" = String)))))]
pub(super) async fn create_stock(
    Shared(state): Shared<State>,
    SignedIn(caller): SignedIn,
    Body(body): Body<StockCreation>,
) -> Result<Response, Problem> {
    let (member, product, quantity, note) = body.read().map_err(Problem::fields)?;
    let stock = state.inventory.create(&product, quantity, &note, &caller.options()).await;
    let stock = stock.map_err(|error| {
        let mut problem = refuse(error);
        for part in problem.errors.iter_mut().filter(|part| part.pointer == "/id") {
            part.pointer = format!("/{member}");
        }
        problem
    })?;
    Ok(created(&format!("/inventory/{}", stock.product_id), &stock))
}

/// Set what is on hand to what was counted
#[utoipa::path(put, path = "/inventory/{id}", tag = "inventory", security(("bearer" = [])),
    params(("id" = String, Path, description = "The product's id or SKU"),
        ("If-Match" = Option<String>, Header, description = "Only if it is still this version")),
    request_body = StockCount,
    responses((status = 200, description = "The stock as it is now", body = StockView, headers(("ETag" = String))),
        (status = 201, description = "No stock was kept before; now it is", body = StockView,
            headers(("Location" = String), ("ETag" = String)))))]
pub(super) async fn set_stock(
    Shared(state): Shared<State>,
    SignedIn(caller): SignedIn,
    Key(id): Key,
    Expected(if_version): Expected,
    Body(body): Body<StockCount>,
) -> Result<Response, Problem> {
    let options = WriteOptions { if_version, ..caller.options() };
    let stock = state.inventory.set(&id, body.quantity, body.expected, &body.note(), &options).await;
    let stock = stock.map_err(refuse)?;
    if stock.version == 1 {
        return Ok(created(&format!("/inventory/{}", stock.product_id), &stock));
    }
    Ok(object(&stock))
}

/// Correct what is on hand by a difference
#[utoipa::path(post, path = "/inventory/{id}/adjust", tag = "inventory", security(("bearer" = [])),
    params(("id" = String, Path, description = "The product's id or SKU"),
        ("If-Match" = Option<String>, Header, description = "Only if it is still this version")),
    request_body = StockCorrection,
    responses((status = 200, description = "The stock as it is now", body = StockView,
        headers(("ETag" = String)))))]
pub(super) async fn adjust_stock(
    Shared(state): Shared<State>,
    SignedIn(caller): SignedIn,
    Key(id): Key,
    Expected(if_version): Expected,
    Body(body): Body<StockCorrection>,
) -> Result<Response, Problem> {
    let options = WriteOptions { if_version, ..caller.options() };
    let stock = state.inventory.adjust(&id, body.delta, &body.note(), &options).await.map_err(refuse)?;
    Ok(object(&stock))
}

/// Stop keeping stock of a product
#[utoipa::path(delete, path = "/inventory/{id}", tag = "inventory", security(("bearer" = [])),
    params(("id" = String, Path, description = "The product's id or SKU"),
        ("If-Match" = Option<String>, Header, description = "Only if it is still this version")),
    responses((status = 204, description = "No stock is kept any more")))]
pub(super) async fn delete_stock(
    Shared(state): Shared<State>,
    SignedIn(caller): SignedIn,
    Key(id): Key,
    Expected(if_version): Expected,
) -> Result<Response, Problem> {
    let options = WriteOptions { if_version, ..caller.options() };
    state.inventory.delete(&id, &options).await.map_err(refuse)?;
    Ok(no_content())
}

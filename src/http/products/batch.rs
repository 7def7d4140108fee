//! Many products in one request; each stands or falls by itself.

use axum::Json;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::State;
use super::bodies::ProductCreation;
use crate::http::auth::SignedIn;
use crate::http::body::{Body, Content};
use crate::http::json::Object;
use crate::http::problem::{FieldProblem, Problem, refuse};
use crate::service;
use crate::service::view::ProductView;

/// The most products of one request.
const MOST: usize = 200;

/// Products to create.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Batch {
    /// At least one.
    #[schema(min_items = 1, max_items = 200, value_type = Vec<ProductCreation>)]
    items: Vec<Object<ProductCreation>>,
}

impl Content for Batch {
    /// Of each item what it would be refused for by itself.
    fn problems(self) -> Vec<FieldProblem> {
        let within = |(index, item): (usize, Object<ProductCreation>)| {
            let at = move |problem: FieldProblem| FieldProblem {
                pointer: format!("/items/{index}{}", problem.pointer),
                ..problem
            };
            item.0.problems().into_iter().map(at)
        };
        self.items.into_iter().enumerate().flat_map(within).collect()
    }
}

/// What became of each, in the order in which they were sent.
#[derive(Serialize, ToSchema)]
pub(super) struct BatchResult {
    items: Vec<BatchItem>,
}

/// What became of one.
#[derive(Serialize, ToSchema)]
pub(super) struct BatchItem {
    /// The status it would have got by itself.
    #[schema(example = 201)]
    status: u16,
    /// The new product.
    #[serde(skip_serializing_if = "Option::is_none")]
    product: Option<ProductView>,
    /// Why there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<BatchProblem>,
}

/// Why a product of a batch was not created.
#[derive(Serialize, ToSchema)]
pub(super) struct BatchProblem {
    /// Stable code.
    #[schema(example = "sku_taken")]
    code: &'static str,
    /// For people.
    detail: String,
    /// Each part that is wrong, by a pointer into the item.
    errors: Vec<FieldProblem>,
}

/// Create many products
#[utoipa::path(post, path = "/products/batch", tag = "products", security(("bearer" = [])), request_body = Batch,
    responses((status = 200, description = "All were created", body = BatchResult),
        (status = 207, description = "Some were not created; each item says why", body = BatchResult)))]
pub(super) async fn create_products(
    Shared(state): Shared<State>,
    SignedIn(caller): SignedIn,
    Body(body): Body<Batch>,
) -> Result<Response, Problem> {
    if !(1..=MOST).contains(&body.items.len()) {
        let detail = format!("{} items are not between 1 and {MOST}", body.items.len());
        return Err(Problem::field("/items", "invalid_batch", detail));
    }
    let new = body.items.into_iter().map(|item| item.0.into()).collect();
    let results = state.products.create_each(new, &caller.options()).await;
    let items: Vec<BatchItem> = results.into_iter().map(BatchItem::from).collect();
    let all = items.iter().all(|item| item.product.is_some());
    let status = if all { StatusCode::OK } else { StatusCode::MULTI_STATUS };
    Ok((status, Json(BatchResult { items })).into_response())
}

impl From<service::Result<ProductView>> for BatchItem {
    fn from(result: service::Result<ProductView>) -> Self {
        match result {
            Ok(product) => {
                Self { status: StatusCode::CREATED.as_u16(), product: Some(product), problem: None }
            }
            Err(error) => {
                let Problem { status, code, detail, errors, .. } = refuse(error);
                let problem = BatchProblem { code, detail, errors };
                Self { status: status.as_u16(), product: None, problem: Some(problem) }
            }
        }
    }
}

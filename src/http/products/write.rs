//! Changing the catalogue, for staff.

use axum::extract::State as Shared;
use axum::response::Response;

use super::State;
use super::bodies::{ProductCreation, ProductPatch, ProductReplacement};
use crate::http::auth::SignedIn;
use crate::http::body::Body;
use crate::http::params::Key;
use crate::http::problem::{Problem, refuse};
use crate::http::reply::{Expected, created, no_content, object};
use crate::service::WriteOptions;
use crate::service::view::ProductView;

/// Create a product, with its opening stock if one is given
#[utoipa::path(post, path = "/products", tag = "products", security(("bearer" = [])), request_body = ProductCreation,
    responses((status = 201, description = "The new product", body = ProductView,
        headers(("Location" = String), ("ETag" = String)))))]
pub(super) async fn create_product(
    Shared(state): Shared<State>,
    SignedIn(caller): SignedIn,
    Body(body): Body<ProductCreation>,
) -> Result<Response, Problem> {
    let product = state.products.create(body.into(), &caller.options()).await.map_err(refuse)?;
    Ok(created(&format!("/products/{}", product.id), &product))
}

/// Put other contents in the place of a product's
#[utoipa::path(put, path = "/products/{id}", tag = "products", security(("bearer" = [])),
    params(("id" = String, Path, description = "Id or SKU"),
        ("If-Match" = Option<String>, Header, description = "Only if it is still this version")),
    request_body = ProductReplacement,
    responses((status = 200, description = "The product as it is now", body = ProductView,
        headers(("ETag" = String)))))]
pub(super) async fn replace_product(
    Shared(state): Shared<State>,
    SignedIn(caller): SignedIn,
    Key(id): Key,
    Expected(if_version): Expected,
    Body(body): Body<ProductReplacement>,
) -> Result<Response, Problem> {
    let options = WriteOptions { if_version, ..caller.options() };
    let product = state.products.replace(&id, &body.into(), &options).await.map_err(refuse)?;
    Ok(object(&product))
}

/// Change single members of a product
#[utoipa::path(patch, path = "/products/{id}", tag = "products", security(("bearer" = [])),
    params(("id" = String, Path, description = "Id or SKU"),
        ("If-Match" = Option<String>, Header, description = "Only if it is still this version")),
    request_body(content((ProductPatch = "application/json"), (ProductPatch = "application/merge-patch+json"))),
    responses((status = 200, description = "The product as it is now", body = ProductView,
        headers(("ETag" = String)))))]
pub(super) async fn patch_product(
    Shared(state): Shared<State>,
    SignedIn(caller): SignedIn,
    Key(id): Key,
    Expected(if_version): Expected,
    Body(body): Body<ProductPatch>,
) -> Result<Response, Problem> {
    let options = WriteOptions { if_version, ..caller.options() };
    let product = state.products.update(&id, &body.into(), &options).await.map_err(refuse)?;
    Ok(object(&product))
}

/// Remove a product that no order names, with its stock
#[utoipa::path(delete, path = "/products/{id}", tag = "products", security(("bearer" = [])),
    params(("id" = String, Path, description = "Id or SKU"),
        ("If-Match" = Option<String>, Header, description = "Only if it is still this version")),
    responses((status = 204, description = "The product is gone")))]
pub(super) async fn delete_product(
    Shared(state): Shared<State>,
    SignedIn(caller): SignedIn,
    Key(id): Key,
    Expected(if_version): Expected,
) -> Result<Response, Problem> {
    let options = WriteOptions { if_version, ..caller.options() };
    state.products.delete(&id, &options).await.map_err(refuse)?;
    Ok(no_content())
}

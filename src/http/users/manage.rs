//! Looking after users, for admins.

use axum::extract::State as Shared;
use axum::response::Response;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::State;
use crate::http::auth::SignedIn;
use crate::http::body::{Body, Content};
use crate::http::json::present;
use crate::http::params::{Here, Key, Params, page};
use crate::http::problem::{FieldProblem, Problem, refuse, told};
use crate::http::reply::{Expected, Known, listed, no_content, object};
use crate::service::WriteOptions;
use crate::service::page::Listing;
use crate::service::patch::Patch;
use crate::service::users::{UserChange, UserQuery};
use crate::service::view::UserView;

/// Which users to list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct UserParams {
    /// With this role: `customer`, `staff` or `admin`
    role: Option<String>,
    /// With this status: `active` or `disabled`
    status: Option<String>,
    /// With this text in address or name
    q: Option<String>,
    /// Registered at or after (RFC 3339, or a date)
    created_after: Option<String>,
    /// Registered before
    created_before: Option<String>,
    /// Rows, 50 without
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
    /// `next_cursor` of the page before
    cursor: Option<String>,
    /// `id`, `created_at`, `updated_at` or `email`; with `-` in front the largest first
    sort: Option<String>,
}

/// What to change of a user (RFC 7396): `null` empties a member, what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UserPatch {
    /// New address.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    email: Option<String>,
    /// New name.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    name: Patch<String>,
    /// New telephone number.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    phone: Patch<String>,
    /// New role; ends every token of the user.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, example = "staff")]
    role: Option<String>,
    /// New status; ends every token of the user.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, example = "disabled")]
    status: Option<String>,
}

impl Content for UserPatch {
    fn problems(self) -> Vec<FieldProblem> {
        told(UserChange::from(self).problems())
    }
}

impl From<UserPatch> for UserChange {
    fn from(body: UserPatch) -> Self {
        let UserPatch { email, name, phone, role, status } = body;
        Self { email, name, phone, role, status }
    }
}

/// List users
#[utoipa::path(get, path = "/users", tag = "users", security(("bearer" = [])), params(UserParams),
    responses((status = 200, description = "A page of users", body = Listing<UserView>, headers(("Link" = String)))))]
pub(super) async fn list_users(
    Shared(state): Shared<State>,
    here: Here,
    Params(params): Params<UserParams>,
) -> Result<Response, Problem> {
    let query = UserQuery {
        role: params.role,
        status: params.status,
        query: params.q,
        created_after: params.created_after,
        created_before: params.created_before,
        page: page(params.limit, params.cursor, params.sort),
    };
    let listing = state.users.list(&query).await.map_err(refuse)?;
    Ok(listed(&here, &listing))
}

/// Show a user
#[utoipa::path(get, path = "/users/{id}", tag = "users", security(("bearer" = [])),
    params(("id" = String, Path, description = "Id or e-mail address"),
        ("If-None-Match" = Option<String>, Header, description = "An entity tag that is known already")),
    responses((status = 200, description = "The user", body = UserView, headers(("ETag" = String)))))]
pub(super) async fn get_user(
    Shared(state): Shared<State>,
    Key(id): Key,
    known: Known,
) -> Result<Response, Problem> {
    let user = state.users.get(&id).await.map_err(refuse)?;
    Ok(known.object(&user))
}

/// Change a user
#[utoipa::path(patch, path = "/users/{id}", tag = "users", security(("bearer" = [])),
    params(("id" = String, Path, description = "Id or e-mail address"),
        ("If-Match" = Option<String>, Header, description = "Only if it is still this version")),
    request_body(content((UserPatch = "application/json"), (UserPatch = "application/merge-patch+json"))),
    responses((status = 200, description = "The changed user", body = UserView, headers(("ETag" = String)))))]
pub(super) async fn patch_user(
    Shared(state): Shared<State>,
    SignedIn(caller): SignedIn,
    Key(id): Key,
    Expected(if_version): Expected,
    Body(body): Body<UserPatch>,
) -> Result<Response, Problem> {
    let options = WriteOptions { if_version, ..caller.options() };
    let user = state.users.update(&id, body.into(), &options).await.map_err(refuse)?;
    Ok(object(&user))
}

/// Remove a user; orders keep what they noted of the customer
#[utoipa::path(delete, path = "/users/{id}", tag = "users", security(("bearer" = [])),
    params(("id" = String, Path, description = "Id or e-mail address"),
        ("If-Match" = Option<String>, Header, description = "Only if it is still this version")),
    responses((status = 204, description = "The user is gone")))]
pub(super) async fn delete_user(
    Shared(state): Shared<State>,
    SignedIn(caller): SignedIn,
    Key(id): Key,
    Expected(if_version): Expected,
) -> Result<Response, Problem> {
    let options = WriteOptions { if_version, ..caller.options() };
    state.users.delete(&id, &options).await.map_err(refuse)?;
    Ok(no_content())
}

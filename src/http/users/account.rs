//! One's own account.

use axum::extract::State as Shared;
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;

use super::State;
use super::sign_in::Secret;
use crate::domain::invalid::Invalid;
use crate::http::auth::{Peer, SignedIn};
use crate::http::body::{Body, Content};
use crate::http::json::present;
use crate::http::problem::{FieldProblem, Problem, refuse, told};
use crate::http::reply::{Expected, Known, no_content, object};
use crate::service::WriteOptions;
use crate::service::password::check_new;
use crate::service::patch::Patch;
use crate::service::users::UserChange;
use crate::service::view::UserView;

/// What to change of oneself (RFC 7396): `null` empties a member, what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AccountPatch {
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
}

/// A new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PasswordChange {
    /// The one that is good now.
    #[schema(value_type = String, format = Password)]
    old_password: Secret,
    /// 8 to 1024 bytes.
    #[schema(value_type = String, format = Password)]
    new_password: Secret,
}

impl Content for AccountPatch {
    fn problems(self) -> Vec<FieldProblem> {
        told(UserChange::from(self).problems())
    }
}

impl From<AccountPatch> for UserChange {
    fn from(body: AccountPatch) -> Self {
        let AccountPatch { email, name, phone } = body;
        Self { email, name, phone, ..Self::default() }
    }
}

impl Content for PasswordChange {
    /// Of the old one there is nothing to say.
    fn problems(self) -> Vec<FieldProblem> {
        let problem = |invalid: Invalid| FieldProblem {
            pointer: "/new_password".to_owned(),
            code: invalid.code,
            detail: invalid.detail,
        };
        check_new(&self.new_password.0).err().map(problem).into_iter().collect()
    }
}

/// Who one is
#[utoipa::path(get, path = "/me", tag = "account", security(("bearer" = [])),
    params(("If-None-Match" = Option<String>, Header, description = "An entity tag that is known already")),
    responses((status = 200, description = "The signed-in user", body = UserView, headers(("ETag" = String)))))]
pub(super) async fn get_me(
    Shared(state): Shared<State>,
    SignedIn(caller): SignedIn,
    known: Known,
) -> Result<Response, Problem> {
    let id = caller.own_id()?.to_string();
    let user = state.users.get(&id).await.map_err(refuse)?;
    Ok(known.object(&user))
}

/// Change one's own address, name or telephone number
#[utoipa::path(patch, path = "/me", tag = "account", security(("bearer" = [])),
    params(("If-Match" = Option<String>, Header, description = "Only if it is still this version")),
    request_body(content((AccountPatch = "application/json"), (AccountPatch = "application/merge-patch+json"))),
    responses((status = 200, description = "The changed user", body = UserView, headers(("ETag" = String)))))]
pub(super) async fn patch_me(
    Shared(state): Shared<State>,
    SignedIn(caller): SignedIn,
    Expected(if_version): Expected,
    Body(body): Body<AccountPatch>,
) -> Result<Response, Problem> {
    let id = caller.own_id()?.to_string();
    let options = WriteOptions { if_version, ..caller.options() };
    let user = state.users.update(&id, body.into(), &options).await.map_err(refuse)?;
    Ok(object(&user))
}

/// Change one's own password
///
/// Every token issued before ends, also the one that this request came with.
#[utoipa::path(put, path = "/me/password", tag = "account", security(("bearer" = [])),
    request_body = PasswordChange,
    responses((status = 204, description = "The new password is good from now on")))]
pub(super) async fn put_password(
    Shared(state): Shared<State>,
    SignedIn(caller): SignedIn,
    Peer(peer): Peer,
    Body(body): Body<PasswordChange>,
) -> Result<Response, Problem> {
    let id = caller.own_id()?;
    let PasswordChange { old_password: old, new_password: new } = body;
    state.sessions.confirm(id, old.0, peer).await.map_err(refuse)?;
    let changed = state.users.set_password(&id.to_string(), new.0, &caller.options()).await;
    changed.map_err(|error| {
        let mut problem = refuse(error);
        for part in problem.errors.iter_mut().filter(|part| part.pointer == "/password") {
            "/new_password".clone_into(&mut part.pointer);
        }
        problem
    })?;
    Ok(no_content())
}

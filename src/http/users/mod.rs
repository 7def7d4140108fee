//! The users service: registering, signing in, looking after users.

mod account;
mod manage;
mod sign_in;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::clock::Clock;
use crate::service::auth::{Guard, Sessions};
use crate::service::password::PasswordHasher;
use crate::service::users::Users;
use crate::store::{SessionStore, SigningKeyStore, TryStore, UserStore};

/// All that this service can reach.
#[derive(Clone)]
pub(super) struct State {
    users: Arc<Users>,
    sessions: Arc<Sessions>,
}

impl State {
    pub(super) fn new(
        users: Arc<dyn UserStore>,
        sessions: Arc<dyn SessionStore>,
        keys: Arc<dyn SigningKeyStore>,
        tries: Arc<dyn TryStore>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let hasher = Arc::new(PasswordHasher::new());
        let guard = Guard::new(tries, clock.clone());
        Self {
            users: Arc::new(Users::new(users.clone(), clock.clone(), hasher.clone())),
            sessions: Arc::new(Sessions::new(users, sessions, keys, clock, hasher, guard)),
        }
    }
}

pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(sign_in::register))
        .routes(routes!(sign_in::login))
        .routes(routes!(sign_in::refresh))
        .routes(routes!(sign_in::logout))
        .routes(routes!(sign_in::jwks))
        .routes(routes!(account::get_me, account::patch_me))
        .routes(routes!(account::put_password))
        .routes(routes!(manage::list_users))
        .routes(routes!(manage::get_user, manage::patch_user, manage::delete_user))
}

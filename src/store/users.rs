//! Users.

use std::sync::Arc;

use async_trait::async_trait;

use super::{Commit, ReceiptStore, Result};
use crate::domain::id::UserId;
use crate::domain::key::UserKey;
use crate::domain::number::Version;
use crate::domain::page::{Page, PageRequest};
use crate::domain::user::{User, UserFilter, UserSort};

/// Keeps users.
#[async_trait]
pub trait UserStore: ReceiptStore {
    /// Adds a user. MUST fail with `Duplicate(Email)` when another has the same normalised address, also when both are
    /// added at once.
    async fn insert_user(&self, user: &User, commit: Commit) -> Result<()>;

    /// Returns `None` when there is no such user.
    async fn find_user(&self, key: &UserKey) -> Result<Option<User>>;

    /// The users among these keys that exist, each once, in no particular order.
    async fn find_users(&self, keys: &[UserKey]) -> Result<Vec<User>>;

    /// One page of the users that match.
    async fn list_users(&self, filter: &UserFilter, page: &PageRequest<UserSort>) -> Result<Page<User>>;

    /// Writes a user over its version before (`user.version − 1`). MUST fail with `Stale` when the stored version is
    /// another or the user is gone, and with `Duplicate(Email)` when the new address is taken.
    async fn replace_user(&self, user: &User, commit: Commit) -> Result<()>;

    /// Removes a user with its sessions. MUST fail with `Stale` when the version is another or the user is gone.
    /// Orders keep their snapshot of the customer.
    async fn delete_user(&self, id: UserId, version: Version, commit: Commit) -> Result<()>;
}

/// Looks users up by id or address and nothing else: all that orders and the check of tokens need of them.
#[async_trait]
pub trait UserLookup: Send + Sync {
    /// Returns `None` when there is no such user.
    async fn look_up_user(&self, key: &UserKey) -> Result<Option<User>>;
}

#[async_trait]
impl<T: UserStore + ?Sized> UserLookup for T {
    async fn look_up_user(&self, key: &UserKey) -> Result<Option<User>> {
        // The hash stays behind: who only looks users up has no use for it.
        Ok(self.find_user(key).await?.map(|user| User { password: None, ..user }))
    }
}

/// A user store with everything but looking up taken away.
pub fn lookup_only(users: Arc<dyn UserStore>) -> Arc<dyn UserLookup> {
    Arc::new(LookupOnly(users))
}

struct LookupOnly(Arc<dyn UserStore>);

#[async_trait]
impl UserLookup for LookupOnly {
    async fn look_up_user(&self, key: &UserKey) -> Result<Option<User>> {
        self.0.look_up_user(key).await
    }
}

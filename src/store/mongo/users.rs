//! Users.

use async_trait::async_trait;
use mongodb::ClientSession;
use mongodb::bson::{Document, doc};

use super::MongoStore;
use super::filter::{Filter, by_id, by_version};
use super::list::{SortKey, Walk};
use super::lookup::Key;
use super::rows::{self, Row, TokenRow, UserRow};
use super::shared::Shared;
use super::single::{Insert, Replace, replace};
use super::transaction::{Attempt, Step};
use crate::domain::id::UserId;
use crate::domain::key::UserKey;
use crate::domain::number::Version;
use crate::domain::page::{Page, PageRequest};
use crate::domain::user::{Role, User, UserFilter, UserSort, UserStatus};
use crate::store::{Commit, Result, StoreError, Unique, UserStore};

/// A user's end, with that of its sessions.
struct Delete {
    id: UserId,
    version: Version,
}

#[async_trait]
impl Step for Delete {
    type Output = ();

    async fn run(&self, store: &Shared, session: &mut ClientSession) -> Attempt<()> {
        let filter = by_version(self.id, self.version);
        let done = store.of::<UserRow>().delete_one(filter).session(&mut *session).await?;
        if done.deleted_count != 1 {
            return Err(store.stale_in(session, UserRow::COLLECTION, by_id(self.id)).await?.into());
        }
        store.of::<TokenRow>().delete_many(sessions_of(self.id)).session(session).await?;
        Ok(())
    }

    async fn done_before(&self, store: &Shared) -> Result<Option<()>> {
        Ok(if store.any::<UserRow>(by_id(self.id)).await? { None } else { Some(()) })
    }
}

impl Delete {
    /// Without a transaction: the user first, because sessions without a user are good for nothing, and are purged when they end.
    async fn run_plainly(&self, store: &Shared, dry_run: bool) -> Result<()> {
        let filter = by_version(self.id, self.version);
        let there = if dry_run {
            store.any::<UserRow>(filter).await?
        } else {
            let done = store.of::<UserRow>().delete_one(filter).await;
            done.map_err(|error| store.explain(&error))?.deleted_count == 1
        };
        if !there {
            return Err(store.stale_now(UserRow::COLLECTION, self.id.to_string()).await?);
        }
        if !dry_run {
            let done = store.of::<TokenRow>().delete_many(sessions_of(self.id)).await;
            done.map_err(|error| store.explain(&error))?;
        }
        Ok(())
    }
}

/// The sessions of a user.
pub(super) fn sessions_of(user: UserId) -> Document {
    doc! { "user_id": { "$eq": user.to_string() } }
}

fn matching(filter: &UserFilter) -> Document {
    let mut built = Filter::default();
    built
        .equals("role", filter.role.map(Role::as_str))
        .equals("status", filter.status.map(UserStatus::as_str))
        .created(filter.created_after, filter.created_before);
    if let Some(query) = &filter.query {
        built.any("_id").contains("search", query);
    }
    built.build()
}

/// By which index a list is found.
fn index_for(filter: &UserFilter, sort: UserSort) -> &'static str {
    match sort {
        // What is searched stands beside the keys of one index only.
        _ if filter.query.is_some() => "list__id_role",
        UserSort::Id => "list__id_role",
        UserSort::CreatedAt => "list_created_at__id",
        UserSort::UpdatedAt => "list_updated_at__id",
        UserSort::Email => "list_email_norm_role",
    }
}

fn sort_key(field: UserSort) -> SortKey {
    match field {
        UserSort::Id => SortKey::Id,
        UserSort::CreatedAt => SortKey::Time("created_at"),
        UserSort::UpdatedAt => SortKey::Time("updated_at"),
        UserSort::Email => SortKey::Unique("email_norm"),
    }
}

fn key_of(key: &UserKey) -> Key {
    match key {
        UserKey::Id(id) => Key::id(id),
        UserKey::Email(email) => Key::text("email_norm", email.norm()),
    }
}

/// Whether another user has this address.
async fn email_taken(store: &Shared, user: &User) -> Result<bool> {
    let other = doc! { "email_norm": { "$eq": user.email.norm() }, "_id": { "$ne": user.id.to_string() } };
    store.any::<UserRow>(other).await
}

#[async_trait]
impl UserStore for MongoStore {
    async fn insert_user(&self, user: &User, commit: Commit) -> Result<()> {
        let user = user.clone();
        self.run(async move |store| {
            store.ready(&commit).await?;
            if store.needs_transaction(&commit).await? {
                return store.transact(&Insert::<UserRow>(user), &commit).await;
            }
            if commit.is_dry_run() {
                return match (store.any::<UserRow>(by_id(user.id)).await?, email_taken(&store, &user).await?)
                {
                    (true, _) => Err(StoreError::Duplicate(Unique::Id)),
                    (_, true) => Err(StoreError::Duplicate(Unique::Email)),
                    _ => Ok(()),
                };
            }
            let done = store.of::<UserRow>().insert_one(rows::encode::<UserRow>(&user)?).await;
            done.map_err(|error| store.explain(&error))?;
            store.log_plainly(commit.log()).await
        })
        .await
    }

    async fn find_user(&self, key: &UserKey) -> Result<Option<User>> {
        self.look_up(&self.shared.users, key_of(key)).await
    }

    async fn find_users(&self, keys: &[UserKey]) -> Result<Vec<User>> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        self.look_up_all(&self.shared.users, keys.iter().map(key_of).collect()).await
    }

    async fn list_users(&self, filter: &UserFilter, page: &PageRequest<UserSort>) -> Result<Page<User>> {
        let walk = Walk::by(index_for(filter, page.sort.field), matching(filter));
        let page = page.clone();
        self.run(async move |store| store.page::<UserRow, _>(&walk, sort_key(page.sort.field), &page).await)
            .await
    }

    async fn replace_user(&self, user: &User, commit: Commit) -> Result<()> {
        let user = user.clone();
        self.run(async move |store| {
            store.ready(&commit).await?;
            let (id, version) = (user.id.to_string(), user.version);
            if store.needs_transaction(&commit).await? {
                return store.transact(&Replace::<UserRow> { id, next: version, value: user }, &commit).await;
            }
            replace::<UserRow>(&store, id, version, &user, commit.is_dry_run()).await?;
            if commit.is_dry_run() && email_taken(&store, &user).await? {
                return Err(StoreError::Duplicate(Unique::Email));
            }
            store.log_plainly(commit.log()).await
        })
        .await
    }

    async fn delete_user(&self, id: UserId, version: Version, commit: Commit) -> Result<()> {
        let step = Delete { id, version };
        self.run(async move |store| {
            store.ready(&commit).await?;
            match store.need_transactions().await {
                Err(StoreError::NeedsReplicaSet) if commit.receipt().is_none() => {
                    step.run_plainly(&store, commit.is_dry_run()).await?;
                    store.log_plainly(commit.log()).await
                }
                _ => store.transact(&step, &commit).await,
            }
        })
        .await
    }
}

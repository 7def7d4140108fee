//! Registering and looking after users.

pub(in crate::service) mod draft;
mod export;
mod input;
pub(in crate::service) mod rights;

use std::sync::Arc;

pub use input::{NewUser, UserChange, UserQuery};

use secrecy::SecretString;

use self::draft::Draft;
use super::error::{Error, Kind, Result};
use super::fields::Fields;
use super::ids::new_uuid;
use super::once::once;
use super::page::Listing;
use super::password::PasswordHasher;
use super::view::UserView;
use super::write::{TRIES, WriteOptions, back_off};
use crate::domain::clock::Clock;
use crate::domain::id::UserId;
use crate::domain::key::UserKey;
use crate::domain::number::Version;
use crate::domain::user::{User, UserSort, UserStatus};
use crate::store::{StoreError, Unique, UserStore};

/// The use cases of users.
pub struct Users {
    store: Arc<dyn UserStore>,
    clock: Arc<dyn Clock>,
    hasher: Arc<PasswordHasher>,
}

impl Users {
    /// On this store.
    pub fn new(store: Arc<dyn UserStore>, clock: Arc<dyn Clock>, hasher: Arc<PasswordHasher>) -> Self {
        Self { store, clock, hasher }
    }

    /// Registers a user.
    ///
    /// # Errors
    /// `Invalid`; `email_taken`.
    pub async fn register(&self, new: NewUser, options: &WriteOptions) -> Result<UserView> {
        once(&*self.store, options, self.clock.now(), async || self.insert(new, options).await).await
    }

    async fn insert(&self, new: NewUser, options: &WriteOptions) -> Result<UserView> {
        let mut fields = Fields::new();
        let draft = new.parse(&mut fields);
        let now = self.clock.now();
        let id = UserId::from_uuid(new_uuid(now));
        let made = draft.and_then(|draft| Some(draft.create(draft.email()?.clone(), id, now)));
        let Some(mut user) = made.filter(|_| fields.is_sound()) else { return Err(fields.into_error()) };
        user.password = match new.password {
            Some(password) => Some(self.hasher.hash(password).await?),
            None => None,
        };
        let view = UserView::from(&user);
        let answer = view.clone();
        let commit = options.commit(now, move |_| answer.clone()).logging(rights::given(&user, options));
        self.store.insert_user(&user, commit).await.map_err(|error| store_error(error, &user))?;
        Ok(view)
    }

    /// Registers a user, or shows the one that has this address already. The flag says whether it is new.
    ///
    /// # Errors
    /// As [`register`](Self::register), without `email_taken`.
    pub async fn register_if_missing(
        &self,
        new: NewUser,
        options: &WriteOptions,
    ) -> Result<(UserView, bool)> {
        let key: UserKey = match new.email.parse() {
            Ok(email) => UserKey::Email(email),
            Err(invalid) => return Err(Error::invalid("/email", invalid)),
        };
        match self.store.find_user(&key).await.map_err(Error::from_store)? {
            Some(user) => Ok(((&user).into(), false)),
            None => match self.register(new, options).await {
                Ok(user) => Ok((user, true)),
                // Somebody registered it in between: that is what was wanted.
                Err(error) if error.code == "email_taken" => Ok((self.get(&key.to_string()).await?, false)),
                Err(error) => Err(error),
            },
        }
    }

    /// Shows a user.
    ///
    /// # Errors
    /// `Invalid`; `user_not_found`.
    pub async fn get(&self, key: &str) -> Result<UserView> {
        Ok((&self.find(key).await?).into())
    }

    /// Lists users.
    ///
    /// # Errors
    /// `Invalid`.
    pub async fn list(&self, query: &UserQuery) -> Result<Listing<UserView>> {
        let filter = input::filter(query)?;
        let paging = query.page.parse(&filter, UserSort::Id)?;
        let page = self.store.list_users(&filter, &paging.request).await.map_err(Error::from_store)?;
        Ok(paging.listing(page, input::position, |user| UserView::from(&user)))
    }

    /// Changes a user.
    ///
    /// # Errors
    /// `Invalid`; `user_not_found`; `email_taken`; `stale_version`.
    pub async fn update(&self, key: &str, change: UserChange, options: &WriteOptions) -> Result<UserView> {
        let mut fields = Fields::new();
        let Some(draft) = Draft::parse(&mut fields, &change) else { return Err(fields.into_error()) };
        self.modify(key, options, |user| draft.change(user)).await
    }

    /// Gives a user another password; every token issued before ends.
    ///
    /// # Errors
    /// `Invalid`; `user_not_found`; `stale_version`.
    pub async fn set_password(
        &self,
        key: &str,
        password: SecretString,
        options: &WriteOptions,
    ) -> Result<UserView> {
        // An unknown user is told before anybody waits for a hash.
        self.find(key).await?;
        let hash = self.hasher.hash(password).await?;
        self.modify(key, options, |user| {
            user.password = Some(hash.clone());
            user.auth_epoch += 1;
        })
        .await
    }

    /// Whether this is the user's password. A disabled user or one without password never verifies.
    ///
    /// # Errors
    /// `user_not_found`; `wrong_password`.
    pub async fn verify_password(&self, key: &str, password: SecretString) -> Result<UserView> {
        let user = self.find(key).await?;
        let right = self.hasher.verify(password, user.password.clone()).await?;
        if right && user.status == UserStatus::Active {
            return Ok((&user).into());
        }
        let (code, detail) = if right {
            ("user_disabled", format!("user {:?} is disabled", user.email.as_str()))
        } else {
            ("wrong_password", format!("this is not the password of {:?}", user.email.as_str()))
        };
        Err(Error::new(Kind::Unauthenticated, code, detail))
    }

    /// Lets a user sign in, or no longer. Saying what is so already changes nothing.
    ///
    /// # Errors
    /// `user_not_found`; `stale_version`.
    pub async fn set_status(
        &self,
        key: &str,
        status: UserStatus,
        options: &WriteOptions,
    ) -> Result<UserView> {
        let change = UserChange { status: Some(status.as_str().to_owned()), ..UserChange::default() };
        self.update(key, change, options).await
    }

    /// Removes a user. Orders keep what they noted of the customer.
    ///
    /// # Errors
    /// `user_not_found`; `stale_version`.
    pub async fn delete(&self, key: &str, options: &WriteOptions) -> Result<UserView> {
        once(&*self.store, options, self.clock.now(), async || {
            let mut attempt = 0;
            loop {
                let user = self.find(key).await?;
                require_version(&user, options)?;
                let view = UserView::from(&user);
                let answer = view.clone();
                let now = self.clock.now();
                let commit =
                    options.commit(now, move |_| answer.clone()).logging(rights::ended(&user, now, options));
                match self.store.delete_user(user.id, user.version, commit).await {
                    Ok(()) => return Ok(view),
                    Err(StoreError::Stale { .. }) if options.if_version.is_none() && attempt < TRIES => {
                        back_off(&mut attempt).await;
                    }
                    Err(error) => return Err(store_error(error, &user)),
                }
            }
        })
        .await
    }

    async fn find(&self, key: &str) -> Result<User> {
        let parsed: UserKey = key.parse().map_err(|invalid| Error::invalid("/id", invalid))?;
        let found = self.store.find_user(&parsed).await.map_err(Error::from_store)?;
        found.ok_or_else(|| Error::not_found("user", parsed))
    }

    async fn modify(
        &self,
        key: &str,
        options: &WriteOptions,
        change: impl Fn(&mut User),
    ) -> Result<UserView> {
        once(&*self.store, options, self.clock.now(), async || {
            let mut attempt = 0;
            loop {
                let before = self.find(key).await?;
                require_version(&before, options)?;
                let mut after = before.clone();
                change(&mut after);
                if after == before && after.email.as_str() == before.email.as_str() {
                    return options.settle(&*self.store, self.clock.now(), UserView::from(&before)).await;
                }
                after.version = before.version.next();
                after.updated_at = self.clock.now();
                let view = UserView::from(&after);
                let answer = view.clone();
                let commit = options
                    .commit(after.updated_at, move |_| answer.clone())
                    .logging(rights::changed(&before, &after, options));
                match self.store.replace_user(&after, commit).await {
                    Ok(()) => return Ok(view),
                    Err(StoreError::Stale { .. }) if options.if_version.is_none() && attempt < TRIES => {
                        back_off(&mut attempt).await;
                    }
                    Err(error) => return Err(store_error(error, &after)),
                }
            }
        })
        .await
    }
}

fn require_version(user: &User, options: &WriteOptions) -> Result<()> {
    if options.allow(user.version) {
        return Ok(());
    }
    Err(Error::stale("user", &user.email, Some(user.version.get())))
}

fn store_error(error: StoreError, user: &User) -> Error {
    match error {
        StoreError::Duplicate(Unique::Email) => {
            let detail = format!("a user with e-mail {:?} exists already", user.email.as_str());
            Error::new(Kind::Conflict, "email_taken", detail).hint(format!("shopctl user get {}", user.email))
        }
        StoreError::Stale { current } => Error::stale("user", &user.email, current.map(Version::get)),
        error => Error::from_store(error),
    }
}

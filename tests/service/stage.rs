//! The services on a fresh store.

use std::sync::Arc;

use secrecy::SecretString;
use shopctl::domain::actor::Actor;
use shopctl::service::auth::{Gate, Guard, Keys, Machines, Sessions};
use shopctl::service::inventory::Inventory;
use shopctl::service::orders::Orders;
use shopctl::service::password::PasswordHasher;
use shopctl::service::products::{NewProduct, Products};
use shopctl::service::users::{NewUser, Users};
use shopctl::service::view::UserView;
use shopctl::service::{Error, WriteOptions};

use crate::support::clock::HandClock;
use crate::support::store::{TestStore, sqlite_store};

/// Runs each test on every back end.
macro_rules! on_both_stages {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    let fresh = crate::support::store::sqlite_store().await;
                    super::$test(&crate::service::stage::Stage::on(fresh)).await;
                }
            )+
        }
        mod mongo {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    let fresh = crate::support::store::mongo_store().await;
                    super::$test(&crate::service::stage::Stage::on(fresh)).await;
                }
            )+
        }
    };
}

pub(super) struct Stage {
    pub(super) clock: Arc<HandClock>,
    pub(super) users: Users,
    pub(super) sessions: Sessions,
    pub(super) gate: Gate,
    pub(super) keys: Keys,
    pub(super) machines: Machines,
    pub(super) products: Products,
    pub(super) orders: Orders,
    pub(super) inventory: Inventory,
    pub(super) store: TestStore,
}

impl Stage {
    /// On the embedded store.
    pub(super) async fn new() -> Self {
        Self::on(sqlite_store().await)
    }

    pub(super) fn on(fresh: TestStore) -> Self {
        let store = fresh.share();
        let clock = Arc::new(HandClock::new());
        let hasher = Arc::new(PasswordHasher::new());
        Self {
            users: Users::new(store.clone(), clock.clone(), hasher.clone()),
            sessions: Sessions::new(
                store.clone(),
                store.clone(),
                store.clone(),
                clock.clone(),
                hasher,
                Guard::new(store.clone(), clock.clone()),
            ),
            gate: Gate::new(store.clone(), store.clone(), clock.clone()),
            keys: Keys::new(store.clone(), clock.clone()),
            machines: Machines::new(
                store.clone(),
                store.clone(),
                store.clone(),
                store.clone(),
                clock.clone(),
            ),
            products: Products::new(store.clone(), clock.clone(), "EUR".parse().unwrap()),
            orders: Orders::new(store.clone(), store.clone(), store.clone(), clock.clone()),
            inventory: Inventory::new(store.clone(), store.clone(), clock.clone()),
            clock,
            store: fresh,
        }
    }

    /// A user with the password `correct horse`.
    pub(super) async fn user(&self, email: &str, role: &str) -> UserView {
        let new = NewUser {
            email: email.to_owned(),
            password: Some(password("correct horse")),
            role: Some(role.to_owned()),
            ..NewUser::default()
        };
        self.users.register(new, &by()).await.unwrap()
    }

    pub(super) async fn product(&self, sku: &str, price: &str, stock: i64) {
        let new = NewProduct {
            sku: sku.to_owned(),
            name: sku.to_owned(),
            price: price.to_owned(),
            stock: Some(stock),
            ..NewProduct::default()
        };
        self.products.create(new, &by()).await.unwrap();
    }
}

pub(super) fn password(text: &str) -> SecretString {
    SecretString::from(text)
}

pub(super) fn by() -> WriteOptions {
    WriteOptions::by(Actor::system())
}

/// The code of what must have failed.
pub(super) fn code<T>(result: Result<T, Error>) -> &'static str {
    result.err().expect("it was refused").code
}

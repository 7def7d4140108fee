//! A small shop, and a way to damage it beneath every rule of the database.

use std::sync::Arc;

use mongodb::Database;
use mongodb::bson::Document;
use rusqlite::Connection;
use shopctl::domain::actor::Actor;
use shopctl::domain::inventory::StockOp;
use shopctl::domain::order::{Command, Order};
use shopctl::domain::product::Product;
use shopctl::service::WriteOptions;
use shopctl::service::clock::SystemClock;
use shopctl::service::doctor::{Findings, RepairNote, examine, repair};
use shopctl::store::open::{OpenOptions, StoreUrl, open};
use shopctl::store::{Commit, Premises, Store};

use crate::support::builders::{context, for_order, order_of, product, q, step, user};
use crate::support::mongod::TestDatabase;
use crate::support::store::fresh_path;

enum Raw {
    Sqlite(Connection),
    Mongo(Database),
}

/// A store with a user, 10 mugs and 5 cups, order 1001 for 3 mugs, and order 1002, paid, for a mug and two cups.
pub(super) struct Patient {
    pub(super) store: Arc<dyn Store>,
    pub(super) mug: Product,
    pub(super) cup: Product,
    raw: Raw,
    _place: Box<dyn Send + Sync>,
}

/// How to damage each back end in the same way.
pub(super) struct Damage {
    pub(super) sqlite: &'static str,
    /// Commands of the database.
    pub(super) mongo: Vec<Document>,
}

impl Patient {
    pub(super) async fn on_sqlite() -> Self {
        let (directory, path) = fresh_path();
        let url = StoreUrl::Sqlite(path.clone());
        let store = open(&url, &OpenOptions::default()).await.unwrap();
        let raw = Connection::open(&path).unwrap();
        raw.execute_batch("PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF").unwrap();
        Self::fill(store, Raw::Sqlite(raw), directory).await
    }

    pub(super) async fn on_mongodb() -> Self {
        let database = TestDatabase::fresh();
        let url = StoreUrl::parse(&database.url()).unwrap();
        let store = open(&url, &OpenOptions::default()).await.unwrap();
        let raw = Raw::Mongo(database.raw().await);
        Self::fill(store, raw, database).await
    }

    async fn fill(store: Arc<dyn Store>, raw: Raw, place: impl Send + Sync + 'static) -> Self {
        let (mug, cup) = (product("MUG"), product("CUP"));
        store.insert_user(&user("ada@example.com"), Commit::Keep).await.unwrap();
        for (product, count) in [(&mug, 10), (&cup, 5)] {
            let opening = (StockOp::Receive(q(count)), context());
            store.insert_product(product, Some(&opening), Commit::Keep).await.unwrap();
        }
        let patient = Self { store, mug, cup, raw, _place: Box::new(place) };
        patient.place(&[(&patient.mug, 3)]).await;
        let order = patient.place(&[(&patient.mug, 1), (&patient.cup, 2)]).await;
        let (paid, stock) = step(&order, &Command::Pay);
        patient.store.step_order(&paid, &stock, &for_order(&paid), Commit::Keep).await.unwrap();
        patient
    }

    async fn place(&self, items: &[(&Product, i64)]) -> Order {
        let order = order_of(items);
        let number = self
            .store
            .place_order(&order, &Premises::default(), &for_order(&order), Commit::Keep)
            .await
            .unwrap();
        Order { number, ..order }
    }

    pub(super) async fn suffer(&self, damage: &Damage) {
        match &self.raw {
            Raw::Sqlite(connection) => connection.execute_batch(damage.sqlite).unwrap(),
            Raw::Mongo(database) => {
                for command in &damage.mongo {
                    let done = database.run_command(command.clone()).await.unwrap();
                    assert!(done.get("writeErrors").is_none(), "{command}: {done}");
                    assert_ne!(done.get_i32("n").unwrap_or(1), 0, "{command} met nothing");
                }
            }
        }
    }

    pub(super) async fn examine(&self) -> Findings {
        examine(&self.store, &|_| {}).await.unwrap()
    }

    pub(super) async fn repair(&self, findings: &Findings, dry_run: bool) -> Vec<RepairNote> {
        let options = WriteOptions { dry_run, ..WriteOptions::by(Actor::shell(Some("doctor"))) };
        repair(&self.store, &SystemClock, findings, &options, &|_| {}).await.unwrap()
    }
}

/// The codes of the rules that are broken.
pub(super) fn broken(findings: &Findings) -> Vec<&'static str> {
    findings
        .verdicts()
        .iter()
        .filter(|verdict| verdict.broken > 0)
        .map(|verdict| verdict.rule.code())
        .collect()
}

//! A shop on a real store, asked through the services.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use shopctl::domain::actor::Actor;
use shopctl::domain::clock::Clock;
use shopctl::domain::number::Version;
use shopctl::service::inventory::{Inventory, StockNote};
use shopctl::service::orders::{NewOrder, OrderAction, OrderChange, OrderItem, Orders, Scope};
use shopctl::service::patch::Patch;
use shopctl::service::products::{Audience, NewProduct, ProductChange, Products};
use shopctl::service::{Error, RequestKey, WriteOptions, doctor};

use super::command::{Change, Doing, Guess, Low, Pick, Piece, Step, StockDo, What};
use super::model::Model;
use super::picture::Names;
use crate::support::clock::HandClock;
use crate::support::dump::{Dump, dump};
use crate::support::store::TestStore;

/// What was heard: the answer, and whether it was one that had been given before; or the code of the refusal.
pub(super) type Heard = Result<(Value, bool), String>;

/// A shop on a store.
pub(super) struct Player {
    pub(super) kind: &'static str,
    pub(super) names: Names,
    pub(super) store: TestStore,
    /// The answers to requests with a key.
    pub(super) kept: HashMap<u8, Value>,
    clock: Arc<HandClock>,
    products: Products,
    orders: Orders,
    inventory: Inventory,
}

impl Player {
    pub(super) fn on(kind: &'static str, fresh: TestStore) -> Self {
        let (store, clock) = (fresh.share(), Arc::new(HandClock::new()));
        Self {
            kind,
            products: Products::new(store.clone(), clock.clone(), "EUR".parse().unwrap()),
            orders: Orders::new(store.clone(), store.clone(), store.clone(), clock.clone()),
            inventory: Inventory::new(store.clone(), store, clock.clone()),
            clock,
            names: Names::default(),
            kept: HashMap::new(),
            store: fresh,
        }
    }

    pub(super) fn now(&self) -> i64 {
        self.clock.now().as_millis()
    }

    pub(super) fn wait(&self, seconds: i64) {
        self.clock.forward(seconds);
    }

    pub(super) async fn dump(&self) -> Dump {
        dump(&self.store).await
    }

    /// Which rules of the data model are broken.
    pub(super) async fn broken(&self) -> Vec<doctor::Verdict> {
        let findings = doctor::examine(&self.store.share(), &|_| {}).await.expect("an examination");
        findings.verdicts().iter().filter(|verdict| verdict.broken > 0).cloned().collect()
    }

    /// Asks for something. `before` says which lines the orders have.
    pub(super) async fn ask(&mut self, doing: &Doing, before: &Model) -> Heard {
        let said = format!("{:?}", doing.what);
        let request = doing.key.map(|key| {
            RequestKey::new("tester", &format!("key-{key}"), &[said.as_bytes()]).expect("a sound key")
        });
        let options = WriteOptions {
            if_version: match doing.version {
                Guess::Is(version) => Some(Version::new(version).expect("a version")),
                _ => None,
            },
            dry_run: doing.dry_run,
            request: request.clone(),
            ..WriteOptions::by(Actor::shell(Some("tester")))
        };
        let heard = self.pass_on(&doing.what, &options, before).await;
        let answer = heard.map_err(|error| error.code.to_owned())?;
        let replayed = request.is_some_and(|request| request.was_replayed());
        if !replayed && !doing.dry_run {
            let id = || answer["id"].as_str().expect("an id").to_owned();
            match &doing.what {
                What::Create { .. } => self.names.products.push(id()),
                What::Place { .. } => self.names.orders.push(id()),
                _ => {}
            }
            if let Some(key) = doing.key {
                self.kept.insert(key, answer.clone());
            }
        }
        Ok((answer, replayed))
    }

    /// Sweeps ended holds; gives the places of the orders that it ended.
    pub(super) async fn sweep(&self, dry_run: bool) -> Vec<usize> {
        let options = WriteOptions { dry_run, ..WriteOptions::by(Actor::sweep()) };
        let mut sweep = self.orders.sweep(None, options).expect("a sweep");
        let mut ended = Vec::new();
        while let Some(part) = sweep.batch().await.expect("a part of a sweep") {
            assert_eq!(part.failed, []);
            let place = |id: &String| self.names.orders.iter().position(|name| name == id);
            ended.extend(part.expired.iter().map(|order| place(&order.id).expect("a known order")));
        }
        ended
    }

    /// What is there now of what was asked about; none where it may be gone.
    pub(super) async fn shown(&self, what: &What) -> Option<Value> {
        match what {
            What::Create { sku, .. } => Some(json(self.products.get(sku, Audience::Staff).await.unwrap())),
            What::Stock { sku, .. } => Some(json(self.inventory.get(sku).await.unwrap())),
            What::Step { order, .. } => {
                Some(json(self.orders.get(&self.order(*order), Scope::All).await.unwrap()))
            }
            What::Place { .. } => {
                let newest = self.names.orders.last().expect("an order");
                Some(json(self.orders.get(newest, Scope::All).await.unwrap()))
            }
            What::Change { .. }
            | What::DeleteProduct { .. }
            | What::DeleteStock { .. }
            | What::DeleteOrder { .. } => None,
        }
    }

    /// What an order is called; a number that none has where there is none.
    fn order(&self, pick: Pick) -> String {
        match pick {
            Pick::At(Some(index)) => self.names.orders[index].clone(),
            _ => "999999".to_owned(),
        }
    }

    async fn pass_on(&self, what: &What, options: &WriteOptions, before: &Model) -> Result<Value, Error> {
        match what {
            What::Create { sku, price, currency, status, stock } => {
                let new = NewProduct {
                    sku: (*sku).to_owned(),
                    name: (*sku).to_owned(),
                    price: price.to_string(),
                    currency: Some((*currency).to_owned()),
                    status: Some((*status).to_owned()),
                    stock: *stock,
                    ..NewProduct::default()
                };
                self.products.create(new, options).await.map(json)
            }
            What::Change { sku, change } => self.change(sku, change, options).await,
            What::DeleteProduct { sku } => self.products.delete(sku, options).await.map(json),
            What::Stock { sku, change } => self.stock(sku, change, options).await,
            What::DeleteStock { sku } => self.inventory.delete(sku, options).await.map(json),
            What::Place { lines, reference, hold } => {
                let item = |&(sku, quantity): &(&str, i64)| OrderItem { product: sku.to_owned(), quantity };
                let new = NewOrder {
                    email: Some("ada@example.com".to_owned()),
                    items: lines.iter().map(item).collect(),
                    external_ref: reference.map(str::to_owned),
                    hold: hold.map(Duration::from_secs),
                    ..NewOrder::default()
                };
                self.orders.place(new, options).await.map(json)
            }
            What::Step { order, step } => self.step(*order, step, options, before).await,
            What::DeleteOrder { order } => self.orders.delete(&self.order(*order), options).await.map(json),
        }
    }

    async fn change(&self, sku: &str, change: &Change, options: &WriteOptions) -> Result<Value, Error> {
        let mut to = ProductChange::default();
        match change {
            Change::Status(status) => {
                let status = status.parse().expect("a status");
                return self.products.set_status(sku, status, options).await.map(json);
            }
            Change::Price(price, currency) => {
                (to.price, to.currency) = (Some(price.to_string()), Some((*currency).to_owned()));
            }
            Change::Name(name) => to.name = Some((*name).to_owned()),
            Change::Sku(sku) => to.sku = Some((*sku).to_owned()),
        }
        self.products.update(sku, &to, options).await.map(json)
    }

    async fn stock(&self, sku: &str, change: &StockDo, options: &WriteOptions) -> Result<Value, Error> {
        let note = |low: &Low| StockNote {
            reason: Some("counted".to_owned()),
            low_stock_at: match low {
                Low::Keep => Patch::Keep,
                Low::Clear => Patch::Clear,
                Low::Set(count) => Patch::Set(*count),
            },
            ..StockNote::default()
        };
        let plain = note(&Low::Keep);
        let stock = match change {
            StockDo::Create(quantity) => self.inventory.create(sku, *quantity, &plain, options).await,
            StockDo::Adjust(delta) => self.inventory.adjust(sku, *delta, &plain, options).await,
            StockDo::Receive { quantity, low } => {
                self.inventory.receive(sku, *quantity, &note(low), options).await
            }
            StockDo::Set { to, expected, low } => {
                let expected = if let Guess::Is(expected) = expected { Some(*expected) } else { None };
                self.inventory.set(sku, *to, expected, &note(low), options).await
            }
        };
        stock.map(json)
    }

    async fn step(
        &self,
        pick: Pick,
        step: &Step,
        options: &WriteOptions,
        before: &Model,
    ) -> Result<Value, Error> {
        let id = self.order(pick);
        let items = |pieces: &Option<Vec<Piece>>| {
            let item = |piece: &Piece| OrderItem {
                product: before.line_sku(pick, piece.line).to_owned(),
                quantity: piece.quantity,
            };
            pieces.as_ref().map(|pieces| pieces.iter().map(item).collect())
        };
        let action = match step {
            Step::Word { word, note } => {
                let note = Patch::from_flag(note.map(str::to_owned));
                let change = OrderChange { status: Some((*word).to_owned()), note, reason: None };
                return self.orders.update(&id, &change, Scope::All, options).await.map(json);
            }
            Step::Note(note) => return self.orders.set_note(&id, Some(note), options).await.map(json),
            Step::Pay => OrderAction::Pay,
            Step::Deliver => OrderAction::Deliver,
            Step::Expire => OrderAction::Expire,
            Step::Ship(pieces) => OrderAction::Ship { items: items(pieces), tracking: None },
            Step::Cancel(pieces) => OrderAction::Cancel { items: items(pieces) },
            Step::Return { items: pieces, restock } => {
                OrderAction::Return { items: items(pieces), restock: *restock }
            }
            Step::Refund(amount) => OrderAction::Refund { amount: amount.map(|amount| amount.to_string()) },
        };
        self.orders.act(&id, &action, None, Scope::All, options).await.map(json)
    }
}

fn json(view: impl Serialize) -> Value {
    serde_json::to_value(view).expect("a view is JSON")
}

//! Orders in files.
//!
//! An order from elsewhere is a fact: it is taken as it stands, with its prices, whether or not its products are still on sale. Only what
//! is neither sent nor given up touches stock, as the [policy] says. Batches are written one after the other, so that who comes first in
//! the file is served first.

mod build;
mod change;
mod policy;
mod progress;
mod rehearsal;
mod row;
mod there;

pub use policy::StockPolicy;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use serde_json::Value as Json;

use self::build::{Known, Told, build};
use self::change::change;
use self::rehearsal::Rehearsal;
use self::row::OrderRow;
use self::there::There;
use super::noun::{By, Change, Decided, Decision, Noun, UndoRow, Undone, taken_back, told};
use super::report::refusal;
use crate::domain::id::OrderId;
use crate::domain::import::{Import, ImportMode};
use crate::domain::inventory::{MovementContext, StockEffect};
use crate::domain::key::{OrderKey, ProductKey, UserKey};
use crate::domain::order::Order;
use crate::domain::text::Reference;
use crate::files::Record;
use crate::service::error::{Error, Problem, Result};
use crate::service::view::OrderView;
use crate::store::{ImportWrite, RecordedOrder, RowOutcome, Store, StoreError};

/// Orders, by the reference that another system gave them, or by number.
pub(super) struct OrderNoun {
    store: Arc<dyn Store>,
    import: Import,
    policy: StockPolicy,
    /// Whether changes are shown, for a plan.
    shows: bool,
    by: By,
    rehearsal: Rehearsal,
    /// Orders whose stated total is not that of their lines.
    other_totals: AtomicU64,
}

impl OrderNoun {
    pub(super) fn new(store: Arc<dyn Store>, import: Import, shows: bool, by: By) -> Self {
        let policy = StockPolicy::of(&import);
        let (rehearsal, other_totals) = (Rehearsal::default(), AtomicU64::new(0));
        Self { store, import, policy, shows, by, rehearsal, other_totals }
    }

    fn context(&self, order: OrderId) -> MovementContext {
        MovementContext { order_id: Some(order), ..self.by.context(&self.import, None) }
    }

    /// What records name, as the store holds it.
    async fn known(&self, rows: &[(u64, OrderRow)]) -> Result<Known> {
        let lines = || rows.iter().flat_map(|(_, row)| &row.lines);
        let mut products: Vec<ProductKey> =
            lines().filter_map(|line| line.product).map(ProductKey::Id).collect();
        products.extend(lines().filter_map(|line| line.sku.clone()).map(ProductKey::Sku));
        let mut users: Vec<UserKey> =
            rows.iter().filter_map(|(_, row)| row.user.clone().into_set()).collect();
        let addresses = rows.iter().filter(|(_, row)| row.user.is_keep());
        users.extend(addresses.filter_map(|(_, row)| row.email.clone()).map(UserKey::Email));
        let products = self.store.find_products(&products).await.map_err(Error::from_store)?;
        let users = self.store.find_users(&users).await.map_err(Error::from_store)?;
        Ok(Known::new(products, users))
    }

    /// The orders that are there of these rows.
    async fn there(&self, rows: &[(u64, OrderRow)]) -> Result<There> {
        let ids = rows.iter().filter_map(|(_, row)| row.kept.id).map(OrderKey::Id);
        let numbers = rows.iter().filter_map(|(_, row)| row.number).map(OrderKey::Number);
        let keys: Vec<OrderKey> = ids.chain(numbers).collect();
        let references: Vec<Reference> =
            rows.iter().filter_map(|(_, row)| row.external_ref.clone()).collect();
        let found = self.store.find_orders(&keys, &references).await.map_err(Error::from_store)?;
        Ok(There::new(found))
    }

    fn create(&self, ordinal: u64, row: &OrderRow, known: &Known) -> Decision {
        let (kept, keeps_number) = (row.kept.id, row.number.is_some());
        let keeps_version = row.kept.version.is_some();
        let id = kept.unwrap_or_else(|| OrderId::from_uuid(self.import.uuid_of(ordinal)));
        let told = Told { id, at: self.import.started_at, actor: &self.by.actor };
        let (order, other_total) = match build(row, known, &told) {
            Ok(built) => built,
            Err(problems) => return Decision::Reject(problems),
        };
        let stock = order.reservations();
        if self.policy == StockPolicy::Bypass && !stock.is_empty() {
            let detail = "it still has pieces to send, which --stock bypass cannot reserve; --stock obey does, --set status=delivered says that they are sent";
            return reject("/status", "open_order", detail.to_owned());
        }
        if other_total {
            self.other_totals.fetch_add(1, Ordering::Relaxed);
        }
        let undo = if kept.is_none() && !keeps_version {
            UndoRow::Made(ordinal)
        } else {
            UndoRow::Brought(id.to_string(), order.version.get())
        };
        let shown = self.shows.then(|| (Json::Null, shown(&order)));
        let context = self.context(id);
        let cover = self.policy == StockPolicy::Force;
        let recorded = RecordedOrder { order, keeps_number, stock, cover, context };
        let write = ImportWrite::RecordOrder(Box::new(recorded));
        Decision::Create(Box::new(Change { write, undo, shown }))
    }

    fn change(&self, row: &OrderRow, before: &Order, known: &Known) -> Decision {
        let changed = change(row, before, known, self.import.started_at, &self.by.actor);
        let (after, effects) = match changed {
            Ok(Some(changed)) => changed,
            Ok(None) => return Decision::Unchanged,
            Err(problems) => return Decision::Reject(problems),
        };
        if self.policy == StockPolicy::Bypass && !effects.is_empty() {
            let detail =
                format!("order {} has stock reserved, which --stock bypass leaves alone", before.number);
            return reject("/status", "open_order", detail);
        }
        let undo = UndoRow::Changed(after.id.to_string(), after.version.get(), Json::Null);
        let shown = self.shows.then(|| (shown(before), shown(&after)));
        let context = self.context(after.id);
        let write = ImportWrite::BringOrder(Box::new(after), effects, context);
        Decision::Update(Box::new(Change { write, undo, shown }))
    }

    fn decide_one(&self, ordinal: u64, row: &OrderRow, there: &There, known: &Known) -> Decided {
        let found = match there.find(row) {
            Ok(found) => found,
            Err(problem) => return Decided { found: None, decision: Decision::Reject(vec![problem]) },
        };
        let decision = match (found, self.import.mode) {
            (None, ImportMode::Update) => {
                reject("/external_ref", "order_not_found", format!("order {:?} does not exist", row.key))
            }
            (None, _) => self.create(ordinal, row, known),
            (Some(order), ImportMode::Insert) => reject(
                "/external_ref",
                "order_exists",
                format!("it is here already, as order {}", order.number),
            ),
            (Some(order), ImportMode::Upsert | ImportMode::Update) => self.change(row, order, known),
        };
        Decided { found: found.map(|order| order.version.get()), decision }
    }

    /// Refuses what would find too little stock after the rows before it.
    async fn rehearse(&self, decided: &mut [Decided]) -> Result<()> {
        for one in decided {
            let effects: &[StockEffect] = match &one.decision {
                Decision::Create(change) | Decision::Update(change) => match &change.write {
                    ImportWrite::RecordOrder(recorded) => &recorded.stock,
                    ImportWrite::BringOrder(_, effects, _) => effects,
                    _ => &[],
                },
                Decision::Unchanged | Decision::Reject(_) => &[],
            };
            let unknown = self.rehearsal.unknown(effects);
            if !unknown.is_empty() {
                let found = self.store.find_stocks(&unknown).await.map_err(Error::from_store)?;
                self.rehearsal.learn(&unknown, &found);
            }
            if let Err(short) = self.rehearsal.apply(effects, self.policy == StockPolicy::Force) {
                let refused = RowOutcome::Refused(StoreError::Short(short));
                one.decision = Decision::Reject(refusal(&refused).into_iter().collect());
            }
        }
        Ok(())
    }
}

#[async_trait]
impl Noun for OrderNoun {
    type Row = OrderRow;

    fn parse(&self, record: &Record) -> std::result::Result<OrderRow, Vec<Problem>> {
        row::read(record)
    }

    fn key<'a>(&self, row: &'a OrderRow) -> &'a str {
        &row.key
    }

    fn needs_look(&self, _row: &OrderRow) -> bool {
        true
    }

    /// Who comes first is served first.
    fn at_once(&self) -> usize {
        1
    }

    fn begin_pass(&self, rehearsal: bool) {
        self.rehearsal.begin(rehearsal);
    }

    fn writes_blindly(&self) -> bool {
        false
    }

    async fn decide(&self, rows: Vec<(u64, OrderRow)>, _look: bool) -> Result<Vec<Decided>> {
        let known = self.known(&rows).await?;
        let there = self.there(&rows).await?;
        let decided = rows.iter().map(|(ordinal, row)| self.decide_one(*ordinal, row, &there, &known));
        let mut decided: Vec<Decided> = decided.collect();
        if self.rehearsal.is_on() {
            self.rehearse(&mut decided).await?;
        }
        Ok(decided)
    }

    fn remarks(&self) -> Vec<(String, u64)> {
        match self.other_totals.load(Ordering::Relaxed) {
            0 => Vec::new(),
            rows => vec![(
                "orders whose stated total is not the sum of their lines, which counts".to_owned(),
                rows,
            )],
        }
    }

    async fn undo(&self, import: &Import, row: &UndoRow) -> Result<Undone> {
        let (id, version, before) = row.thing(import, OrderId::from_uuid)?;
        let found = self.store.find_order(&OrderKey::Id(id)).await.map_err(Error::from_store)?;
        let Some(order) = found else { return Ok(Undone::Gone) };
        let number = order.number.to_string();
        if before.is_some() {
            let reason = "what an order has gone through is not taken back".to_owned();
            return Ok(Undone::Refused(number, reason));
        }
        if order.version.get() != version {
            return Ok(Undone::moved_on(number, order.version));
        }
        // What it has sent was not sent from here.
        let context = MovementContext { reason: taken_back(), ..self.context(id) };
        let stock = order.releases();
        let commit = self.by.commit();
        let done = told(self.store.delete_order(id, order.version, &stock, &context, commit).await)?;
        Ok(Undone::of(number, done))
    }
}

fn reject(pointer: &str, code: &'static str, detail: String) -> Decision {
    Decision::Reject(vec![Problem { pointer: pointer.to_owned(), code, detail }])
}

fn shown(order: &Order) -> Json {
    // Texts, numbers and lists of them always serialise.
    serde_json::to_value(OrderView::from(order)).unwrap_or_default()
}

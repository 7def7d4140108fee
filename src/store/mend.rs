//! Putting right what can be worked out from what is sound: what a repair would write, and the trait that writes it.

use async_trait::async_trait;

use super::{Account, Commit, Result};
use crate::domain::clock::Timestamp;
use crate::domain::id::{OrderId, ProductId, UserId};
use crate::domain::inventory::{Movement, MovementContext, MovementKind, StockLevel};
use crate::domain::sku::Sku;

/// What came of a repair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mended {
    /// Nothing was wrong any more, so nothing was written.
    Sound,
    /// This was written.
    Done(String),
    /// It cannot be worked out what should be there, for this reason; nothing was written.
    Cannot(String),
}

/// A stock record to write over what is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockMend {
    /// The SKU of the product.
    pub sku: Sku,
    /// The counts.
    pub level: StockLevel,
    /// What has to be added to the ledger so that it agrees with the open orders; 0 for nothing.
    pub reserved_delta: i64,
    /// Number of the last movement, the added one not counted.
    pub last_seq: i64,
    /// What is changed, in words.
    pub what: String,
}

impl StockMend {
    /// `seq` of the record afterwards.
    pub(super) fn seq(&self) -> i64 {
        self.last_seq + i64::from(self.reserved_delta != 0)
    }

    /// The movement to add, if any.
    pub(super) fn movement(&self, product_id: ProductId, context: &MovementContext) -> Option<Movement> {
        (self.reserved_delta != 0).then(|| Movement {
            product_id,
            seq: self.seq(),
            kind: if self.reserved_delta > 0 { MovementKind::Reserve } else { MovementKind::Release },
            on_hand_delta: 0,
            reserved_delta: self.reserved_delta,
            on_hand_after: self.level.on_hand(),
            reserved_after: self.level.reserved(),
            order_id: None,
            reason: context.reason.clone(),
            reference: context.reference.clone(),
            actor: context.actor.clone(),
            at: context.at,
        })
    }
}

/// What a repair of a product's stock comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StockPlan {
    /// Nothing is wrong.
    Sound,
    /// This is to be written.
    Write(Box<StockMend>),
    /// It cannot be told what should be there.
    Cannot(String),
}

/// Works out what the stock of a product should be.
///
/// The movements say what is on hand: nothing else records deliveries. The orders say what is reserved: a movement may have been
/// lost or added, the promise to a customer counts. Where the two disagree, a movement is added that brings the ledger to the orders.
pub fn plan_stock(account: &Account) -> StockPlan {
    let cannot = |why: String| StockPlan::Cannot(why);
    let chain = &account.chain;
    if let Some(fault) = &chain.first {
        return cannot(format!("the movements cannot be believed: {}", fault.detail));
    }
    let none = account.stock.is_none();
    if none && (chain.on_hand, chain.reserved, account.open) == (0, 0, 0) {
        return StockPlan::Sound;
    }
    let Some(sku) = account.sku.as_deref().and_then(|sku| sku.parse::<Sku>().ok()) else {
        return cannot("the product is gone or its SKU cannot be read".to_owned());
    };
    if let Some(order) = &account.doubtful {
        return cannot(format!("what order {order} holds cannot be told: its lines contradict themselves"));
    }
    let Ok(level) = StockLevel::new(chain.on_hand, account.open) else {
        return cannot(format!(
            "open orders hold {}, the movements lead to {} on hand: cancel orders or correct the stock first",
            account.open, chain.on_hand
        ));
    };
    let reserved_delta = account.open - chain.reserved;
    let mut mend = StockMend { sku, level, reserved_delta, last_seq: chain.seq, what: String::new() };
    mend.what = changes(account, &mend);
    if mend.what.is_empty() { StockPlan::Sound } else { StockPlan::Write(Box::new(mend)) }
}

fn changes(account: &Account, mend: &StockMend) -> String {
    let mut changes = Vec::new();
    if let Some(stock) = &account.stock {
        let mut count = |name: &str, before: Option<i64>, after: i64| {
            if before != Some(after) {
                let before = before.map_or("unreadable".to_owned(), |before| before.to_string());
                changes.push(format!("{name} {before} -> {after}"));
            }
        };
        count("on hand", stock.on_hand, mend.level.on_hand());
        count("reserved", stock.reserved, mend.level.reserved());
        count("seq", stock.seq, mend.seq());
        if stock.sku.as_deref() != Some(mend.sku.as_str())
            || stock.sku_norm.as_deref() != Some(mend.sku.norm())
        {
            changes.push("its SKU is that of the product".to_owned());
        }
        if changes.is_empty() && !stock.listed {
            changes.push("lists go by its counts".to_owned());
        }
    } else {
        let (on_hand, reserved) = (mend.level.on_hand(), mend.level.reserved());
        changes.push(format!("stock record made anew with {on_hand} on hand and {reserved} reserved"));
    }
    if mend.reserved_delta != 0 {
        changes.push(format!("movement {} added for the {:+} reserved", mend.seq(), mend.reserved_delta));
    }
    changes.join(", ")
}

/// Mends. Each method is one atomic step that looks at the damage again inside and writes nothing where there is none, so that a
/// sound store is never changed, however busy it is. A dry run says what the repair would.
#[async_trait]
pub trait Repair: Send + Sync {
    /// Brings a product's stock record to its movements and the open orders, see [`plan_stock`].
    async fn mend_stock(
        &self,
        product: ProductId,
        context: &MovementContext,
        commit: Commit,
    ) -> Result<Mended>;

    /// Writes anew what is kept beside an order although it follows from it. The version counts the write.
    async fn mend_order(&self, order: OrderId, at: Timestamp, commit: Commit) -> Result<Mended>;

    /// Files a product under its own SKU and texts. MUST fail with `Duplicate(Sku)` when another is filed there.
    async fn mend_product(&self, product: ProductId, at: Timestamp, commit: Commit) -> Result<Mended>;

    /// Files a user under their own address and texts. MUST fail with `Duplicate(Email)` when another is filed there.
    async fn mend_user(&self, user: UserId, at: Timestamp, commit: Commit) -> Result<Mended>;

    /// Brings the counter of order numbers up to the largest number that is there.
    async fn mend_numbering(&self, commit: Commit) -> Result<Mended>;
}

/// Which fields differ, for [`Mended::Done`]; empty when none does.
pub(super) fn differences(fields: &[(&str, Option<&str>, &str)]) -> String {
    let quiet = |name: &str| matches!(name, "search" | "email_norm");
    let told: Vec<String> = fields
        .iter()
        .filter(|(_, found, wanted)| *found != Some(*wanted))
        .map(|(name, found, wanted)| match found {
            // Addresses and texts are not for a log of repairs.
            _ if quiet(name) => format!("{name} written anew"),
            Some(found) => format!("{name} {found:?} -> {wanted:?}"),
            None => format!("{name} unreadable -> {wanted:?}"),
        })
        .collect();
    told.join(", ")
}

/// The same for an order.
pub(super) fn order_differences(found: &super::Derived, wanted: &super::Derived) -> String {
    let totals = (found.total.to_string(), wanted.total.to_string());
    let mut told = differences(&[
        ("status", Some(&found.status), &wanted.status),
        ("payment_status", Some(&found.payment_status), &wanted.payment_status),
        ("total", Some(&totals.0), &totals.1),
        (
            "email_norm",
            Some(found.email_norm.as_deref().unwrap_or_default()),
            wanted.email_norm.as_deref().unwrap_or_default(),
        ),
        ("search", Some(&found.search), &wanted.search),
    ]);
    if found.line_totals.is_some() && found.line_totals != wanted.line_totals {
        told.push_str(if told.is_empty() {
            "totals of lines written anew"
        } else {
            ", totals of lines written anew"
        });
    }
    told
}

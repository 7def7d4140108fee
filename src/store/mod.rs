//! Where things are kept: traits and the store's own error.
//!
//! One trait a resource, so that a service can be given exactly what it needs and no more. The docs of the
//! traits are the contract; `tests/contract` repeats their sentences as test names and runs them on every back
//! end. Only [`open`](open::open) knows which back ends there are.
//! [`Observed`] passes every method on and tells how it went: a new method has a line there too.
//!
//! Shared by all methods: a step that must be atomic is one method; what failed has changed nothing; what
//! returned `Ok` survives a crash. A future that is dropped does not stop the work it began, so that a client who hangs up
//! can never leave half a step behind.

mod audit;
mod auth;
mod crash;
mod error;
mod imports;
mod inventory;
mod log;
mod maintenance;
mod mend;
pub mod mongo;
mod observed;
pub mod open;
mod orders;
mod plan;
mod premises;
mod products;
mod receipt;
mod scratch;
mod search;
pub mod sqlite;
mod transfer;
mod tries;
mod users;

use std::sync::Arc;

use crate::domain::audit::AuditEntry;

pub use audit::{
    Account, Audit, Damage, Derived, Duplicate, Duplicates, Numbering, StoredLine, StoredMovement,
    StoredOrder, StoredProduct, StoredStock, StoredUser, Stretch,
};
pub use auth::{PublicKeyStore, SessionStore, SigningKeyStore, TokenUse};
pub use error::{Result, StoreError, Unique};
pub use imports::{
    BatchWrite, ImportBatch, ImportStore, ImportWrite, Pace, RecordBatch, RecordedOrder, RowOutcome,
};
pub use inventory::{AccountLimits, InventoryStore, Presence, StockAccount, StockChange};
pub use log::AuditLog;
pub use maintenance::{Check, Counts, Maintenance, PoolUse, StoreInfo};
pub use mend::{Mended, Repair, StockMend, StockPlan, plan_stock};
pub use observed::{Observed, Observer, Operation};
pub use orders::OrderStore;
pub use premises::{KnownCustomer, Premises};
pub use products::ProductStore;
pub use receipt::{Answer, Effect, KeptReceipt, Receipt, ReceiptStore};
pub use scratch::{Scratch, ScratchName, Scratches};
pub use transfer::{Things, Transfer};
pub use tries::TryStore;
pub use users::{UserLookup, UserStore, lookup_only};

/// Everything a store can do.
pub trait Store:
    UserStore
    + UserLookup
    + SessionStore
    + SigningKeyStore
    + TryStore
    + AuditLog
    + ProductStore
    + OrderStore
    + InventoryStore
    + ImportStore
    + Maintenance
    + Audit
    + Repair
    + Transfer
{
}

impl<T> Store for T where
    T: UserStore
        + SessionStore
        + SigningKeyStore
        + TryStore
        + AuditLog
        + ProductStore
        + OrderStore
        + InventoryStore
        + ImportStore
        + Maintenance
        + Audit
        + Repair
        + Transfer
{
}

/// Whether a write is to last.
///
/// A dry run makes every check of the real write against the same data and leaves nothing behind; it fails
/// exactly as the write would.
#[derive(Debug, Clone)]
pub enum Commit {
    /// Keep it.
    Keep,
    /// Keep it with this receipt, in one transaction. MUST fail with `Duplicate(Request)`, before anything else, when there is
    /// one that is not forgotten.
    Once(Arc<Receipt>),
    /// Keep it with these rows of the audit log, and the receipt of its request where there is one, in one transaction. On a server
    /// without transactions the rows follow the effect.
    Logged(Arc<[AuditEntry]>, Option<Arc<Receipt>>),
    /// Check it only.
    DryRun,
}

impl Commit {
    /// Whether nothing is to be kept.
    pub fn is_dry_run(&self) -> bool {
        matches!(self, Self::DryRun)
    }

    /// What is to be kept beside the effect.
    pub fn receipt(&self) -> Option<&Receipt> {
        match self {
            Self::Once(receipt) | Self::Logged(_, Some(receipt)) => Some(receipt),
            Self::Keep | Self::Logged(_, None) | Self::DryRun => None,
        }
    }

    /// The rows of the audit log that tell of it.
    pub fn log(&self) -> &[AuditEntry] {
        match self {
            Self::Logged(entries, _) => entries,
            Self::Keep | Self::Once(_) | Self::DryRun => &[],
        }
    }

    /// The same with these rows of the audit log. A dry run leaves none.
    #[must_use]
    pub fn logging(self, entries: Vec<AuditEntry>) -> Self {
        match self {
            _ if entries.is_empty() => self,
            Self::DryRun => Self::DryRun,
            Self::Keep => Self::Logged(entries.into(), None),
            Self::Once(receipt) => Self::Logged(entries.into(), Some(receipt)),
            Self::Logged(before, receipt) => {
                Self::Logged(before.iter().cloned().chain(entries).collect(), receipt)
            }
        }
    }

    /// Whether something is written beside the effect, so that it takes a transaction.
    pub fn has_company(&self) -> bool {
        self.receipt().is_some() || !self.log().is_empty()
    }
}

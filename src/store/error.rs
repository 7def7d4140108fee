//! What can go wrong in a store, told apart by what the caller can do about it.

use thiserror::Error;

use crate::domain::id::ProductId;
use crate::domain::inventory::{Shortage, StockRefusal};
use crate::domain::number::Version;
use crate::domain::sku::Sku;

/// A store's result.
pub type Result<T> = std::result::Result<T, StoreError>;

/// What must be unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unique {
    /// The normalised address of a user.
    Email,
    /// The normalised SKU of a product.
    Sku,
    /// The number of an order.
    OrderNumber,
    /// Another system's name for an order.
    ExternalRef,
    /// The one stock record of a product.
    StockRecord,
    /// The receipt of a request: it was done before.
    Request,
    /// A batch of an import: it was written before.
    ImportBatch,
    /// An id: two generators collided, or an insert was repeated.
    Id,
}

/// Why a store did not do what it was asked. Whatever the reason, nothing was changed, except that after
/// [`Unavailable`](Self::Unavailable) and [`Timeout`](Self::Timeout) it may not be known whether a write was done.
#[derive(Debug, Clone, Error)]
pub enum StoreError {
    /// Something unique is already there.
    #[error("{0:?} is taken")]
    Duplicate(Unique),
    /// The document has another version, or is gone.
    #[error("the version is stale")]
    Stale {
        /// The version found; none when the document is gone.
        current: Option<Version>,
    },
    /// An order wants more than is there: every product that is short, in product order.
    #[error("not enough stock")]
    Short(Vec<Shortage>),
    /// A stock operation was refused by its guard.
    #[error("SKU {sku}: {refusal}")]
    Refused {
        /// Of which SKU.
        sku: Sku,
        /// Why.
        refusal: StockRefusal,
    },
    /// These products of an order are no longer there or not active.
    #[error("not on sale")]
    NotOnSale(Vec<ProductId>),
    /// Something else needs it: what, as words for people (`"3 orders"`).
    #[error("still referenced by {0}")]
    Referenced(String),
    /// A standalone MongoDB server cannot run the transaction that this step needs.
    #[error("this MongoDB server is standalone and has no transactions")]
    NeedsReplicaSet,
    /// Cannot be reached, is locked or shut down. The hint says what a person can do next.
    #[error("{detail}")]
    Unavailable {
        /// What happened.
        detail: String,
        /// What to do next.
        hint: Option<String>,
    },
    /// Took longer than its deadline.
    #[error("the store did not answer in time")]
    Timeout,
    /// The database refuses the credentials, or they may not do this.
    #[error("{0}")]
    Denied(String),
    /// Written by a newer shopctl.
    #[error("the store has schema {found}, this program knows {known}")]
    NewerSchema {
        /// Of the store.
        found: i64,
        /// Of this program.
        known: i64,
    },
    /// The URL or path does not name a store.
    #[error("{0}")]
    BadUrl(String),
    /// A stored document breaks a rule: damaged, or written by another program.
    #[error("{collection} {key}: {field}: {detail}")]
    Corrupt {
        /// In which collection or table.
        collection: &'static str,
        /// Of which document.
        key: String,
        /// Which field.
        field: &'static str,
        /// What is wrong with it.
        detail: String,
    },
    /// A bug here or in the store.
    #[error("{0}")]
    Internal(String),
}

impl StoreError {
    /// What kind of failure it is, in a word: for counts.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Duplicate(_) => "duplicate",
            Self::Stale { .. } => "stale",
            Self::Short(_) => "short",
            Self::Refused { .. } => "refused",
            Self::NotOnSale(_) => "not_on_sale",
            Self::Referenced(_) => "referenced",
            Self::NeedsReplicaSet => "needs_replica_set",
            Self::Unavailable { .. } => "unavailable",
            Self::Timeout => "timeout",
            Self::Denied(_) => "denied",
            Self::NewerSchema { .. } => "newer_schema",
            Self::BadUrl(_) => "bad_url",
            Self::Corrupt { .. } => "corrupt",
            Self::Internal(_) => "internal",
        }
    }
}

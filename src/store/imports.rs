//! Imports: what was done of a file, batch by batch.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use super::{Result, StockChange, StoreError};
use crate::domain::audit::AuditEntry;
use crate::domain::id::ImportId;
use crate::domain::import::{Import, ImportFilter, ImportSort, ImportState, Tally};
use crate::domain::inventory::{MovementContext, StockEffect, StockOp};
use crate::domain::order::Order;
use crate::domain::page::{Page, PageRequest};
use crate::domain::product::Product;
use crate::domain::user::User;

/// What is to be written for one row of a file. Its guards are those of the single writes.
#[derive(Debug, Clone)]
pub enum ImportWrite {
    /// A new product, with its first stock if there is an opening.
    InsertProduct(Box<Product>, Option<(StockOp, MovementContext)>),
    /// A product over its version before (`product.version − 1`), with the same SKU.
    ReplaceProduct(Box<Product>),
    /// A new user, with the rows of the audit log that tell of it.
    InsertUser(Box<User>, Vec<AuditEntry>),
    /// A user over its version before (`user.version − 1`), with the rows of the audit log that tell of it.
    ReplaceUser(Box<User>, Vec<AuditEntry>),
    /// A change of stock.
    ChangeStock(Box<StockChange>),
    /// A new order, as it stands.
    RecordOrder(Box<RecordedOrder>),
    /// An order over its version before (`order.version − 1`), with what that does to stock.
    BringOrder(Box<Order>, Vec<StockEffect>, MovementContext),
}

/// An order that was placed elsewhere, or in another store.
#[derive(Debug, Clone)]
pub struct RecordedOrder {
    /// The order. Whether its products are on sale does not matter: it was placed.
    pub order: Order,
    /// Whether it keeps its number, above which all later ones are then given; otherwise the store gives it one.
    pub keeps_number: bool,
    /// What it takes from stock.
    pub stock: Vec<StockEffect>,
    /// Whether what is missing is put on hand first.
    pub cover: bool,
    /// Who, when and why.
    pub context: MovementContext,
}

/// What a write came to in its transaction.
#[derive(Debug, Clone)]
pub enum RowOutcome {
    /// It was done.
    Written,
    /// What the transaction read does not allow it; this row left no trace and the others of the batch stand.
    Refused(StoreError),
}

/// What is kept of a batch that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportBatch {
    /// Which one, from 0 up.
    pub number: u64,
    /// What became of its rows.
    pub tally: Tally,
    /// What it takes to take the batch back, in the words of whoever wrote it.
    pub undo: String,
}

/// What to keep of a batch once it is known what its writes came to; the outcomes stand in the order of the writes.
pub type RecordBatch = Arc<dyn Fn(&[RowOutcome]) -> (Tally, String) + Send + Sync>;

/// The rows of one batch.
#[derive(Clone)]
pub struct BatchWrite {
    /// Of which import.
    pub import: ImportId,
    /// Which one, from 0 up.
    pub number: u64,
    /// In the order of the file. No two are of the same thing; each finds the stock that those before it have left.
    pub writes: Vec<ImportWrite>,
    /// What to keep of it.
    pub record: RecordBatch,
}

impl fmt::Debug for BatchWrite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchWrite")
            .field("import", &self.import)
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}

/// How a store is best given the rows of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// How many make a batch.
    pub rows: u32,
    /// How many batches are under way at once.
    pub in_flight: usize,
}

/// Keeps imports, and writes their rows.
#[async_trait]
pub trait ImportStore: Send + Sync {
    /// How it is best given the rows of a file.
    fn import_pace(&self) -> Pace;

    /// Records an import that begins.
    async fn begin_import(&self, import: &Import) -> Result<()>;

    /// Writes what became of an import over what was recorded when it began. MUST fail with `Stale` unless it is there in the state
    /// `from`: of two that end it at once, one does.
    async fn end_import(&self, import: &Import, from: ImportState) -> Result<()>;

    /// Returns `None` when there is no such import.
    async fn find_import(&self, id: ImportId) -> Result<Option<Import>>;

    /// The last import that goes by this [`once`](Import::once) and was not taken back.
    async fn find_import_once(&self, once: &str) -> Result<Option<Import>>;

    /// One page of the imports that match.
    async fn list_imports(
        &self,
        filter: &ImportFilter,
        page: &PageRequest<ImportSort>,
    ) -> Result<Page<Import>>;

    /// Writes the rows of a batch and the record of the batch, all or none, and returns what each row came to.
    ///
    /// MUST fail with `Duplicate(ImportBatch)` when this batch was written before, and with `Duplicate` or `Stale` when one of its
    /// things is not as it was when the batch was decided: then nothing is written, and the batch is to be decided anew.
    async fn write_import(&self, batch: BatchWrite) -> Result<Vec<RowOutcome>>;

    /// At most `limit` batches of an import in the order of their numbers, from the number `from` on; without what it takes to take
    /// them back, which is left empty.
    async fn import_batches(&self, id: ImportId, from: u64, limit: usize) -> Result<Vec<ImportBatch>>;

    /// A batch with everything. Returns `None` when it was not written.
    async fn find_import_batch(&self, id: ImportId, number: u64) -> Result<Option<ImportBatch>>;
}

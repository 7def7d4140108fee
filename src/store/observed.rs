//! A store that tells how its operations went.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;

use super::{
    Account, AccountLimits, Audit, AuditLog, BatchWrite, Check, Commit, Duplicates, ImportBatch, ImportStore,
    InventoryStore, KeptReceipt, Maintenance, Mended, Numbering, OrderStore, Pace, PoolUse, Premises,
    ProductStore, PublicKeyStore, Receipt, ReceiptStore, Repair, Result, RowOutcome, SessionStore,
    SigningKeyStore, StockAccount, StockChange, Store, StoreError, StoreInfo, StoredMovement, StoredOrder,
    StoredProduct, StoredStock, StoredUser, Stretch, Things, TokenUse, Transfer, TryStore, Unique, UserStore,
};
use crate::domain::audit::AuditEntry;
use crate::domain::backoff::Patience;
use crate::domain::clock::Timestamp;
use crate::domain::id::{ImportId, KeyId, OrderId, ProductId, SessionId, UserId};
use crate::domain::import::{Import, ImportFilter, ImportSort, ImportState};
use crate::domain::inventory::{
    Movement, MovementContext, StockEffect, StockFilter, StockItem, StockOp, StockSort,
};
use crate::domain::key::{OrderKey, ProductKey, UserKey};
use crate::domain::number::{OrderNumber, Version};
use crate::domain::order::{EndedHold, Order, OrderFilter, OrderSort};
use crate::domain::page::{Page, PageRequest};
use crate::domain::product::{Product, ProductFilter, ProductSort};
use crate::domain::session::{PublicKey, RefreshToken, SigningKey};
use crate::domain::text::Reference;
use crate::domain::user::{User, UserFilter, UserSort};

/// An operation that has ended. The name is that of the trait's method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation {
    /// Which.
    pub name: &'static str,
    /// `ok`, `dry_run`, or in a word why not (`stale`, `unavailable`).
    pub outcome: &'static str,
    /// How long it took.
    pub took: Duration,
}

/// Who is told.
pub type Observer = Arc<dyn Fn(Operation) + Send + Sync>;

/// Hands every operation on to a store, and tells somebody once it has ended. Nothing of what is read or written is told.
pub struct Observed {
    store: Arc<dyn Store>,
    observer: Observer,
}

impl Observed {
    /// This store, watched by `observer`.
    pub fn new(store: Arc<dyn Store>, observer: Observer) -> Self {
        Self { store, observer }
    }

    async fn watch<T: Outcome>(&self, name: &'static str, dry_run: bool, work: impl Future<Output = T>) -> T {
        let begun = Instant::now();
        let result = work.await;
        let outcome = match result.failure() {
            Some(failure) => failure,
            None if dry_run => "dry_run",
            None => "ok",
        };
        (self.observer)(Operation { name, outcome, took: begun.elapsed() });
        result
    }
}

/// Whether it went well, whatever came of it.
trait Outcome {
    fn failure(&self) -> Option<&'static str>;
}

impl<T> Outcome for Result<T> {
    fn failure(&self) -> Option<&'static str> {
        self.as_ref().err().map(StoreError::kind)
    }
}

impl Outcome for () {
    fn failure(&self) -> Option<&'static str> {
        None
    }
}

/// Implements traits of a store by passing each method on. A method that ends with a [`Commit`] may be a dry run.
macro_rules! passed_on {
    ($($trait:ident { $(fn $name:ident($($arg:ident: $type:ty),* $(; $commit:ident)?) -> $out:ty;)* })*) => {$(
        #[async_trait]
        impl $trait for Observed {
            $(async fn $name(&self, $($arg: $type,)* $($commit: Commit)?) -> $out {
                let dry_run = false $(|| $commit.is_dry_run())?;
                self.watch(stringify!($name), dry_run, self.store.$name($($arg,)* $($commit)?)).await
            })*
        }
    )*};
}

passed_on! {
    UserStore {
        fn insert_user(user: &User; commit) -> Result<()>;
        fn find_user(key: &UserKey) -> Result<Option<User>>;
        fn find_users(keys: &[UserKey]) -> Result<Vec<User>>;
        fn list_users(filter: &UserFilter, page: &PageRequest<UserSort>) -> Result<Page<User>>;
        fn replace_user(user: &User; commit) -> Result<()>;
        fn delete_user(id: UserId, version: Version; commit) -> Result<()>;
    }
    SessionStore {
        fn insert_refresh_token(token: &RefreshToken) -> Result<()>;
        fn take_refresh_token(hash: &str, at: Timestamp) -> Result<TokenUse>;
        fn revoke_family(family: SessionId) -> Result<()>;
        fn revoke_sessions_of(user: UserId) -> Result<()>;
        fn purge_refresh_tokens(before: Timestamp) -> Result<u64>;
    }
    PublicKeyStore {
        fn public_keys() -> Result<Vec<PublicKey>>;
    }
    SigningKeyStore {
        fn current_signing_key() -> Result<Option<SigningKey>>;
        fn insert_first_signing_key(key: &SigningKey) -> Result<()>;
        fn insert_signing_key(key: &SigningKey; commit) -> Result<()>;
        fn note_token(key: KeyId, until: Timestamp) -> Result<bool>;
        fn remove_signing_key(key: KeyId; commit) -> Result<()>;
    }
    TryStore {
        fn take_try(key: &str, patience: &Patience, at: Timestamp) -> Result<Option<Timestamp>>;
        fn give_back_try(key: &str, at: Timestamp) -> Result<()>;
        fn forget_tries(key: &str) -> Result<()>;
    }
    AuditLog {
        fn log(entries: &[AuditEntry]) -> Result<()>;
        fn read_log(limit: usize) -> Result<Vec<AuditEntry>>;
    }
    ReceiptStore {
        fn find_receipt(id: &str, at: Timestamp) -> Result<Option<KeptReceipt>>;
        fn keep_receipt(receipt: &Receipt) -> Result<()>;
    }
    ProductStore {
        fn insert_product(product: &Product, opening: Option<&(StockOp, MovementContext)>; commit) -> Result<()>;
        fn find_product(key: &ProductKey) -> Result<Option<Product>>;
        fn find_products(keys: &[ProductKey]) -> Result<Vec<Product>>;
        fn list_products(filter: &ProductFilter, page: &PageRequest<ProductSort>) -> Result<Page<Product>>;
        fn replace_product(product: &Product; commit) -> Result<()>;
        fn delete_product(id: ProductId, version: Version, context: &MovementContext; commit) -> Result<()>;
    }
    OrderStore {
        fn place_order(order: &Order, premises: &Premises, context: &MovementContext; commit) -> Result<OrderNumber>;
        fn find_order(key: &OrderKey) -> Result<Option<Order>>;
        fn find_orders(keys: &[OrderKey], references: &[Reference]) -> Result<Vec<Order>>;
        fn list_orders(filter: &OrderFilter, page: &PageRequest<OrderSort>) -> Result<Page<Order>>;
        fn ended_holds(at: Timestamp, after: Option<EndedHold>, limit: usize) -> Result<Page<EndedHold>>;
        fn step_order(order: &Order, stock: &[StockEffect], context: &MovementContext; commit) -> Result<()>;
        fn delete_order(id: OrderId, version: Version, stock: &[StockEffect], context: &MovementContext; commit) -> Result<()>;
    }
    InventoryStore {
        fn find_stock(product: ProductId) -> Result<Option<StockItem>>;
        fn find_stocks(products: &[ProductId]) -> Result<Vec<StockItem>>;
        fn list_stock(filter: &StockFilter, page: &PageRequest<StockSort>) -> Result<Page<StockItem>>;
        fn stock_account(product: ProductId, limits: AccountLimits) -> Result<StockAccount>;
        fn change_stock(change: &StockChange; commit) -> Result<StockItem>;
        fn delete_stock(product: ProductId, version: Version, context: &MovementContext; commit) -> Result<()>;
        fn list_movements(product: ProductId, after_seq: Option<i64>, newest_first: bool, limit: usize) -> Result<Page<Movement>>;
    }
    Audit {
        fn stored_users(after: Option<&str>, limit: usize) -> Result<Stretch<StoredUser>>;
        fn stored_products(after: Option<&str>, limit: usize) -> Result<Stretch<StoredProduct>>;
        fn stored_orders(after: Option<&str>, limit: usize) -> Result<Stretch<StoredOrder>>;
        fn stored_stock(after: Option<&str>, limit: usize) -> Result<Stretch<StoredStock>>;
        fn stored_movements(after: Option<&str>, limit: usize) -> Result<Stretch<StoredMovement>>;
        fn account(product: ProductId) -> Result<Account>;
        fn duplicates(of: Unique) -> Result<Duplicates>;
        fn numbering() -> Result<Numbering>;
    }
    Transfer {
        fn movements_after(after: Option<(ProductId, i64)>, limit: usize) -> Result<Vec<Movement>>;
        fn last_movement() -> Result<Option<Movement>>;
        fn put_things(things: Things) -> Result<()>;
        fn set_order_number(last: i64) -> Result<()>;
        fn transfer_mark() -> Result<Option<String>>;
        fn set_transfer_mark(mark: Option<&str>) -> Result<()>;
    }
    Repair {
        fn mend_stock(product: ProductId, context: &MovementContext; commit) -> Result<Mended>;
        fn mend_order(order: OrderId, at: Timestamp; commit) -> Result<Mended>;
        fn mend_product(product: ProductId, at: Timestamp; commit) -> Result<Mended>;
        fn mend_user(user: UserId, at: Timestamp; commit) -> Result<Mended>;
        fn mend_numbering(; commit) -> Result<Mended>;
    }
}

#[async_trait]
impl ImportStore for Observed {
    fn import_pace(&self) -> Pace {
        self.store.import_pace()
    }

    async fn begin_import(&self, import: &Import) -> Result<()> {
        self.watch("begin_import", false, self.store.begin_import(import)).await
    }

    async fn end_import(&self, import: &Import, from: ImportState) -> Result<()> {
        self.watch("end_import", false, self.store.end_import(import, from)).await
    }

    async fn find_import(&self, id: ImportId) -> Result<Option<Import>> {
        self.watch("find_import", false, self.store.find_import(id)).await
    }

    async fn find_import_once(&self, once: &str) -> Result<Option<Import>> {
        self.watch("find_import_once", false, self.store.find_import_once(once)).await
    }

    async fn list_imports(
        &self,
        filter: &ImportFilter,
        page: &PageRequest<ImportSort>,
    ) -> Result<Page<Import>> {
        self.watch("list_imports", false, self.store.list_imports(filter, page)).await
    }

    async fn write_import(&self, batch: BatchWrite) -> Result<Vec<RowOutcome>> {
        self.watch("write_import", false, self.store.write_import(batch)).await
    }

    async fn import_batches(&self, id: ImportId, from: u64, limit: usize) -> Result<Vec<ImportBatch>> {
        self.watch("import_batches", false, self.store.import_batches(id, from, limit)).await
    }

    async fn find_import_batch(&self, id: ImportId, number: u64) -> Result<Option<ImportBatch>> {
        self.watch("find_import_batch", false, self.store.find_import_batch(id, number)).await
    }
}

#[async_trait]
impl Maintenance for Observed {
    async fn info(&self) -> Result<StoreInfo> {
        self.watch("info", false, self.store.info()).await
    }

    async fn init(&self) -> Result<()> {
        self.watch("init", false, self.store.init()).await
    }

    async fn check_structure(&self) -> Result<Vec<Check>> {
        self.watch("check_structure", false, self.store.check_structure()).await
    }

    async fn ping(&self) -> Result<()> {
        self.watch("ping", false, self.store.ping()).await
    }

    async fn close(&self) {
        self.watch("close", false, self.store.close()).await;
    }

    fn pool(&self) -> PoolUse {
        self.store.pool()
    }
}

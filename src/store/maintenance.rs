//! The store itself: what it is, whether it is sound, getting it ready, letting go of it.

use async_trait::async_trait;

use super::Result;

/// How many documents there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Users.
    pub users: u64,
    /// Products.
    pub products: u64,
    /// Orders.
    pub orders: u64,
    /// Stock records.
    pub inventory: u64,
    /// Stock movements.
    pub stock_movements: u64,
}

/// What a store says of itself. Nothing in it is secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreInfo {
    /// `sqlite` or `mongodb`.
    pub kind: &'static str,
    /// The URL without its password.
    pub location: String,
    /// The database's name; for SQLite the file's.
    pub database: String,
    /// Version of the server or library.
    pub engine_version: String,
    /// `file`, `standalone`, `replica set <name>` or `sharded cluster`.
    pub topology: String,
    /// Whether steps that need a transaction can be made.
    pub transactions: bool,
    /// Version of the schema found; 0 before the first `init`.
    pub schema: i64,
    /// Version of the schema this program writes.
    pub schema_known: i64,
    /// How much is in it.
    pub counts: Counts,
}

/// How busy the connections to the database are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PoolUse {
    /// At work.
    pub in_use: u64,
    /// Open, at work or not.
    pub open: u64,
    /// The most there can be, to each server where there are several.
    pub most: u64,
}

/// One thing looked at by a check of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What was looked at (`"index users.email_norm"`).
    pub name: String,
    /// What is wrong; none when it is sound.
    pub problem: Option<String>,
}

/// Looks after the store itself.
#[async_trait]
pub trait Maintenance: Send + Sync {
    /// What and where the store is.
    async fn info(&self) -> Result<StoreInfo>;

    /// Brings schema, indexes and validators up to date. Safe from several processes at once, and again and again. The
    /// first write does it by itself. MUST fail with `NewerSchema` on a store of a newer program and leave it alone.
    async fn init(&self) -> Result<()>;

    /// Looks at the structure (file integrity, indexes, validators); changes nothing.
    async fn check_structure(&self) -> Result<Vec<Check>>;

    /// Answers within about 2 s whether the store can be read and written now.
    async fn ping(&self) -> Result<()>;

    /// Waits until what was begun is done, for at most a few seconds, and lets go.
    async fn close(&self);

    /// How busy the connections are now. Asks nobody, and none is in use that is not open.
    fn pool(&self) -> PoolUse;
}

//! The audit log: rows that are added and never changed.

use async_trait::async_trait;

use super::Result;
use crate::domain::audit::AuditEntry;

/// Keeps the audit log. What is logged of a write goes with it, in its transaction: see [`Commit::logging`](super::Commit::logging).
#[async_trait]
pub trait AuditLog: Send + Sync {
    /// Adds rows of something that writes nothing else.
    async fn log(&self, entries: &[AuditEntry]) -> Result<()>;

    /// The newest rows, newest first, at most so many.
    async fn read_log(&self, limit: usize) -> Result<Vec<AuditEntry>>;
}

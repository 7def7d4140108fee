//! Guesses of passwords, counted where every copy of a service sees them.

use async_trait::async_trait;

use super::Result;
use crate::domain::backoff::Patience;
use crate::domain::clock::Timestamp;

/// Counts tries under keys. A key is a digest: it names nobody.
#[async_trait]
pub trait TryStore: Send + Sync {
    /// Counts one more try and returns `None`, or returns from when it may be made, and counts nothing. Of callers at once no
    /// more MUST be let through than [`Patience::one_more`] lets through one after another. What is forgotten is removed in time.
    async fn take_try(&self, key: &str, patience: &Patience, at: Timestamp) -> Result<Option<Timestamp>>;

    /// Takes a try back that was no wrong guess, and the wait that it caused. An unknown key is no error.
    async fn give_back_try(&self, key: &str, at: Timestamp) -> Result<()>;

    /// Forgets the tries under a key. An unknown key is no error.
    async fn forget_tries(&self, key: &str) -> Result<()>;
}

//! What every write can be told.

use crate::domain::actor::Actor;
use crate::domain::number::Version;
use crate::store::Commit;

/// Who writes, and under which conditions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteOptions {
    /// Who.
    pub actor: Actor,
    /// Only if the thing is at this version.
    pub if_version: Option<Version>,
    /// All checks, no change.
    pub dry_run: bool,
}

impl WriteOptions {
    /// An unconditional write.
    pub fn by(actor: Actor) -> Self {
        Self { actor, if_version: None, dry_run: false }
    }

    pub(super) fn commit(&self) -> Commit {
        if self.dry_run { Commit::DryRun } else { Commit::Keep }
    }
}

/// How often a change without an expected version is tried on what somebody else has just written. Each failed try means that
/// another writer succeeded, so this bounds waiting, not progress.
pub(super) const TRIES: u32 = 200;

/// Waits a little, longer after each failed try, so that many writers of one thing come through one by one.
pub(super) async fn back_off(attempt: &mut u32) {
    let most = u64::from((*attempt).min(20)) * 2;
    *attempt += 1;
    if most > 0 {
        let millis = rand::random_range(0..=most);
        tokio::time::sleep(std::time::Duration::from_millis(millis)).await;
    }
}

//! What every write can be told.

use super::ids::new_uuid;
use super::once::RequestKey;
use crate::domain::actor::Actor;
use crate::domain::audit::{AuditAction, AuditEntry};
use crate::domain::clock::Timestamp;
use crate::domain::id::AuditId;
use crate::domain::number::Version;
use crate::store::Commit;

/// Who writes, and under which conditions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteOptions {
    /// Who.
    pub actor: Actor,
    /// Only if the thing is at this version.
    pub if_version: Option<Version>,
    /// Only if the thing is at one of these versions; any will do where there are none.
    pub any_version: Vec<Version>,
    /// All checks, no change.
    pub dry_run: bool,
    /// Only once, however often it is asked.
    pub request: Option<RequestKey>,
    /// The HTTP request it is a part of, as the log names it.
    pub request_id: Option<String>,
}

impl WriteOptions {
    /// An unconditional write.
    pub fn by(actor: Actor) -> Self {
        Self {
            actor,
            if_version: None,
            any_version: Vec::new(),
            dry_run: false,
            request: None,
            request_id: None,
        }
    }

    /// Whether a thing at this version may be written.
    pub(super) fn allow(&self, version: Version) -> bool {
        self.if_version.is_none_or(|expected| expected == version)
            && (self.any_version.is_empty() || self.any_version.contains(&version))
    }

    /// A row of the audit log about a write by these options.
    pub(super) fn entry(
        &self,
        at: Timestamp,
        action: AuditAction,
        target: String,
        detail: Option<String>,
    ) -> AuditEntry {
        AuditEntry {
            id: AuditId::from_uuid(new_uuid(at)),
            at,
            actor: self.actor.clone(),
            action,
            target,
            detail,
            request_id: self.request_id.clone(),
        }
    }

    /// How a write by these options is to last that leaves no receipt: it may be done again.
    pub(super) fn commit_without_receipt(&self) -> Commit {
        if self.dry_run { Commit::DryRun } else { Commit::Keep }
    }

    /// The same for one part of a request that has several.
    #[must_use]
    pub fn part(&self, name: &str) -> Self {
        Self { request: self.request.as_ref().map(|key| key.part(name)), ..self.clone() }
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

//! Who gave or took which rights: rows that are written once and never changed.

use super::actor::Actor;
use super::clock::Timestamp;
use super::id::AuditId;
use super::words::words;

words! {
    /// What was done.
    AuditAction, "invalid_action", "action" {
        /// A user with more rights than a customer was registered.
        UserRegistered = "user.registered",
        /// A user was given another role.
        RoleChanged = "user.role",
        /// A user may no longer sign in.
        UserDisabled = "user.disabled",
        /// A user may sign in again.
        UserEnabled = "user.enabled",
        /// A user has another password.
        PasswordChanged = "user.password",
        /// A user was removed.
        UserDeleted = "user.deleted",
        /// Another key signs tokens from now on.
        KeyRotated = "key.rotated",
        /// A key's tokens are good no longer.
        KeyRemoved = "key.removed",
        /// A machine was given a token.
        TokenIssued = "token.issued",
    }
}

/// One row of the audit log. Holds ids and words only: no address, no password, no hash, no token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Names it; ids sort by time.
    pub id: AuditId,
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// What.
    pub action: AuditAction,
    /// To which user or key: its id.
    pub target: String,
    /// From what to what (`customer -> staff`), or with which scopes.
    pub detail: Option<String>,
    /// The HTTP request it was done by, as the log names it.
    pub request_id: Option<String>,
}

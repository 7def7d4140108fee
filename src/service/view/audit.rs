//! A row of the audit log as it is shown.

use serde::Serialize;

use crate::domain::audit::AuditEntry;

/// Who gave or took which right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditView {
    /// Names it; ids sort by time.
    pub id: String,
    /// When.
    pub at: String,
    /// Who did it.
    pub actor: String,
    /// What.
    pub action: &'static str,
    /// To which user or key: its id.
    pub target: String,
    /// From what to what, or with which scopes.
    pub detail: Option<String>,
    /// The HTTP request it was done by, as the log names it.
    pub request_id: Option<String>,
}

impl From<&AuditEntry> for AuditView {
    fn from(entry: &AuditEntry) -> Self {
        Self {
            id: entry.id.to_string(),
            at: entry.at.to_string(),
            actor: entry.actor.to_string(),
            action: entry.action.as_str(),
            target: entry.target.clone(),
            detail: entry.detail.clone(),
            request_id: entry.request_id.clone(),
        }
    }
}

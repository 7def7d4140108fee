//! Rows of the audit log as they are kept.

use mongodb::bson::DateTime;
use serde::{Deserialize, Serialize};

use super::{Origin, Row};
use crate::domain::actor::Actor;
use crate::domain::audit::AuditEntry;
use crate::store::Result;
use crate::store::mongo::filter::time;

/// A document of `audit_log`.
#[derive(Serialize, Deserialize)]
pub(in crate::store::mongo) struct LogRow {
    #[serde(rename = "_id")]
    id: String,
    at: DateTime,
    actor: String,
    action: String,
    target: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
}

impl Row for LogRow {
    const COLLECTION: &'static str = "audit_log";
    type Value = AuditEntry;

    fn into_value(self) -> Result<AuditEntry> {
        let at = Origin { collection: Self::COLLECTION, key: &self.id };
        Ok(AuditEntry {
            id: at.parse("_id", &self.id)?,
            at: at.time("at", self.at)?,
            action: at.parse("action", &self.action)?,
            actor: Actor::from_stored(self.actor),
            target: self.target,
            detail: self.detail,
            request_id: self.request_id,
        })
    }

    fn of(entry: &AuditEntry) -> Self {
        Self {
            id: entry.id.to_string(),
            at: time(entry.at),
            actor: entry.actor.to_string(),
            action: entry.action.to_string(),
            target: entry.target.clone(),
            detail: entry.detail.clone(),
            request_id: entry.request_id.clone(),
        }
    }
}

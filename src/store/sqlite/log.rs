//! The audit log.

use async_trait::async_trait;
use rusqlite::{Connection, Row, params};

use super::SqliteStore;
use super::decode::Fields;
use crate::domain::actor::Actor;
use crate::domain::audit::AuditEntry;
use crate::store::{AuditLog, Commit, Result};

fn read(row: &Row<'_>) -> Result<AuditEntry> {
    let fields = Fields::new(row, "audit_log", "id");
    Ok(AuditEntry {
        id: fields.parse("id")?,
        at: fields.at("at")?,
        actor: Actor::from_stored(fields.get("actor")?),
        action: fields.parse("action")?,
        target: fields.get("target")?,
        detail: fields.get("detail")?,
        request_id: fields.get("request_id")?,
    })
}

/// Adds rows, in the transaction of what they tell of.
pub(super) fn add(connection: &Connection, entries: &[AuditEntry]) -> Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let mut statement = connection.prepare_cached(
        "INSERT INTO audit_log (id, at, actor, action, target, detail, request_id) VALUES (?, ?, ?, ?, ?, ?, ?)",
    )?;
    for entry in entries {
        statement.execute(params![
            entry.id.to_string(),
            entry.at.as_millis(),
            entry.actor.as_str(),
            entry.action.as_str(),
            entry.target,
            entry.detail,
            entry.request_id,
        ])?;
    }
    Ok(())
}

#[async_trait]
impl AuditLog for SqliteStore {
    async fn log(&self, entries: &[AuditEntry]) -> Result<()> {
        let entries = entries.to_vec();
        self.write(Commit::Keep, move |connection| add(connection, &entries)).await
    }

    async fn read_log(&self, limit: usize) -> Result<Vec<AuditEntry>> {
        self.read(move |connection| {
            let mut statement =
                connection.prepare_cached("SELECT * FROM audit_log ORDER BY id DESC LIMIT ?")?;
            let mut rows = statement.query([i64::try_from(limit).unwrap_or(i64::MAX)])?;
            let mut entries = Vec::new();
            while let Some(row) = rows.next()? {
                entries.push(read(row)?);
            }
            Ok(entries)
        })
        .await
    }
}

//! Rows of the audit log.

use super::text;
use crate::output::row::{Column, Row};
use crate::service::view::AuditView;

impl Row for AuditView {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("at", |entry| entry.at.clone()),
        Column::text("actor", |entry| entry.actor.clone()),
        Column::text("action", |entry| entry.action.to_owned()),
        Column::text("target", |entry| entry.target.clone()),
        Column::text("detail", |entry| text(entry.detail.as_deref())),
        Column::text("request_id", |entry| text(entry.request_id.as_deref())),
    ];

    fn id(&self) -> String {
        self.id.clone()
    }
}

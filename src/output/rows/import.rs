//! Imports, and what came of one.

use super::text;
use crate::output::row::{Column, Row};
use crate::service::import::{ImportReport, UndoReport};
use crate::service::view::ImportView;

impl Row for ImportView {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("id", |import| import.id.clone()),
        Column::text("noun", |import| import.noun.clone()),
        Column::text("file", |import| import.file.clone()),
        Column::text("mode", |import| import.mode.clone()),
        Column::text("state", |import| import.state.clone()),
        Column::number("read", |import| import.read.to_string()),
        Column::number("created", |import| import.created.to_string()),
        Column::number("updated", |import| import.updated.to_string()),
        Column::number("unchanged", |import| import.unchanged.to_string()),
        Column::number("rejected", |import| import.rejected.to_string()),
        Column::wide_text("actor", |import| import.actor.clone()),
        Column::text("started_at", |import| import.started_at.clone()),
        Column::wide_text("ended_at", |import| text(import.ended_at.as_deref())),
        Column::wide_text("options", |import| import.options.join(" ")),
        Column::wide_text("sha256", |import| import.sha256.clone()),
    ];

    fn id(&self) -> String {
        self.id.clone()
    }
}

impl Row for ImportReport {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("id", |report| text(report.id.as_deref())),
        Column::text("file", |report| report.file.clone()),
        Column::text("noun", |report| report.noun.clone()),
        Column::text("mode", |report| report.mode.clone()),
        Column::text("outcome", |report| report.outcome.clone()),
        Column::number("read", |report| report.read.to_string()),
        Column::number("created", |report| report.created.to_string()),
        Column::number("updated", |report| report.updated.to_string()),
        Column::number("unchanged", |report| report.unchanged.to_string()),
        Column::number("rejected", |report| report.rejected.to_string()),
        Column::number("resumed", |report| report.resumed.to_string()),
        Column::text("notes", |report| {
            report
                .notes
                .iter()
                .map(|(note, count)| format!("{note} ({count})"))
                .collect::<Vec<_>>()
                .join("; ")
        }),
        Column::text("rejections", |report| {
            report.rejections.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
        }),
    ];

    fn id(&self) -> String {
        self.id.clone().unwrap_or_default()
    }
}

impl Row for UndoReport {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("id", |report| report.id.clone()),
        Column::number("undone", |report| report.undone.to_string()),
        Column::number("gone", |report| report.gone.to_string()),
        Column::number("kept", |report| report.kept.to_string()),
        Column::text("reasons", |report| {
            report.reasons.iter().map(|(thing, why)| format!("{thing}: {why}")).collect::<Vec<_>>().join("; ")
        }),
    ];

    fn id(&self) -> String {
        self.id.clone()
    }
}

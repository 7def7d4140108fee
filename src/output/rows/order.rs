//! Orders and their events.

use serde::Serialize;

use super::text;
use crate::output::row::{Column, Detail, Row};
use crate::service::view::{CustomerView, HistoryView, LineView, OrderView};

impl Row for OrderView {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::wide_text("id", |order| order.id.clone()),
        Column::number("number", |order| order.number.to_string()),
        Column::wide_text("external_ref", |order| text(order.external_ref.as_deref())),
        Column::text("status", |order| order.status.clone()),
        Column::text("payment_status", |order| order.payment_status.clone()),
        Column::text("customer", |order| customer(&order.customer)),
        Column::text("currency", |order| order.currency.clone()),
        Column::number("total", |order| order.total.clone()),
        Column::wide_number("refunded", |order| order.refunded.clone()),
        Column::text("lines", |order| order.lines.iter().map(line).collect::<Vec<_>>().join(" ")),
        Column::wide_text("hold_until", |order| text(order.hold_until.as_deref())),
        Column::wide_text("note", |order| text(order.note.as_deref())),
        Column::wide_text("tracking", |order| text(order.tracking.as_deref())),
        Column::wide_text("history", |order| {
            order.history.iter().map(|entry| entry.command.as_str()).collect::<Vec<_>>().join(" ")
        }),
        Column::wide_number("version", |order| order.version.to_string()),
        Column::text("created_at", |order| order.created_at.clone()),
        Column::wide_text("updated_at", |order| order.updated_at.clone()),
    ];

    fn id(&self) -> String {
        self.id.clone()
    }

    fn details(&self) -> Vec<Detail> {
        let lines = self.lines.iter().map(|line| {
            vec![
                line.sku.clone(),
                line.name.clone(),
                line.unit_price.clone(),
                line.quantity.to_string(),
                line.shipped.to_string(),
                line.cancelled.to_string(),
                line.returned.to_string(),
                line.total.clone(),
            ]
        });
        let history = self.history.iter().map(|entry| {
            let (from, to) = (text(entry.from.as_deref()), entry.to.as_str());
            let reason = text(entry.reason.as_deref());
            vec![entry.at.clone(), entry.command.clone(), from, to.into(), entry.actor.clone(), reason]
        });
        vec![
            Detail { title: "lines", column: "lines", header: LINES, rows: lines.collect() },
            Detail { title: "history", column: "history", header: HISTORY, rows: history.collect() },
        ]
    }
}

const LINES: &[(&str, bool)] = &[
    ("sku", false),
    ("name", false),
    ("unit_price", true),
    ("quantity", true),
    ("shipped", true),
    ("cancelled", true),
    ("returned", true),
    ("total", true),
];

const HISTORY: &[(&str, bool)] =
    &[("at", false), ("command", false), ("from", false), ("to", false), ("actor", false), ("reason", false)];

/// What they go by.
fn customer(customer: &CustomerView) -> String {
    let CustomerView { email, reference, user_id, .. } = customer;
    text(email.as_deref().or(reference.as_deref()).or(user_id.as_deref()))
}

fn line(line: &LineView) -> String {
    format!("{}×{}", line.sku, line.quantity)
}

/// One step in the life of an order.
#[derive(Serialize)]
#[serde(transparent)]
pub(crate) struct EventRow(pub(crate) HistoryView);

impl Row for EventRow {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("at", |event| event.0.at.clone()),
        Column::text("actor", |event| event.0.actor.clone()),
        Column::text("command", |event| event.0.command.clone()),
        Column::text("from", |event| text(event.0.from.as_deref())),
        Column::text("to", |event| event.0.to.clone()),
        Column::text("reason", |event| text(event.0.reason.as_deref())),
    ];

    /// Events have no id of their own; the moment names them within their order.
    fn id(&self) -> String {
        self.0.at.clone()
    }
}

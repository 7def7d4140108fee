//! Stock and its movements.

use super::text;
use crate::output::row::{Column, Row};
use crate::service::view::{MovementView, StockView};

impl Row for StockView {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::wide_text("product_id", |stock| stock.product_id.clone()),
        Column::text("sku", |stock| stock.sku.clone()),
        Column::number("on_hand", |stock| stock.on_hand.to_string()),
        Column::number("reserved", |stock| stock.reserved.to_string()),
        Column::number("available", |stock| stock.available.to_string()),
        Column::number("low_stock_at", |stock| number(stock.low_stock_at)),
        Column::wide_number("version", |stock| stock.version.to_string()),
        Column::wide_text("created_at", |stock| stock.created_at.clone()),
        Column::text("updated_at", |stock| stock.updated_at.clone()),
    ];

    fn id(&self) -> String {
        self.product_id.clone()
    }
}

impl Row for MovementView {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::number("seq", |movement| movement.seq.to_string()),
        Column::text("at", |movement| movement.at.clone()),
        Column::text("kind", |movement| movement.kind.clone()),
        Column::number("on_hand_delta", |movement| movement.on_hand_delta.to_string()),
        Column::number("reserved_delta", |movement| movement.reserved_delta.to_string()),
        Column::number("on_hand_after", |movement| movement.on_hand_after.to_string()),
        Column::number("reserved_after", |movement| movement.reserved_after.to_string()),
        Column::text("order_id", |movement| text(movement.order_id.as_deref())),
        Column::text("reason", |movement| text(movement.reason.as_deref())),
        Column::text("reference", |movement| text(movement.reference.as_deref())),
        Column::text("actor", |movement| movement.actor.clone()),
        Column::wide_text("product_id", |movement| movement.product_id.clone()),
    ];

    fn id(&self) -> String {
        self.seq.to_string()
    }
}

fn number(value: Option<i64>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

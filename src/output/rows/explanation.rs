//! Stock as it was, and why it is what it is.

use super::text;
use crate::output::row::{Column, Detail, Row};
use crate::service::view::{HoldingView, MovementView, PastStockView, StockExplanation};

impl Row for PastStockView {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::wide_text("product_id", |stock| stock.product_id.clone()),
        Column::text("sku", |stock| stock.sku.clone()),
        Column::text("at", |stock| stock.at.clone()),
        Column::number("on_hand", |stock| stock.on_hand.to_string()),
        Column::number("reserved", |stock| stock.reserved.to_string()),
        Column::number("available", |stock| stock.available.to_string()),
        Column::number("seq", |stock| stock.seq.to_string()),
        Column::text("moved_at", |stock| text(stock.moved_at.as_deref())),
    ];

    fn id(&self) -> String {
        self.product_id.clone()
    }
}

impl Row for StockExplanation {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::wide_text("product_id", |stock| stock.product_id.clone()),
        Column::text("sku", |stock| stock.sku.clone()),
        Column::text("summary", |stock| stock.summary.clone()),
        Column::number("on_hand", |stock| stock.on_hand.to_string()),
        Column::number("reserved", |stock| stock.reserved.to_string()),
        Column::number("available", |stock| stock.available.to_string()),
        Column::number("low_stock_at", |stock| {
            stock.low_stock_at.map(|count| count.to_string()).unwrap_or_default()
        }),
        Column::number("open_orders", |stock| stock.open_orders.to_string()),
        Column::number("open_pieces", |stock| stock.open_pieces.to_string()),
        Column::text("orders", |stock| joined(&stock.orders)),
        Column::number("more_orders", |stock| stock.more_orders.to_string()),
        Column::text("holds", |stock| joined(&stock.holds)),
        Column::text("movements", |stock| {
            stock.movements.iter().map(|movement| movement.kind.as_str()).collect::<Vec<_>>().join(" ")
        }),
        Column::text("agrees", |stock| stock.agrees.to_string()),
        Column::text("problems", |stock| stock.problems.join("; ")),
    ];

    fn id(&self) -> String {
        self.product_id.clone()
    }

    fn details(&self) -> Vec<Detail> {
        let detail = |title, column, header, rows| Detail { title, header, rows, column };
        vec![
            detail(
                "open orders, the oldest first",
                "orders",
                HOLDING,
                self.orders.iter().map(cells).collect(),
            ),
            detail("holds that end next", "holds", HOLDING, self.holds.iter().map(cells).collect()),
            detail("last movements", "movements", MOVED, self.movements.iter().map(moved).collect()),
        ]
    }
}

fn joined(orders: &[HoldingView]) -> String {
    orders.iter().map(|order| format!("{}×{}", order.number, order.pieces)).collect::<Vec<_>>().join(" ")
}

const HOLDING: &[(&str, bool)] =
    &[("number", true), ("status", false), ("customer", false), ("pieces", true), ("hold_until", false)];

fn cells(order: &HoldingView) -> Vec<String> {
    vec![
        order.number.to_string(),
        order.status.to_owned(),
        order.customer.clone(),
        order.pieces.to_string(),
        text(order.hold_until.as_deref()),
    ]
}

const MOVED: &[(&str, bool)] = &[
    ("seq", true),
    ("at", false),
    ("kind", false),
    ("on_hand", true),
    ("reserved", true),
    ("on_hand_after", true),
    ("reserved_after", true),
    ("actor", false),
    ("reason", false),
];

fn moved(movement: &MovementView) -> Vec<String> {
    vec![
        movement.seq.to_string(),
        movement.at.clone(),
        movement.kind.clone(),
        difference(movement.on_hand_delta),
        difference(movement.reserved_delta),
        movement.on_hand_after.to_string(),
        movement.reserved_after.to_string(),
        movement.actor.clone(),
        text(movement.reason.as_deref()),
    ]
}

fn difference(count: i64) -> String {
    if count == 0 { String::new() } else { format!("{count:+}") }
}

//! Why so much of a product is available, as shown.

use serde::Serialize;

use super::MovementView;
use crate::domain::clock::Timestamp;
use crate::domain::id::ProductId;
use crate::domain::inventory::StockLevel;
use crate::domain::number::Quantity;
use crate::domain::order::{Line, Order};
use crate::domain::product::Product;
use crate::store::StockAccount;

/// An order that holds pieces of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HoldingView {
    /// Names it for ever.
    pub order_id: String,
    /// What people call it by.
    pub number: i64,
    /// Where it stands.
    pub status: &'static str,
    /// Of the customer, if there is one.
    pub email: Option<String>,
    /// Who ordered: the address, else another system's name for them, else the user's id.
    pub customer: String,
    /// Neither sent nor given up.
    pub pieces: i64,
    /// Unpaid and pending after this moment, it expires.
    pub hold_until: Option<String>,
    /// When it was placed.
    pub created_at: String,
}

/// Why so much of a product is available. Everything is of one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StockExplanation {
    /// Of which product.
    pub product_id: String,
    /// Its SKU.
    pub sku: String,
    /// The answer in a sentence.
    pub summary: String,
    /// What is physically there.
    pub on_hand: i64,
    /// What is promised to open orders.
    pub reserved: i64,
    /// What can still be promised.
    pub available: i64,
    /// Warn at or below this much available.
    pub low_stock_at: Option<i64>,
    /// How many open orders hold pieces of it.
    pub open_orders: u64,
    /// How many pieces they hold, all of them.
    pub open_pieces: i64,
    /// Those orders, the oldest first, as many as are shown.
    pub orders: Vec<HoldingView>,
    /// How many there are beyond those.
    pub more_orders: u64,
    /// Pending orders with a hold, those that end next first.
    pub holds: Vec<HoldingView>,
    /// The last movements, the newest first.
    pub movements: Vec<MovementView>,
    /// Whether counts, movements and open orders agree.
    pub agrees: bool,
    /// What does not agree, a sentence each.
    pub problems: Vec<String>,
}

impl StockExplanation {
    /// From an account, and what is wrong with it.
    pub(in crate::service) fn new(product: &Product, account: &StockAccount, problems: Vec<String>) -> Self {
        let level = account.item.as_ref().map_or(StockLevel::EMPTY, |item| item.level);
        let holding = |order: &Order| HoldingView::new(order, product.id);
        let orders: Vec<HoldingView> = account.oldest.iter().map(holding).collect();
        Self {
            product_id: product.id.to_string(),
            sku: product.sku.to_string(),
            summary: summary(level, account.open_orders),
            on_hand: level.on_hand(),
            reserved: level.reserved(),
            available: level.available(),
            low_stock_at: account.item.as_ref().and_then(|item| item.low_stock_at).map(Quantity::get),
            open_orders: account.open_orders,
            open_pieces: account.open_pieces,
            more_orders: account.open_orders.saturating_sub(orders.len() as u64),
            orders,
            holds: account.ending.iter().map(holding).collect(),
            movements: account.movements.iter().map(MovementView::from).collect(),
            agrees: problems.is_empty(),
            problems,
        }
    }
}

impl HoldingView {
    fn new(order: &Order, product: ProductId) -> Self {
        Self {
            order_id: order.id.to_string(),
            number: order.number.get(),
            status: order.status().as_str(),
            email: order.customer.email.as_ref().map(ToString::to_string),
            customer: order.customer.to_string(),
            pieces: order.lines.iter().filter(|line| line.product_id == product).map(Line::open).sum(),
            hold_until: order.hold_until.as_ref().map(Timestamp::to_string),
            created_at: order.created_at.to_string(),
        }
    }
}

fn summary(level: StockLevel, orders: u64) -> String {
    let (on_hand, reserved) = (level.on_hand(), level.reserved());
    let orders = if orders == 1 {
        "1 open order reserves".to_owned()
    } else {
        format!("{orders} open orders reserve")
    };
    match reserved {
        0 => format!("{on_hand} available: all that is on hand, nothing is reserved"),
        _ => {
            format!("{} available: {on_hand} on hand, of which {orders} {reserved}", level.available())
        }
    }
}

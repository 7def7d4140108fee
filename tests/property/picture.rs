//! What is stored, in the model's words: without ids and numbers, which are each store's own.

use shopctl::domain::id::{OrderId, ProductId};
use shopctl::domain::order;

use super::model::{Line, Model, Movement, Order, Product, Stock};
use crate::support::dump::Dump;

/// Everything that both stores and the model must agree on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Picture {
    products: Vec<Product>,
    orders: Vec<(usize, Order, String, String)>,
    stock_records: usize,
}

/// The names that a store gave, in the order of giving.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) products: Vec<String>,
    pub(super) orders: Vec<String>,
}

impl Names {
    fn product(&self, id: ProductId) -> usize {
        place(&self.products, &id.to_string())
    }

    fn order(&self, id: OrderId) -> usize {
        place(&self.orders, &id.to_string())
    }
}

/// Its place; one that nothing has where nobody was ever told of it.
fn place(names: &[String], name: &str) -> usize {
    names.iter().position(|one| one == name).unwrap_or(usize::MAX)
}

impl From<&Model> for Picture {
    fn from(model: &Model) -> Self {
        let products: Vec<Product> = model.products.iter().flatten().cloned().collect();
        let orders = model.orders.iter().enumerate().filter_map(|(n, order)| Some((n, order.clone()?)));
        let orders = orders.map(|(n, order)| {
            let (status, payment) = (order.status().to_owned(), order.payment().to_owned());
            (n, order, status, payment)
        });
        let stock_records = products.iter().filter(|product| product.stock.is_some()).count();
        Self { orders: orders.collect(), products, stock_records }
    }
}

impl Picture {
    /// Of a store.
    pub(super) fn of(dump: &Dump, names: &Names) -> Self {
        let products = dump.products.iter().map(|product| Product {
            sku: product.sku.to_string(),
            name: product.name.to_string(),
            price: (product.price.minor(), product.price.currency().code().to_owned()),
            status: product.status.as_str().to_owned(),
            version: product.version.get(),
            created: product.created_at.as_millis(),
            updated: product.updated_at.as_millis(),
            stock: dump.stock.iter().find(|item| item.product_id == product.id).map(|item| Stock {
                sku: item.sku.to_string(),
                on_hand: item.level.on_hand(),
                reserved: item.level.reserved(),
                low: item.low_stock_at.map(shopctl::domain::number::Quantity::get),
                version: item.version.get(),
                seq: usize::try_from(item.seq).unwrap_or(usize::MAX),
                created: item.created_at.as_millis(),
                updated: item.updated_at.as_millis(),
            }),
            movements: movements(dump, product.id, names),
        });
        let orders = dump.orders.iter().map(|order| {
            let (status, payment) = (order.status().as_str(), order.payment_status().as_str());
            (names.order(order.id), order_of(order, names), status.to_owned(), payment.to_owned())
        });
        Self { products: products.collect(), orders: orders.collect(), stock_records: dump.stock.len() }
    }
}

fn movements(dump: &Dump, product: ProductId, names: &Names) -> Vec<Movement> {
    let of_it = dump.movements.iter().filter(|movement| movement.product_id == product);
    let movement = |movement: &shopctl::domain::inventory::Movement| Movement {
        kind: movement.kind.as_str(),
        delta: (movement.on_hand_delta, movement.reserved_delta),
        after: (movement.on_hand_after, movement.reserved_after),
        order: movement.order_id.map(|id| names.order(id)),
        at: movement.at.as_millis(),
    };
    of_it.map(movement).collect()
}

fn order_of(order: &order::Order, names: &Names) -> Order {
    let line = |line: &order::Line| Line {
        product: names.product(line.product_id),
        sku: line.sku.to_string(),
        name: line.name.to_string(),
        price: line.unit_price.minor(),
        quantity: line.quantity.get(),
        shipped: line.progress.shipped(),
        cancelled: line.progress.cancelled(),
        returned: line.progress.returned(),
        restocked: line.progress.restocked(),
    };
    let entry = |entry: &order::HistoryEntry| {
        let from = entry.from.map(|from| from.as_str().to_owned());
        (entry.command.as_str().to_owned(), from, entry.to.as_str().to_owned())
    };
    Order {
        lines: order.lines.iter().map(line).collect(),
        currency: order.currency.code().to_owned(),
        confirmed: order.flags.confirmed,
        paid: order.flags.paid,
        delivered: order.flags.delivered,
        expired: order.flags.expired,
        refunded: order.refunded.minor(),
        hold: order.hold_until.map(shopctl::domain::clock::Timestamp::as_millis),
        reference: order.external_ref.as_ref().map(ToString::to_string),
        note: order.note.as_ref().map(ToString::to_string),
        history: order.history.iter().map(entry).collect(),
        version: order.version.get(),
        created: order.created_at.as_millis(),
        updated: order.updated_at.as_millis(),
    }
}

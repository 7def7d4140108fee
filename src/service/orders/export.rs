//! What a file of orders holds.

use super::{OrderQuery, Orders, query};
use crate::domain::order::{HistoryEntry, Line, Order, OrderSort};
use crate::files::Value;
use crate::files::write::{Entry, Layout};
use crate::service::error::Error;
use crate::service::export::{maybe, number, text, walk};

impl Orders {
    /// The columns of a file of orders. In a table an order has a row a line, and its history is JSON in a cell.
    pub const LAYOUT: Layout = Layout {
        fields: &[
            "id",
            "number",
            "external_ref",
            "user",
            "email",
            "customer",
            "name",
            "address",
            "currency",
            "status",
            "payment_status",
            "total",
            "refunded",
            "note",
            "tracking",
            "hold_until",
            "history",
            "version",
            "created_at",
            "updated_at",
        ],
        lines: &[
            "product_id",
            "sku",
            "line_name",
            "quantity",
            "unit_price",
            "shipped",
            "cancelled",
            "returned",
            "restocked",
        ],
    };

    /// Hands the orders that match to `write`, in the order of their ids, and says how many there were. Paging in `query` is ignored.
    ///
    /// # Errors
    /// `Invalid`; those of the store and of `write`.
    pub async fn export<E: From<Error>>(
        &self,
        query: &OrderQuery,
        mut write: impl FnMut(&Entry) -> Result<(), E>,
    ) -> Result<u64, E> {
        let filter = query::parse(query, &*self.users, &*self.products).await?;
        let fetch = async |page| self.orders.list_orders(&filter, &page).await;
        walk(OrderSort::Id, fetch, query::position, |order| write(&entry(order))).await
    }
}

fn entry(order: &Order) -> Entry {
    let customer = &order.customer;
    let values = vec![
        text(order.id),
        number(order.number.get()),
        maybe(order.external_ref.as_ref()),
        maybe(customer.user_id),
        maybe(customer.email.as_ref()),
        maybe(customer.reference.as_ref()),
        maybe(customer.name.as_ref()),
        maybe(customer.address.as_ref()),
        text(order.currency.code()),
        text(order.status()),
        text(order.payment_status()),
        maybe(order.total()),
        text(order.refunded),
        maybe(order.note.as_ref()),
        maybe(order.tracking.as_ref()),
        maybe(order.hold_until),
        Value::List(order.history.iter().map(step).collect()),
        number(order.version.get()),
        text(order.created_at),
        text(order.updated_at),
    ];
    Entry { values, lines: order.lines.iter().map(line).collect() }
}

fn line(line: &Line) -> Vec<Value> {
    vec![
        text(line.product_id),
        text(&line.sku),
        text(&line.name),
        number(line.quantity.get()),
        text(line.unit_price),
        number(line.progress.shipped()),
        number(line.progress.cancelled()),
        number(line.progress.returned()),
        number(line.progress.restocked()),
    ]
}

fn step(entry: &HistoryEntry) -> Value {
    let members = [
        ("at", text(entry.at)),
        ("actor", text(&entry.actor)),
        ("command", text(entry.command)),
        ("from", maybe(entry.from)),
        ("to", text(entry.to)),
        ("reason", maybe(entry.reason.as_ref())),
    ];
    Value::Map(members.map(|(name, value)| (name.to_owned(), value)).into())
}

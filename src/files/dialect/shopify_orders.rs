//! Shopify's orders: a row a line, the first of an order with everything else.
//!
//! <https://help.shopify.com/manual/fulfillment/managing-orders/exporting-orders>

use super::layout::Layout;
use super::values::{Draft, price, take, text};
use super::{Begun, Dialect, Step};
use crate::files::columns::Columns;
use crate::files::notes::Notes;
use crate::files::options::Noun;
use crate::files::record::{Record, Value};
use crate::files::rows::Row;

pub(super) const LAYOUT: Layout = Layout {
    dialect: Dialect::Shopify,
    noun: Noun::Orders,
    title: "Shopify's order file",
    marks: &["Name", "Financial Status", "Lineitem quantity", "Lineitem name", "Lineitem price"],
    fields: &[("Email", "email"), ("Currency", "currency"), ("Notes", "note")],
    lines: &[("Lineitem quantity", "quantity"), ("Lineitem name", "name"), ("Lineitem sku", "sku")],
    taken: &[
        "Name",
        "Financial Status",
        "Fulfillment Status",
        "Subtotal",
        "Refunded Amount",
        "Created at",
        "Cancelled at",
        "Lineitem price",
        "Lineitem fulfillment status",
        "Billing Name",
        "Billing Street",
        "Billing Zip",
        "Billing City",
        "Billing Province",
        "Billing Country",
        "Shipping Name",
        "Shipping Street",
        "Shipping Zip",
        "Shipping City",
        "Shipping Province",
        "Shipping Country",
    ],
    idle: &[
        "Billing Address1",
        "Billing Address2",
        "Billing Province Name",
        "Shipping Address1",
        "Shipping Address2",
        "Shipping Province Name",
        "Total",
    ],
    unkept: &[
        "Paid at",
        "Fulfilled at",
        "Accepts Marketing",
        "Shipping",
        "Taxes",
        "Discount Code",
        "Discount Amount",
        "Shipping Method",
        "Lineitem compare at price",
        "Lineitem requires shipping",
        "Lineitem taxable",
        "Lineitem discount",
        "Billing Company",
        "Billing Phone",
        "Shipping Company",
        "Shipping Phone",
        "Note Attributes",
        "Payment Method",
        "Payment Reference",
        "Payment References",
        "Payment ID",
        "Vendor",
        "Outstanding Balance",
        "Employee",
        "Location",
        "Device ID",
        "Id",
        "Tags",
        "Risk Level",
        "Source",
        "Tax # Name",
        "Tax # Value",
        "Phone",
        "Receipt Number",
        "Duties",
        "Payment Terms Name",
        "Next Payment Due At",
    ],
    ..Layout::NONE
};

/// Reads Shopify's orders.
pub(in crate::files) struct Orders {
    name: Option<usize>,
    paid: Option<usize>,
    fulfilled: Option<usize>,
    subtotal: Option<usize>,
    refunded: Option<usize>,
    created: Option<usize>,
    cancelled: Option<usize>,
    line_price: Option<usize>,
    line_fulfilled: Option<usize>,
    shipping: Address,
    billing: Address,
    current: String,
    current_cancelled: bool,
}

/// Name, street, place, province and country.
struct Address {
    name: Option<usize>,
    lines: [Option<usize>; 5],
}

impl Address {
    fn take(columns: &mut Columns, of: &str) -> Self {
        let mut take = |what: &str| take(columns, &format!("{of} {what}"));
        let lines = [take("Street"), take("Zip"), take("City"), take("Province"), take("Country")];
        Self { name: take("Name"), lines }
    }

    fn text(&self, row: &Row, columns: &Columns) -> String {
        let get = |index: usize| text(row, columns, self.lines[index]).trim_start_matches('\'').to_owned();
        let place = format!("{} {}", get(1), get(2)).trim().to_owned();
        let parts = [get(0), place, get(3), get(4)].into_iter().filter(|part| !part.is_empty());
        parts.collect::<Vec<_>>().join("\n")
    }
}

impl Orders {
    pub(super) fn new(columns: &mut Columns) -> Self {
        Self {
            name: take(columns, "Name"),
            paid: take(columns, "Financial Status"),
            fulfilled: take(columns, "Fulfillment Status"),
            subtotal: take(columns, "Subtotal"),
            refunded: take(columns, "Refunded Amount"),
            created: take(columns, "Created at"),
            cancelled: take(columns, "Cancelled at"),
            line_price: take(columns, "Lineitem price"),
            line_fulfilled: take(columns, "Lineitem fulfillment status"),
            shipping: Address::take(columns, "Shipping"),
            billing: Address::take(columns, "Billing"),
            current: String::new(),
            current_cancelled: false,
        }
    }

    pub(super) fn forget_order(&mut self) {
        self.current.clear();
    }

    pub(super) fn same_order(&self, row: &Row, columns: &Columns) -> bool {
        let name = text(row, columns, self.name);
        !name.is_empty() && name == self.current
    }

    pub(super) fn row(&mut self, row: &Row, columns: &Columns, notes: &mut Notes) -> Step {
        if self.same_order(row, columns) {
            return Step::Line(Ok(self.line(row, columns)));
        }
        let get = |index| text(row, columns, index);
        self.current = get(self.name);
        self.current_cancelled = self.cancelled.is_some_and(|index| row.has(index));
        let mut draft = Draft::new(row, columns);
        draft.text(self.name, "external_ref", self.current.as_str());
        let address =
            if self.shipping.text(row, columns).is_empty() { &self.billing } else { &self.shipping };
        let named =
            [&self.shipping, &self.billing].into_iter().find(|known| known.name.is_some_and(|i| row.has(i)));
        if let Some(named) = named {
            draft.text(named.name, "name", get(named.name));
        }
        draft.text(address.lines[0], "address", address.text(row, columns));
        draft.text(self.created, "created_at", timestamp(&get(self.created)));
        draft.text(self.subtotal, "total", price(&get(self.subtotal)));
        if self.refunded.is_some_and(|index| row.has(index)) {
            draft.text(self.refunded, "refunded", price(&get(self.refunded)));
        }
        draft.text(self.paid, "payment_status", payment(&get(self.paid), notes));
        draft.text(self.fulfilled, "status", self.status(&get(self.fulfilled)));
        Step::Begin(Begun { cells: draft.cells, lines: vec![self.line(row, columns)], ..Begun::default() })
    }

    fn status(&self, fulfilled: &str) -> String {
        match fulfilled {
            _ if self.current_cancelled => "cancelled",
            "fulfilled" => "shipped",
            "partial" => "partially_shipped",
            "" | "unfulfilled" | "pending" => "confirmed",
            other => other,
        }
        .to_owned()
    }

    fn line(&self, row: &Row, columns: &Columns) -> Record {
        let mut draft = Draft::line(row, columns);
        draft.text(self.line_price, "unit_price", price(&text(row, columns, self.line_price)));
        let quantity = draft.cells.iter().find(|cell| &*cell.field == "quantity");
        let quantity = quantity.map_or_else(|| Value::Text("0".to_owned()), |cell| cell.value.clone());
        let shipped = text(row, columns, self.line_fulfilled) == "fulfilled";
        if let Some(index) = self.line_fulfilled.or(self.line_price) {
            if shipped {
                draft.value(index, "shipped", quantity);
            } else if self.current_cancelled {
                draft.value(index, "cancelled", quantity);
            }
        }
        Record { line: row.line, cells: draft.cells, ..Record::default() }
    }
}

/// Shopify's word for what was paid.
fn payment(word: &str, notes: &mut Notes) -> String {
    match word {
        "paid" | "refunded" | "partially_refunded" => word,
        "partially_paid" => {
            notes.remark("orders that are paid in part, taken as unpaid");
            "unpaid"
        }
        "" | "pending" | "authorized" | "expired" | "voided" | "unpaid" => "unpaid",
        other => other,
    }
    .to_owned()
}

/// `2024-01-31 10:11:12 +0100` as RFC 3339; anything else as it stands.
fn timestamp(text: &str) -> String {
    let parts: Vec<&str> = text.split(' ').collect();
    match parts[..] {
        [day, time, zone] if zone.len() == 5 && zone.is_ascii() => {
            format!("{day}T{time}{}:{}", &zone[..3], &zone[3..])
        }
        _ => text.to_owned(),
    }
}

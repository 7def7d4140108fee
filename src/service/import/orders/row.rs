//! What a record says of an order.

use serde_json::Value as Json;

use crate::domain::actor::Actor;
use crate::domain::clock::Timestamp;
use crate::domain::email::Email;
use crate::domain::id::{OrderId, ProductId};
use crate::domain::invalid::Invalid;
use crate::domain::key::UserKey;
use crate::domain::money::Currency;
use crate::domain::number::{OrderNumber, Quantity};
use crate::domain::order::{HistoryEntry, Order, OrderStatus, PaymentStatus};
use crate::domain::sku::Sku;
use crate::domain::text::{Address, Name, Note, Reference};
use crate::files::{Cell, Record, Value};
use crate::service::error::Problem;
use crate::service::fields::Fields;
use crate::service::import::cells::{Kept, parsed, patch, pointer, some, wrong};
use crate::service::patch::Patch;

/// A record, parsed.
#[derive(Debug, Default)]
pub(in crate::service::import) struct OrderRow {
    /// The key in the form in which it is unique.
    pub(super) key: String,
    pub(super) kept: Kept<OrderId>,
    pub(super) number: Option<OrderNumber>,
    pub(super) external_ref: Option<Reference>,
    /// The registered user. Where the file says nothing of users, the address tells; where it says that there is none, there is none.
    pub(super) user: Patch<UserKey>,
    pub(super) email: Option<Email>,
    pub(super) customer: Option<Reference>,
    pub(super) name: Option<Name>,
    pub(super) address: Option<Address>,
    pub(super) currency: Option<Currency>,
    pub(super) status: Option<OrderStatus>,
    pub(super) payment: Option<PaymentStatus>,
    /// What the file says the order is worth.
    pub(super) total: Option<String>,
    pub(super) refunded: Option<String>,
    pub(super) note: Patch<Note>,
    pub(super) tracking: Patch<Reference>,
    pub(super) hold_until: Option<Timestamp>,
    pub(super) history: Option<Vec<HistoryEntry>>,
    pub(super) lines: Vec<LineRow>,
}

/// A line of it.
#[derive(Debug)]
pub(in crate::service::import) struct LineRow {
    pub(super) product: Option<ProductId>,
    pub(super) sku: Option<Sku>,
    pub(super) name: Option<Name>,
    pub(super) quantity: Quantity,
    pub(super) unit_price: Option<String>,
    pub(super) shipped: Option<i64>,
    pub(super) cancelled: Option<i64>,
    pub(super) returned: Option<i64>,
    pub(super) restocked: Option<i64>,
}

/// Reads a record.
pub(super) fn read(record: &Record) -> Result<OrderRow, Vec<Problem>> {
    let mut fields = Fields::new();
    let mut row = OrderRow::default();
    for cell in &record.cells {
        if !row.kept.take(&mut fields, cell) {
            take(&mut fields, &mut row, cell);
        }
    }
    let mut lines = Vec::with_capacity(record.lines.len());
    for (index, line) in record.lines.iter().enumerate() {
        lines.extend(read_line(&mut fields, index, line));
    }
    if record.lines.len() > Order::MAX_LINES {
        let detail = format!("{} lines are more than {}", record.lines.len(), Order::MAX_LINES);
        fields.problem("/lines", Invalid::new("too_many_items", detail));
    }
    row.lines = lines;
    // A reference is what other systems know an order by; files of ours have a number too.
    let key = row.external_ref.as_ref().map(|name| format!("ref {name}"));
    let key = key.or_else(|| row.number.map(|number| format!("number {number}")));
    let key = key.or_else(|| row.kept.id.map(|id| id.to_string()));
    match key {
        Some(key) if fields.is_sound() => Ok(OrderRow { key, ..row }),
        None if fields.is_sound() => {
            let detail = "an order needs external_ref, or number or id: nothing else tells it from others when the file comes again";
            fields.problem("/external_ref", Invalid::new("missing_member", detail));
            Err(fields.into_problems())
        }
        _ => Err(fields.into_problems()),
    }
}

fn take(fields: &mut Fields, row: &mut OrderRow, cell: &Cell) {
    match &*cell.field {
        "number" => row.number = parsed(fields, cell),
        "external_ref" => row.external_ref = parsed(fields, cell),
        "user" => row.user = parsed(fields, cell).map_or(Patch::Clear, Patch::Set),
        "email" => row.email = parsed(fields, cell),
        "customer" => match &cell.value {
            Value::Map(members) => take_customer(fields, row, cell, members),
            _ => row.customer = parsed(fields, cell),
        },
        "name" => row.name = parsed(fields, cell),
        "address" => row.address = parsed(fields, cell),
        "currency" => row.currency = parsed(fields, cell),
        "status" => row.status = status(fields, cell),
        "payment_status" => row.payment = parsed(fields, cell),
        "total" => row.total = some(fields, cell).map(str::to_owned),
        "refunded" => row.refunded = some(fields, cell).map(str::to_owned),
        "note" => row.note = patch(fields, cell),
        "tracking" => row.tracking = patch(fields, cell),
        "hold_until" => row.hold_until = parsed(fields, cell),
        "history" => row.history = history(fields, cell),
        _ => fields.problem(pointer(cell), Invalid::new("unknown_member", "orders have no such field")),
    }
}

/// `canceled` is read as `cancelled`.
fn status(fields: &mut Fields, cell: &Cell) -> Option<OrderStatus> {
    let text = some(fields, cell)?.trim();
    if text == "canceled" {
        return Some(OrderStatus::Cancelled);
    }
    fields.check("/status", text.parse())
}

/// The customer of an order as the interface shows it.
fn take_customer(fields: &mut Fields, row: &mut OrderRow, cell: &Cell, members: &[(String, Value)]) {
    for (name, value) in members {
        let field = match name.as_str() {
            "user_id" => "user",
            "reference" => "customer",
            "email" | "name" | "address" => name,
            _ => {
                let detail = format!("a customer has no {name:?}");
                fields.problem("/customer", Invalid::new("unknown_member", detail));
                continue;
            }
        };
        if matches!(value, Value::Map(_) | Value::List(_)) {
            fields.problem("/customer", wrong("an object of texts"));
            continue;
        }
        let cell = Cell { field: field.into(), value: value.clone(), ..cell.clone() };
        take(fields, row, &cell);
    }
}

fn read_line(fields: &mut Fields, index: usize, record: &Record) -> Option<LineRow> {
    let mut within = Fields::new();
    let (mut product, mut sku, mut name, mut quantity, mut unit_price) = (None, None, None, None, None);
    let (mut shipped, mut cancelled, mut returned, mut restocked) = (None, None, None, None);
    for cell in &record.cells {
        let count = |within: &mut Fields| parsed::<Quantity>(within, cell).map(Quantity::get);
        match &*cell.field {
            "product_id" => product = parsed(&mut within, cell),
            "sku" => sku = parsed(&mut within, cell),
            "name" => name = parsed(&mut within, cell),
            "quantity" => {
                quantity = count(&mut within)
                    .and_then(|count| within.check("/quantity", Quantity::at_least_one(count)));
            }
            "unit_price" => unit_price = some(&mut within, cell).map(str::to_owned),
            "shipped" => shipped = count(&mut within),
            "cancelled" => cancelled = count(&mut within),
            "returned" => returned = count(&mut within),
            "restocked" => restocked = count(&mut within),
            // Price times quantity, whatever the file says.
            "total" => {}
            _ => within.problem(pointer(cell), Invalid::new("unknown_member", "lines have no such field")),
        }
    }
    if within.is_sound() && product.is_none() && sku.is_none() {
        within.problem("/sku", Invalid::new("missing_member", "a line needs a \"sku\""));
    }
    if within.is_sound() && quantity.is_none() {
        within.problem("/quantity", Invalid::new("missing_member", "a line needs a \"quantity\""));
    }
    for problem in within.into_problems() {
        let at = format!("/lines/{index}{}", problem.pointer);
        fields.problem(at, Invalid::new(problem.code, problem.detail));
    }
    let quantity = quantity?;
    Some(LineRow { product, sku, name, quantity, unit_price, shipped, cancelled, returned, restocked })
}

/// A list of steps, or its text in a cell of a table.
fn history(fields: &mut Fields, cell: &Cell) -> Option<Vec<HistoryEntry>> {
    if cell.value.is_empty() {
        return None;
    }
    let steps = match &cell.value {
        Value::List(steps) => steps.iter().map(members).collect::<Option<Vec<_>>>(),
        value => value.as_text().and_then(|text| {
            let steps: Vec<Json> = serde_json::from_str(text).ok()?;
            steps.iter().map(json_members).collect()
        }),
    };
    let Some(steps) = steps else {
        fields.problem("/history", wrong("a list of steps"));
        return None;
    };
    let entries: Result<Vec<HistoryEntry>, Invalid> = steps.iter().map(entry).collect();
    fields.check("/history", entries)
}

type Members = Vec<(String, Option<String>)>;

fn members(value: &Value) -> Option<Members> {
    let Value::Map(members) = value else { return None };
    Some(members.iter().map(|(name, value)| (name.clone(), value.as_text().map(str::to_owned))).collect())
}

fn json_members(json: &Json) -> Option<Members> {
    let members = json.as_object()?;
    Some(members.iter().map(|(name, value)| (name.clone(), value.as_str().map(str::to_owned))).collect())
}

fn entry(members: &Members) -> Result<HistoryEntry, Invalid> {
    let get =
        |name: &str| members.iter().find(|(known, _)| known == name).and_then(|(_, value)| value.as_deref());
    let need = |name: &str| {
        get(name).ok_or_else(|| Invalid::new("invalid_history", format!("a step has no {name:?}")))
    };
    Ok(HistoryEntry {
        at: need("at")?.parse()?,
        actor: Actor::from_stored(need("actor")?.to_owned()),
        command: need("command")?.parse()?,
        from: get("from").map(str::parse).transpose()?,
        to: need("to")?.parse()?,
        reason: get("reason").map(str::parse).transpose()?,
    })
}

//! The order that a record tells of.

use std::collections::HashMap;

use super::progress::progress;
use super::row::{LineRow, OrderRow};
use crate::domain::actor::Actor;
use crate::domain::clock::Timestamp;
use crate::domain::id::{OrderId, ProductId, UserId};
use crate::domain::invalid::Invalid;
use crate::domain::key::UserKey;
use crate::domain::money::{Currency, Money};
use crate::domain::number::OrderNumber;
use crate::domain::order::{
    CommandWord, Customer, Flags, Line, LineProgress, Order, OrderStatus, PaymentStatus,
};
use crate::domain::product::Product;
use crate::domain::user::User;
use crate::service::error::Problem;
use crate::service::fields::Fields;
use crate::service::patch::Patch;

/// What the store holds of what records name.
#[derive(Default)]
pub(super) struct Known {
    products: HashMap<ProductId, Product>,
    skus: HashMap<String, ProductId>,
    users: HashMap<UserId, User>,
    emails: HashMap<String, UserId>,
}

impl Known {
    pub(super) fn new(products: Vec<Product>, users: Vec<User>) -> Self {
        Self {
            skus: products.iter().map(|product| (product.sku.norm().to_owned(), product.id)).collect(),
            emails: users.iter().map(|user| (user.email.norm().to_owned(), user.id)).collect(),
            products: products.into_iter().map(|product| (product.id, product)).collect(),
            users: users.into_iter().map(|user| (user.id, user)).collect(),
        }
    }

    /// The product of a line: by its id, or, from another shop, by its SKU.
    pub(super) fn product(&self, line: &LineRow) -> Option<&Product> {
        let by_id = line.product.and_then(|id| self.products.get(&id));
        by_id.or_else(|| {
            let sku = line.sku.as_ref()?;
            self.products.get(self.skus.get(sku.norm())?)
        })
    }

    fn user(&self, key: &UserKey) -> Option<UserId> {
        match key {
            UserKey::Id(id) => self.users.get(id).map(|user| user.id),
            UserKey::Email(email) => self.emails.get(email.norm()).copied(),
        }
    }
}

/// Who tells, and when.
pub(super) struct Told<'a> {
    pub(super) id: OrderId,
    pub(super) at: Timestamp,
    pub(super) actor: &'a Actor,
}

/// Makes the order of a record. Also returns whether the total that the file states is another than that of the lines.
pub(super) fn build(row: &OrderRow, known: &Known, told: &Told<'_>) -> Result<(Order, bool), Vec<Problem>> {
    let mut fields = Fields::new();
    let customer = customer(&mut fields, row, known);
    let currency = currency(&mut fields, row, known);
    let lines = currency.map(|currency| lines(&mut fields, row, known, currency));
    let (Some(customer), Some(currency), Some(lines)) = (customer, currency, lines) else {
        return Err(fields.into_problems());
    };
    if !fields.is_sound() {
        return Err(fields.into_problems());
    }
    let (created_at, updated_at) = row.kept.times(told.at);
    let mut order = Order {
        id: told.id,
        number: row
            .number
            .unwrap_or(OrderNumber::new(OrderNumber::FIRST).map_err(|invalid| problem("/number", invalid))?),
        version: row.kept.first_version(),
        created_at,
        updated_at,
        external_ref: row.external_ref.clone(),
        customer,
        currency,
        lines,
        refunded: Money::zero(currency),
        flags: flags(row),
        history: row.history.clone().unwrap_or_default(),
        hold_until: row.hold_until,
        note: row.note.clone().into_set(),
        tracking: row.tracking.clone().into_set(),
    };
    order.within_bounds().map_err(|invalid| problem("/lines", invalid))?;
    let total = order.total().unwrap_or(Money::zero(currency));
    order.refunded = refunded(&mut fields, row, total, currency);
    if order.hold_until.is_some() && order.status() != OrderStatus::Pending {
        // A hold of an order that is no longer waiting means nothing, and orders of ours keep it all the same.
        order.hold_until = row.hold_until.filter(|_| row.history.is_some());
    }
    check(&mut fields, row, &order);
    if row.history.is_some() {
        fields.check("/history", order.check_history());
    } else if fields.is_sound() {
        order.tell_history(updated_at, told.actor);
    }
    let stated = row.total.as_deref().and_then(|text| fields.check("/total", Money::parse(text, currency)));
    if fields.is_sound() {
        Ok((order, stated.is_some_and(|stated| stated != total)))
    } else {
        Err(fields.into_problems())
    }
}

fn problem(pointer: &str, invalid: Invalid) -> Vec<Problem> {
    vec![Problem { pointer: pointer.to_owned(), code: invalid.code, detail: invalid.detail }]
}

fn customer(fields: &mut Fields, row: &OrderRow, known: &Known) -> Option<Customer> {
    let user_id = match &row.user {
        // The address of a registered user makes it that user's order.
        Patch::Keep => row.email.as_ref().and_then(|email| known.user(&UserKey::Email(email.clone()))),
        Patch::Clear => None,
        // Who is no longer there was there when the order was placed.
        Patch::Set(UserKey::Id(id)) => Some(*id),
        Patch::Set(key) => {
            let found = known.user(key);
            if found.is_none() {
                let detail = format!("user {:?} does not exist", key.to_string());
                fields.problem("/user", Invalid::new("user_not_found", detail));
                return None;
            }
            found
        }
    };
    // What the file leaves out is as it is when an order is placed; an order with its history is as it was.
    let user = user_id.and_then(|id| known.users.get(&id)).filter(|_| row.history.is_none());
    let customer = Customer {
        user_id,
        email: row.email.clone().or_else(|| user.map(|user| user.email.clone())),
        reference: row.customer.clone(),
        name: row.name.clone().or_else(|| user.and_then(|user| user.name.clone())),
        address: row.address.clone(),
    };
    fields.check("/email", customer.named())
}

/// The currency of the file, or that of the products.
fn currency(fields: &mut Fields, row: &OrderRow, known: &Known) -> Option<Currency> {
    if row.lines.is_empty() {
        fields.problem("/lines", Invalid::new("no_items", "an order needs at least one line"));
        return None;
    }
    let products = row.lines.iter().filter_map(|line| known.product(line));
    let mut currencies = products.map(|product| product.price.currency());
    // Without any product only that is told, line by line.
    let Some(first) = row.currency.or_else(|| currencies.next()) else {
        missing(fields, row, known);
        return None;
    };
    if row.currency.is_none()
        && let Some(other) = currencies.find(|&currency| currency != first)
    {
        let detail = format!("the products are priced in {first} and {other}; an order has one currency");
        fields.problem("/lines", Invalid::new("mixed_currencies", detail));
        return None;
    }
    Some(first)
}

fn missing(fields: &mut Fields, row: &OrderRow, known: &Known) {
    for (index, line) in row.lines.iter().enumerate().filter(|(_, line)| known.product(line).is_none()) {
        fields.problem(format!("/lines/{index}/sku"), not_found(line));
    }
}

fn not_found(line: &LineRow) -> Invalid {
    let named = line.sku.as_ref().map(ToString::to_string);
    let named = named.or_else(|| line.product.map(|id| id.to_string())).unwrap_or_default();
    Invalid::new("product_not_found", format!("product {named:?} does not exist"))
}

fn lines(fields: &mut Fields, row: &OrderRow, known: &Known, currency: Currency) -> Vec<Line> {
    let mut lines = Vec::with_capacity(row.lines.len());
    for (index, line) in row.lines.iter().enumerate() {
        let at = |name: &str| format!("/lines/{index}/{name}");
        let Some(product) = known.product(line) else {
            fields.problem(at("sku"), not_found(line));
            continue;
        };
        let price = match &line.unit_price {
            Some(text) => fields.check(at("unit_price"), Money::parse(text, currency)),
            None if product.price.currency() == currency => Some(product.price),
            None => {
                let detail = format!(
                    "a line in {currency} needs its price: the product is priced in {}",
                    product.price.currency()
                );
                fields.problem(at("unit_price"), Invalid::new("price_missing", detail));
                None
            }
        };
        let progress = fields
            .check(at("quantity"), progress(line.quantity, LineProgress::default(), Some(line), row.status));
        if let (Some(unit_price), Some(progress)) = (price, progress) {
            lines.push(Line {
                product_id: product.id,
                sku: line.sku.clone().unwrap_or_else(|| product.sku.clone()),
                name: line.name.clone().unwrap_or_else(|| product.name.clone()),
                unit_price,
                quantity: line.quantity,
                progress,
            });
        }
    }
    lines
}

fn flags(row: &OrderRow) -> Flags {
    let paid = row.payment.is_some_and(|payment| payment != PaymentStatus::Unpaid);
    let step =
        |words: &[CommandWord]| row.history.iter().flatten().any(|entry| words.contains(&entry.command));
    Flags {
        confirmed: paid
            || row.status == Some(OrderStatus::Confirmed)
            || step(&[CommandWord::Confirm, CommandWord::Pay]),
        paid,
        delivered: row.status == Some(OrderStatus::Delivered) || step(&[CommandWord::Deliver]),
        expired: row.status == Some(OrderStatus::Expired),
    }
}

fn refunded(fields: &mut Fields, row: &OrderRow, total: Money, currency: Currency) -> Money {
    let stated =
        row.refunded.as_deref().and_then(|text| fields.check("/refunded", Money::parse(text, currency)));
    stated.unwrap_or(if row.payment == Some(PaymentStatus::Refunded) { total } else { Money::zero(currency) })
}

/// Refuses an order that is not what the file says it is.
fn check(fields: &mut Fields, row: &OrderRow, order: &Order) {
    let (is, paid) = (order.status(), order.payment_status());
    if let Some(said) = row.status.filter(|said| *said != is) {
        let detail = format!(
            "the file says {said}, and its lines amount to {is}; shipped, cancelled and returned of a line say how far it is"
        );
        fields.problem("/status", Invalid::new("status_differs", detail));
    }
    if order.flags.expired && order.flags.paid {
        let detail = "an order that was paid does not expire";
        fields.problem("/payment_status", Invalid::new("payment_differs", detail));
    }
    let over = order.total().is_some_and(|total| order.refunded.minor() > total.minor());
    if over || (order.refunded.minor() > 0 && !order.flags.paid) {
        let detail = format!("{} were paid back, which is more than was paid", order.refunded);
        fields.problem("/refunded", Invalid::new("refund_too_large", detail));
    } else if let Some(said) = row.payment.filter(|said| *said != paid) {
        let detail = format!("the file says {said}, and what was paid back amounts to {paid}");
        fields.problem("/payment_status", Invalid::new("payment_differs", detail));
    }
}

//! What a record changes of an order that is there: how far it is, the remark and the tracking. All else was said when it was placed.

use super::build::Known;
use super::progress::progress;
use super::row::{LineRow, OrderRow};
use crate::domain::actor::Actor;
use crate::domain::clock::Timestamp;
use crate::domain::email::Email;
use crate::domain::invalid::Invalid;
use crate::domain::inventory::StockEffect;
use crate::domain::money::Money;
use crate::domain::number::Quantity;
use crate::domain::order::{
    Command, ItemQuantity, Line, LineProgress, Order, OrderStatus, Outcome, PaymentStatus,
};
use crate::domain::text::{Address, Name, Reference};
use crate::service::error::Problem;
use crate::service::fields::Fields;
use crate::service::patch::apply;

/// The order afterwards and what its steps do to stock; nothing where all is as the record says.
pub(super) fn change(
    row: &OrderRow,
    before: &Order,
    known: &Known,
    at: Timestamp,
    actor: &Actor,
) -> Result<Option<(Order, Vec<StockEffect>)>, Vec<Problem>> {
    let mut fields = Fields::new();
    placed(&mut fields, row, before, known);
    let target = target(&mut fields, row, before);
    let refund = refund(&mut fields, row, before);
    if !fields.is_sound() {
        return Err(fields.into_problems());
    }
    let (mut after, mut effects) = (before.clone(), Vec::new());
    for command in commands(row, before, &target, refund) {
        match after.step(&command, at, actor, None) {
            Ok(Outcome::Unchanged) => {}
            Ok(Outcome::Changed { order, stock }) => {
                after = *order;
                effects.extend(stock);
            }
            Err(refusal) => {
                fields.problem(
                    "/status",
                    Invalid::new(refusal.code(), format!("order {}: {refusal}", before.number)),
                );
                return Err(fields.into_problems());
            }
        }
    }
    apply(&mut after.note, &row.note);
    apply(&mut after.tracking, &row.tracking);
    arrived(&mut fields, row, &after, &target);
    if !fields.is_sound() {
        return Err(fields.into_problems());
    }
    // However many steps they are, it is one write.
    (after.version, after.updated_at) = (before.version, before.updated_at);
    if after == *before {
        return Ok(None);
    }
    (after.version, after.updated_at) = (before.version.next(), at);
    Ok(Some((after, effects)))
}

/// Refuses a record that says something else of what was said when the order was placed.
fn placed(fields: &mut Fields, row: &OrderRow, before: &Order, known: &Known) {
    let mut differs = |pointer: &str, differs: bool, there: &str| {
        if differs {
            let detail = format!(
                "order {} has {there:?} here, which does not change once it is placed",
                before.number
            );
            fields.problem(pointer, Invalid::new("order_placed", detail));
        }
    };
    let customer = &before.customer;
    let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
    let (email, name) =
        (text(customer.email.as_ref().map(Email::as_str)), text(customer.name.as_ref().map(Name::as_str)));
    differs("/email", row.email.is_some() && row.email != customer.email, &email);
    differs(
        "/customer",
        row.customer.is_some() && row.customer != customer.reference,
        &text(customer.reference.as_ref().map(Reference::as_str)),
    );
    differs("/name", row.name.is_some() && row.name != customer.name, &name);
    differs(
        "/address",
        row.address.is_some() && row.address != customer.address,
        &text(customer.address.as_ref().map(Address::as_str)),
    );
    differs(
        "/currency",
        row.currency.is_some_and(|currency| currency != before.currency),
        before.currency.code(),
    );
    let numbered = row.number.is_some_and(|number| number != before.number);
    differs("/number", numbered, &before.number.to_string());
    if row.lines.is_empty() {
        return;
    }
    let same = row.lines.len() == before.lines.len()
        && row.lines.iter().zip(&before.lines).all(|(said, line)| same_line(said, line, before, known));
    if !same {
        let detail =
            format!("the lines of order {} are others, which do not change once it is placed", before.number);
        fields.problem("/lines", Invalid::new("order_placed", detail));
    }
}

fn same_line(said: &LineRow, line: &Line, order: &Order, known: &Known) -> bool {
    let product = said.sku.as_ref().is_some_and(|sku| *sku == line.sku)
        || known.product(said).is_some_and(|product| product.id == line.product_id);
    let price = said
        .unit_price
        .as_deref()
        .is_none_or(|text| Money::parse(text, order.currency) == Ok(line.unit_price));
    product && price && said.quantity == line.quantity
}

/// How far each line is to come. None goes back.
fn target(fields: &mut Fields, row: &OrderRow, before: &Order) -> Vec<LineProgress> {
    let mut targets = Vec::with_capacity(before.lines.len());
    for (index, line) in before.lines.iter().enumerate() {
        let now = line.progress;
        let pointer = format!("/lines/{index}");
        let then = progress(line.quantity, now, row.lines.get(index), row.status);
        let Some(then) = fields.check(pointer.as_str(), then) else { continue };
        let back = then.shipped() < now.shipped()
            || then.cancelled() < now.cancelled()
            || then.returned() < now.returned()
            || then.restocked() < now.restocked();
        if back {
            let sku = line.sku.as_str();
            let detail = format!("order {} is further on than this says of {sku:?}", before.number);
            fields.problem(pointer, Invalid::new("order_moved_on", detail));
        }
        targets.push(then);
    }
    targets
}

/// What is still to be paid back.
fn refund(fields: &mut Fields, row: &OrderRow, before: &Order) -> Option<Money> {
    let total = before.total()?;
    let stated = row
        .refunded
        .as_deref()
        .and_then(|text| fields.check("/refunded", Money::parse(text, before.currency)));
    let stated = stated.or((row.payment == Some(PaymentStatus::Refunded)).then_some(total))?;
    let left = stated.checked_sub(before.refunded);
    match left {
        Some(left) if left.minor() >= 0 => (left.minor() > 0).then_some(left),
        _ => {
            let detail = format!("order {} has {} paid back already", before.number, before.refunded);
            fields.problem("/refunded", Invalid::new("order_moved_on", detail));
            None
        }
    }
}

/// The steps that lead there, in the order in which an order takes them.
fn commands(row: &OrderRow, before: &Order, target: &[LineProgress], refund: Option<Money>) -> Vec<Command> {
    let pieces = |count: &dyn Fn(LineProgress, LineProgress) -> i64| -> Option<Vec<ItemQuantity>> {
        let lines = before.lines.iter().zip(target);
        let items: Vec<ItemQuantity> = lines
            .filter_map(|(line, target)| {
                let quantity = Quantity::at_least_one(count(line.progress, *target)).ok()?;
                Some(ItemQuantity { sku: line.sku.clone(), quantity })
            })
            .collect();
        (!items.is_empty()).then_some(items)
    };
    let mut commands = Vec::new();
    if row.payment.is_some_and(|payment| payment != PaymentStatus::Unpaid) {
        commands.push(Command::Pay);
    } else if row.status == Some(OrderStatus::Confirmed) && before.status() == OrderStatus::Pending {
        commands.push(Command::Confirm);
    }
    if let Some(items) = pieces(&|now, then| then.shipped() - now.shipped()) {
        commands.push(Command::Ship { items: Some(items), tracking: None });
    }
    if let Some(items) = pieces(&|now, then| then.cancelled() - now.cancelled()) {
        let expires = row.status == Some(OrderStatus::Expired);
        commands.push(if expires { Command::Expire } else { Command::Cancel { items: Some(items) } });
    }
    if row.status == Some(OrderStatus::Delivered) {
        commands.push(Command::Deliver);
    }
    let kept = |progress: LineProgress| progress.returned() - progress.restocked();
    if let Some(items) = pieces(&|now, then| kept(then) - kept(now)) {
        commands.push(Command::Return { items: Some(items), restock: false });
    }
    if let Some(items) = pieces(&|now, then| then.restocked() - now.restocked()) {
        commands.push(Command::Return { items: Some(items), restock: true });
    }
    commands.extend(refund.map(|amount| Command::Refund { amount: Some(amount) }));
    commands
}

/// Refuses a record that says something else than what its steps have led to.
fn arrived(fields: &mut Fields, row: &OrderRow, after: &Order, target: &[LineProgress]) {
    if after.lines.iter().zip(target).any(|(line, target)| line.progress != *target) {
        let detail = format!("the lines of order {} cannot come to this", after.number);
        fields.problem("/lines", Invalid::new("order_moved_on", detail));
    } else if let Some(said) = row.status.filter(|said| *said != after.status()) {
        let detail = format!(
            "order {} is {}, and nothing in the file leads from there to {said}",
            after.number,
            after.status()
        );
        fields.problem("/status", Invalid::new("status_differs", detail));
    } else if let Some(said) = row.payment.filter(|said| *said != after.payment_status()) {
        let detail = format!(
            "order {} is {}, and nothing in the file leads from there to {said}",
            after.number,
            after.payment_status()
        );
        fields.problem("/payment_status", Invalid::new("payment_differs", detail));
    }
}

//! An order as it was asked for, and drawn up of what was read for it.

use super::parts::{Parts, Who};
use super::place::{NewOrder, OrderItem};
use crate::domain::clock::Timestamp;
use crate::domain::email::Email;
use crate::domain::id::OrderId;
use crate::domain::invalid::Invalid;
use crate::domain::key::{ProductKey, UserKey};
use crate::domain::money::{Currency, Money};
use crate::domain::number::{OrderNumber, Quantity, Version};
use crate::domain::order::{
    CommandWord, Customer, Flags, HistoryEntry, Hold, Line, LineProgress, Order, OrderStatus,
};
use crate::domain::text::{Address, Name, Note, Reference};
use crate::service::error::{Error, Result};
use crate::service::fields::Fields;
use crate::service::ids::new_uuid;
use crate::service::write::WriteOptions;

/// An order as it was asked for, every value good by itself.
pub(super) struct Wish {
    pub(super) user: Option<UserKey>,
    pub(super) email: Option<Email>,
    reference: Option<Reference>,
    name: Option<Name>,
    address: Option<Address>,
    pub(super) items: Vec<(ProductKey, Quantity)>,
    note: Option<Note>,
    external_ref: Option<Reference>,
    hold: Option<Hold>,
}

impl Wish {
    /// Checks everything that can be checked without a look at the store.
    pub(super) fn parse(new: &NewOrder, usual: Option<Hold>) -> Result<Self> {
        let mut fields = Fields::new();
        let email = fields.optional::<Email>("/email", new.email.as_deref());
        let reference = fields.optional::<Reference>("/customer_ref", new.customer_ref.as_deref());
        let name = fields.optional::<Name>("/name", new.name.as_deref());
        let address = fields.optional::<Address>("/address", new.address.as_deref());
        let note = fields.optional("/note", new.note.as_deref());
        let external_ref = fields.optional("/external_ref", new.external_ref.as_deref());
        let user = fields.optional::<UserKey>("/user", new.user.as_deref());
        if new.user.is_none() && new.email.is_none() && new.customer_ref.is_none() {
            fields.problem("/email", Customer::missing());
        }
        let hold = match new.hold {
            None => Some(usual),
            Some(length) => fields.check("/hold", Hold::new(length)),
        };
        let items = parse_wanted(&mut fields, &new.items);
        let (
            Some(email),
            Some(reference),
            Some(name),
            Some(address),
            Some(note),
            Some(external_ref),
            Some(user),
            Some(hold),
        ) = (email, reference, name, address, note, external_ref, user, hold)
        else {
            return Err(fields.into_error());
        };
        fields.finish()?;
        Ok(Self { user, email, reference, name, address, items, note, external_ref, hold })
    }

    /// Makes the order. Its number is the store's to give.
    pub(super) fn draw_up(&self, parts: Parts, at: Timestamp, options: &WriteOptions) -> Result<Order> {
        let quantities = self.items.iter().map(|(_, quantity)| *quantity);
        let lines: Vec<Line> = parts
            .offers
            .into_iter()
            .zip(quantities)
            .map(|(offer, quantity)| Line {
                product_id: offer.product,
                sku: offer.sku,
                name: offer.name,
                unit_price: offer.price,
                quantity,
                progress: LineProgress::default(),
            })
            .collect();
        let buyer = match parts.customer {
            Who::User(buyer) => Some(buyer),
            Who::Guest(_) | Who::NoAddress => None,
        };
        let customer = Customer {
            user_id: buyer.as_ref().map(|buyer| buyer.user),
            email: self.email.clone().or_else(|| buyer.as_ref().map(|buyer| buyer.email.clone())),
            reference: self.reference.clone(),
            name: self.name.clone().or_else(|| buyer.and_then(|buyer| buyer.name)),
            address: self.address.clone(),
        }
        .named()
        .map_err(Error::internal)?;
        let currency = single_currency(&lines)?;
        let order = Order {
            id: OrderId::from_uuid(new_uuid(at)),
            number: OrderNumber::new(OrderNumber::FIRST).map_err(Error::internal)?,
            version: Version::FIRST,
            created_at: at,
            updated_at: at,
            external_ref: self.external_ref.clone(),
            customer,
            currency,
            lines,
            refunded: Money::zero(currency),
            flags: Flags::default(),
            history: vec![HistoryEntry {
                at,
                actor: options.actor.clone(),
                command: CommandWord::Place,
                from: None,
                to: OrderStatus::Pending,
                reason: None,
            }],
            hold_until: self.hold.map(|hold| hold.ends(at)),
            note: self.note.clone(),
            tracking: None,
        };
        order.within_bounds().map_err(|invalid| Error::invalid("/items", invalid))?;
        Ok(order)
    }
}

fn parse_wanted(fields: &mut Fields, items: &[OrderItem]) -> Vec<(ProductKey, Quantity)> {
    if items.is_empty() {
        fields.problem("/items", Invalid::new("no_items", "an order needs at least one item"));
    } else if items.len() > Order::MAX_LINES {
        let detail = format!("{} items are more than {}", items.len(), Order::MAX_LINES);
        fields.problem("/items", Invalid::new("too_many_items", detail));
    }
    let mut wanted = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let key = fields.check(format!("/items/{index}/product"), item.product.parse());
        let quantity =
            fields.check(format!("/items/{index}/quantity"), Quantity::at_least_one(item.quantity));
        if let (Some(key), Some(quantity)) = (key, quantity) {
            wanted.push((key, quantity));
        }
    }
    wanted
}

fn single_currency(lines: &[Line]) -> Result<Currency> {
    let mut currencies = lines.iter().map(|line| line.unit_price.currency());
    let Some(first) = currencies.next() else { return Err(Error::internal("an order without lines")) };
    match currencies.find(|&currency| currency != first) {
        None => Ok(first),
        Some(other) => {
            let detail = format!("the items are priced in {first} and {other}; an order has one currency");
            Err(Error::invalid("/items", Invalid::new("mixed_currencies", detail)))
        }
    }
}

//! Placing an order: all its lines or none.

use std::collections::HashMap;
use std::time::Duration;

use super::Orders;
use crate::domain::email::Email;
use crate::domain::id::{OrderId, ProductId};
use crate::domain::invalid::Invalid;
use crate::domain::inventory::MovementContext;
use crate::domain::key::{ProductKey, UserKey};
use crate::domain::money::Money;
use crate::domain::number::{OrderNumber, Quantity, Version};
use crate::domain::order::{
    CommandWord, Customer, Flags, HistoryEntry, Hold, ItemSpec, Line, LineProgress, Order, OrderStatus,
};
use crate::domain::product::{Product, ProductStatus};
use crate::domain::text::{Address, Name, Reference};
use crate::domain::user::User;
use crate::service::error::{Error, Kind, Problem, Result};
use crate::service::fields::Fields;
use crate::service::ids::new_uuid;
use crate::service::once::once;
use crate::service::view::OrderView;
use crate::service::write::WriteOptions;
use crate::store::{Effect, StoreError};

/// So many of one product, as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderItem {
    /// SKU or product id.
    pub product: String,
    /// How many, at least 1.
    pub quantity: i64,
}

impl From<ItemSpec> for OrderItem {
    fn from(spec: ItemSpec) -> Self {
        Self { product: spec.product, quantity: spec.quantity }
    }
}

/// An order to place, as written. A registered user, an address or a reference is needed; the address of a registered user makes
/// it that user's order.
#[derive(Debug, Default)]
pub struct NewOrder {
    /// A registered user: id or address.
    pub user: Option<String>,
    /// Where to write to, for a guest or instead of the user's own address.
    pub email: Option<String>,
    /// Another system's name for the customer.
    pub customer_ref: Option<String>,
    /// What to call them; the user's name without.
    pub name: Option<String>,
    /// Where it goes.
    pub address: Option<String>,
    /// What is ordered; at least one.
    pub items: Vec<OrderItem>,
    /// A remark.
    pub note: Option<String>,
    /// Another system's name for it.
    pub external_ref: Option<String>,
    /// Unpaid, it expires after this long, at most [`Hold::MAX`]; zero is never. Without a word the shop's own hold counts.
    pub hold: Option<Duration>,
}

impl Orders {
    /// Places an order, reserving all its lines or none.
    ///
    /// # Errors
    /// `Invalid`; `user_not_found`; `user_disabled`; `product_not_found`; `not_on_sale`; `insufficient_stock` naming every
    /// short line; `external_ref_taken`.
    pub async fn place(&self, new: NewOrder, options: &WriteOptions) -> Result<OrderView> {
        once(&*self.orders, options, self.clock.now(), async || self.place_new(new, options).await).await
    }

    async fn place_new(&self, new: NewOrder, options: &WriteOptions) -> Result<OrderView> {
        let at = self.clock.now();
        let mut fields = Fields::new();
        let email = fields.optional::<Email>("/email", new.email.as_deref());
        let reference = fields.optional::<Reference>("/customer_ref", new.customer_ref.as_deref());
        let name = fields.optional::<Name>("/name", new.name.as_deref());
        let address = fields.optional::<Address>("/address", new.address.as_deref());
        let note = fields.optional("/note", new.note.as_deref());
        let external_ref = fields.optional("/external_ref", new.external_ref.as_deref());
        let user_key = fields.optional::<UserKey>("/user", new.user.as_deref());
        if new.user.is_none() && new.email.is_none() && new.customer_ref.is_none() {
            fields.problem("/email", Customer::missing());
        }
        let hold = match new.hold {
            None => Some(self.hold),
            Some(length) => fields.check("/hold", Hold::new(length)),
        };
        let wanted = parse_wanted(&mut fields, &new.items);
        let (
            Some(email),
            Some(reference),
            Some(name),
            Some(address),
            Some(note),
            Some(external_ref),
            Some(user_key),
            Some(hold),
        ) = (email, reference, name, address, note, external_ref, user_key, hold)
        else {
            return Err(fields.into_error());
        };
        fields.finish()?;

        let user = self.customer(user_key, email.as_ref()).await?;
        let lines = self.lines(&wanted).await?;
        let email = email.or_else(|| user.as_ref().map(|user| user.email.clone()));
        let customer = Customer {
            user_id: user.as_ref().map(|user| user.id),
            email,
            reference,
            name: name.or_else(|| user.and_then(|user| user.name)),
            address,
        }
        .named()
        .map_err(Error::internal)?;
        let currency = single_currency(&lines)?;
        let mut order = Order {
            id: OrderId::from_uuid(new_uuid(at)),
            number: OrderNumber::new(OrderNumber::FIRST).map_err(Error::internal)?,
            version: Version::FIRST,
            created_at: at,
            updated_at: at,
            external_ref,
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
            hold_until: hold.map(|hold| hold.ends(at)),
            note,
            tracking: None,
        };
        order.within_bounds().map_err(|invalid| Error::invalid("/items", invalid))?;
        let context = MovementContext {
            actor: options.actor.clone(),
            at,
            order_id: Some(order.id),
            reason: None,
            reference: None,
        };
        let answer = OrderView::from(&order);
        let commit = options.commit(at, move |effect| match effect {
            Effect::Placed(number) => OrderView { number: number.get(), ..answer.clone() },
            Effect::Done | Effect::Stock(_) => answer.clone(),
        });
        let placed = self.orders.place_order(&order, &context, commit).await;
        order.number = placed.map_err(|error| place_error(error, &order, &new.items))?;
        Ok((&order).into())
    }

    /// The registered user of an order: the one named, or the one who has the address.
    async fn customer(&self, key: Option<UserKey>, email: Option<&Email>) -> Result<Option<User>> {
        let user = match (&key, email) {
            (Some(key), _) => {
                let found = self.users.look_up_user(key).await.map_err(Error::from_store)?;
                Some(found.ok_or_else(|| Error::not_found("user", key))?)
            }
            (None, Some(email)) => {
                let key = UserKey::Email(email.clone());
                self.users.look_up_user(&key).await.map_err(Error::from_store)?
            }
            (None, None) => None,
        };
        if let Some(user) = &user
            && user.status == crate::domain::user::UserStatus::Disabled
        {
            let detail = format!("user {:?} is disabled and cannot order", user.email.as_str());
            return Err(Error::new(Kind::Conflict, "user_disabled", detail)
                .hint(format!("shopctl user enable {}", user.email)));
        }
        Ok(user)
    }

    async fn lines(&self, wanted: &[(ProductKey, Quantity)]) -> Result<Vec<Line>> {
        let keys: Vec<ProductKey> = wanted.iter().map(|(key, _)| key.clone()).collect();
        let products = self.products.find_products(&keys).await.map_err(Error::from_store)?;
        let by_id: HashMap<ProductId, &Product> = products.iter().map(|p| (p.id, p)).collect();
        let by_sku: HashMap<&str, &Product> = products.iter().map(|p| (p.sku.norm(), p)).collect();
        let mut lines = Vec::with_capacity(wanted.len());
        let (mut missing, mut off_sale) = (Vec::new(), Vec::new());
        for (index, (key, quantity)) in wanted.iter().enumerate() {
            let product = match key {
                ProductKey::Id(id) => by_id.get(id),
                ProductKey::Sku(sku) => by_sku.get(sku.norm()),
            };
            let pointer = format!("/items/{index}/product");
            match product {
                None => {
                    let detail = format!("product {:?} does not exist", key.to_string());
                    missing.push(Problem { pointer, code: "product_not_found", detail });
                }
                Some(product) if product.status != ProductStatus::Active => {
                    let detail = format!("product {:?} is {}", product.sku.as_str(), product.status);
                    off_sale.push(Problem { pointer, code: "not_on_sale", detail });
                }
                Some(product) => lines.push(Line {
                    product_id: product.id,
                    sku: product.sku.clone(),
                    name: product.name.clone(),
                    unit_price: product.price,
                    quantity: *quantity,
                    progress: LineProgress::default(),
                }),
            }
        }
        if let Some(first) = missing.first() {
            let detail = first.detail.clone();
            return Err(Error {
                problems: missing,
                ..Error::new(Kind::NotFound, "product_not_found", detail)
            }
            .hint("shopctl product list"));
        }
        if off_sale.is_empty() { Ok(lines) } else { Err(not_on_sale(off_sale)) }
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

fn single_currency(lines: &[Line]) -> Result<crate::domain::money::Currency> {
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

fn not_on_sale(problems: Vec<Problem>) -> Error {
    let list: Vec<&str> = problems.iter().map(|problem| problem.detail.as_str()).collect();
    let detail = format!("not on sale: {}", list.join("; "));
    Error { problems, ..Error::new(Kind::Conflict, "not_on_sale", detail) }
}

/// The store's refusal, told in the order's own items.
fn place_error(error: StoreError, order: &Order, items: &[OrderItem]) -> Error {
    let pointers = |id: ProductId| {
        let lines = order.lines.iter().enumerate();
        lines.filter(move |(_, line)| line.product_id == id).map(|(index, _)| format!("/items/{index}"))
    };
    match error {
        StoreError::Short(short) => {
            let mut error = Error::from_store(StoreError::Short(short.clone()));
            error.problems = short
                .iter()
                .zip(std::mem::take(&mut error.problems))
                .flat_map(|(shortage, problem)| {
                    pointers(shortage.product_id).map(move |pointer| Problem { pointer, ..problem.clone() })
                })
                .collect();
            match short.first() {
                Some(first) => {
                    let hint = format!("shopctl inventory get {}", first.sku);
                    error.hint(hint)
                }
                None => error,
            }
        }
        // Between the look-up and the step somebody took it off sale.
        StoreError::NotOnSale(ids) => {
            let problem = |pointer: String, id: ProductId| {
                let name =
                    order.lines.iter().find(|line| line.product_id == id).map(|line| line.sku.as_str());
                let detail = format!("product {:?} is no longer on sale", name.unwrap_or_default());
                Problem { pointer, code: "not_on_sale", detail }
            };
            let problems =
                ids.into_iter().flat_map(|id| pointers(id).map(move |pointer| problem(pointer, id)));
            not_on_sale(problems.collect())
        }
        error => {
            tracing::debug!(items = items.len(), "an order was not placed");
            Error::from_store(error)
        }
    }
}

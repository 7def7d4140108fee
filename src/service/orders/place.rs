//! Placing an order: all its lines or none.

use std::collections::HashMap;
use std::time::Duration;

use super::Orders;
use super::known::{Buyer, Holder, Offer};
use crate::domain::clock::Timestamp;
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
use crate::domain::text::{Address, Name, Note, Reference};
use crate::domain::user::UserStatus;
use crate::service::error::{Error, Kind, Problem, Result};
use crate::service::fields::Fields;
use crate::service::ids::new_uuid;
use crate::service::once::once;
use crate::service::view::OrderView;
use crate::service::write::{TRIES, WriteOptions, back_off};
use crate::store::{Effect, KnownCustomer, Premises, StoreError};

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
        let wish = self.parse(&new)?;
        let mut memory = Memory::May;
        let mut attempt = 0;
        loop {
            let parts = self.parts(&wish, memory).await?;
            let remembered = parts.remembered;
            let premises = parts.premises();
            let mut order = match wish.draw_up(parts, at, options) {
                // What is refused is refused for what is there now.
                Err(_) if remembered => {
                    memory = Memory::MustNot;
                    continue;
                }
                drawn => drawn?,
            };
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
            match self.orders.place_order(&order, &premises, &context, commit).await {
                Ok(number) => {
                    order.number = number;
                    return Ok((&order).into());
                }
                // Somebody has changed what it was made of: it is made anew.
                Err(StoreError::Stale { .. }) if attempt < TRIES => {
                    memory = Memory::MustNot;
                    back_off(&mut attempt).await;
                }
                Err(StoreError::Stale { .. }) => return Err(Error::from_store(StoreError::Timeout)),
                Err(error) => return Err(place_error(error, &order, &new.items)),
            }
        }
    }

    /// Checks everything that can be checked without a look at the store.
    fn parse(&self, new: &NewOrder) -> Result<Wish> {
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
            None => Some(self.hold),
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
        Ok(Wish { user, email, reference, name, address, items, note, external_ref, hold })
    }

    /// What the order is made of, from memory where that may be.
    async fn parts(&self, wish: &Wish, memory: Memory) -> Result<Parts> {
        let (customer, known) = self.customer(wish, memory).await?;
        let (offers, some_known) = self.offers(&wish.items, memory).await?;
        Ok(Parts { customer, offers, remembered: known || some_known })
    }

    /// The registered user of an order: the one named, or the one who has the address. And whether that is from memory.
    async fn customer(&self, wish: &Wish, memory: Memory) -> Result<(Who, bool)> {
        let by_address = || wish.email.clone().map(UserKey::Email);
        let Some(key) = wish.user.clone().or_else(by_address) else { return Ok((Who::NoAddress, false)) };
        let remembered = if memory == Memory::May { self.known.holder(&key) } else { None };
        let who = |holder| match (holder, &key) {
            (Holder::Buyer(buyer), _) => Some(Who::User(buyer)),
            (Holder::Nobody, UserKey::Email(email)) if wish.user.is_none() => Some(Who::Guest(email.clone())),
            (Holder::Nobody, _) => None,
        };
        if let Some(who) = remembered.and_then(who) {
            return Ok((who, true));
        }
        let found = self.users.look_up_user(&key).await.map_err(Error::from_store)?;
        if let Some(user) = found.as_ref().filter(|user| user.status == UserStatus::Disabled) {
            let detail = format!("user {:?} is disabled and cannot order", user.email.as_str());
            return Err(Error::new(Kind::Conflict, "user_disabled", detail)
                .hint(format!("shopctl user enable {}", user.email)));
        }
        let holder = found.map_or(Holder::Nobody, |user| Holder::Buyer(user.into()));
        self.known.learn_holder(&key, holder.clone());
        let who = who(holder).ok_or_else(|| Error::not_found("user", key))?;
        Ok((who, false))
    }

    /// What each item is an offer of, in their order. And whether any is from memory.
    async fn offers(&self, wanted: &[(ProductKey, Quantity)], memory: Memory) -> Result<(Vec<Offer>, bool)> {
        let remembered = |key| if memory == Memory::May { self.known.offer(key) } else { None };
        let mut offers: Vec<Option<Offer>> = wanted.iter().map(|(key, _)| remembered(key)).collect();
        let some_known = offers.iter().any(Option::is_some);
        let unknown = wanted.iter().zip(&offers).filter(|(_, offer)| offer.is_none());
        let keys: Vec<ProductKey> = unknown.map(|((key, _), _)| key.clone()).collect();
        if !keys.is_empty() {
            let products = self.products.find_products(&keys).await.map_err(Error::from_store)?;
            self.fill(wanted, &mut offers, &products)?;
        }
        Ok((offers.into_iter().flatten().collect(), some_known))
    }

    /// Fills the gaps with these products.
    fn fill(
        &self,
        wanted: &[(ProductKey, Quantity)],
        offers: &mut [Option<Offer>],
        products: &[Product],
    ) -> Result<()> {
        let by_id: HashMap<ProductId, &Product> = products.iter().map(|p| (p.id, p)).collect();
        let by_sku: HashMap<&str, &Product> = products.iter().map(|p| (p.sku.norm(), p)).collect();
        let (mut missing, mut off_sale) = (Vec::new(), Vec::new());
        for (index, ((key, _), offer)) in wanted.iter().zip(offers).enumerate() {
            if offer.is_some() {
                continue;
            }
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
                Some(&product) => {
                    self.known.learn_offer(key, product.into());
                    *offer = Some(product.into());
                }
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
        if off_sale.is_empty() { Ok(()) } else { Err(not_on_sale(off_sale)) }
    }
}

/// Whether an order may be made of what was read for another.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Memory {
    May,
    MustNot,
}

/// An order as it was asked for, every value good by itself.
struct Wish {
    user: Option<UserKey>,
    email: Option<Email>,
    reference: Option<Reference>,
    name: Option<Name>,
    address: Option<Address>,
    items: Vec<(ProductKey, Quantity)>,
    note: Option<Note>,
    external_ref: Option<Reference>,
    hold: Option<Hold>,
}

/// Whose order it is.
enum Who {
    User(Buyer),
    /// Nobody is registered under the address.
    Guest(Email),
    /// There is only another system's name for them.
    NoAddress,
}

/// What was read for an order.
struct Parts {
    customer: Who,
    /// For each item.
    offers: Vec<Offer>,
    /// Whether any of it was read for another order.
    remembered: bool,
}

impl Parts {
    fn premises(&self) -> Premises {
        let customer = match &self.customer {
            Who::User(buyer) => Some(KnownCustomer::User(buyer.user, buyer.version)),
            Who::Guest(email) => Some(KnownCustomer::Guest(email.clone())),
            Who::NoAddress => None,
        };
        Premises {
            products: self.offers.iter().map(|offer| (offer.product, offer.version)).collect(),
            customer,
        }
    }
}

impl Wish {
    /// Makes the order. Its number is the store's to give.
    fn draw_up(&self, parts: Parts, at: Timestamp, options: &WriteOptions) -> Result<Order> {
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

//! Bringing an order on: its status, and the remark on it.

use super::{OrderItem, Orders, Scope, require_version, store_error};
use crate::domain::clock::Timestamp;
use crate::domain::invalid::Invalid;
use crate::domain::inventory::{MovementContext, StockEffect};
use crate::domain::money::Money;
use crate::domain::number::Quantity;
use crate::domain::order::{
    Command, CommandWord, ItemQuantity, Line, Order, OrderStatus, Outcome, StepRefusal,
};
use crate::domain::text::{Note, Reason, Reference};
use crate::service::error::{Error, Kind, Problem, Result};
use crate::service::fields::Fields;
use crate::service::once::once;
use crate::service::patch::Patch;
use crate::service::patch::{apply, parse_patch};
use crate::service::view::OrderView;
use crate::service::write::{TRIES, WriteOptions, back_off};
use crate::store::StoreError;

/// What to do with an order, as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderAction {
    /// Bring the whole order into the state that this word names: `confirmed`, `paid`, `shipped`, `delivered`, `cancelled`,
    /// `returned` or `refunded`.
    Status(String),
    /// Note that it was paid.
    Pay,
    /// Send these items, or all that are left.
    Ship {
        /// Which.
        items: Option<Vec<OrderItem>>,
        /// The parcel service's name for it.
        tracking: Option<String>,
    },
    /// Note that it arrived.
    Deliver,
    /// End it because its hold is over.
    Expire,
    /// Give up these items, or all that have not been sent.
    Cancel {
        /// Which.
        items: Option<Vec<OrderItem>>,
    },
    /// Take these items back, or all that were sent.
    Return {
        /// Which.
        items: Option<Vec<OrderItem>>,
        /// Whether they go back on the shelf.
        restock: bool,
    },
    /// Note that this much was paid back, or all of it.
    Refund {
        /// How much, as a decimal in the order's currency.
        amount: Option<String>,
    },
}

/// What to change of an order, as written; at least one of status and note.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OrderChange {
    /// The state to bring it into, see [`OrderAction::Status`].
    pub status: Option<String>,
    /// Why, for its history.
    pub reason: Option<String>,
    /// The remark on it; for staff.
    pub note: Patch<String>,
}

impl OrderAction {
    /// What is wrong with it and its reason, whatever the order. Of an amount, whose currency is the order's, nothing is said.
    pub fn problems(&self, reason: Option<&str>) -> Vec<Problem> {
        let mut fields = Fields::new();
        self.parse(&mut fields, reason);
        fields.into_problems()
    }

    /// Looks at the action and reads its reason.
    fn parse(&self, fields: &mut Fields, reason: Option<&str>) -> Option<Reason> {
        match self {
            Self::Status(word) => drop(fields.check("/status", Command::from_status_word(word))),
            Self::Ship { items, tracking } => {
                fields.optional::<Reference>("/tracking", tracking.as_deref());
                read_items(fields, items.as_deref(), &[]);
            }
            Self::Cancel { items } | Self::Return { items, .. } => {
                read_items(fields, items.as_deref(), &[]);
            }
            Self::Pay | Self::Deliver | Self::Expire | Self::Refund { .. } => {}
        }
        fields.optional("/reason", reason).flatten()
    }
}

impl OrderChange {
    /// What is wrong with it, whatever the order.
    pub fn problems(&self) -> Vec<Problem> {
        let mut fields = Fields::new();
        self.parse(&mut fields);
        fields.into_problems()
    }

    /// Reason and remark. `None` where a problem was noted.
    fn parse(&self, fields: &mut Fields) -> Option<(Option<Reason>, Patch<Note>)> {
        if let Some(word) = &self.status {
            fields.check("/status", Command::from_status_word(word));
        } else if self.note.is_keep() {
            fields.problem("/status", Invalid::new("nothing_to_change", "name a status, a note, or both"));
        }
        let reason = fields.optional("/reason", self.reason.as_deref());
        let note = parse_patch(fields, "/note", &self.note);
        Some((reason?, note?)).filter(|_| fields.is_sound())
    }
}

impl Orders {
    /// Brings an order on. Where it already is, nothing is written and the order is shown as it is.
    ///
    /// A customer may only cancel an order of their own, whole, while it is pending.
    ///
    /// # Errors
    /// `Invalid`; `order_not_found`; `illegal_transition` naming the moves that are allowed; `too_many_items`;
    /// `not_on_order`; `refund_too_large`; `not_expired`; `stale_version`.
    pub async fn act(
        &self,
        key: &str,
        action: &OrderAction,
        reason: Option<&str>,
        scope: Scope,
        options: &WriteOptions,
    ) -> Result<OrderView> {
        let mut fields = Fields::new();
        let reason = action.parse(&mut fields, reason);
        fields.finish()?;
        self.advance(key, Some(action), reason, &Patch::Keep, scope, options).await
    }

    /// Brings an order on, changes the remark on it, or both in one step.
    ///
    /// # Errors
    /// As [`act`](Self::act); `nothing_to_change`; `staff_only` for a customer's remark.
    pub async fn update(
        &self,
        key: &str,
        change: &OrderChange,
        scope: Scope,
        options: &WriteOptions,
    ) -> Result<OrderView> {
        let mut fields = Fields::new();
        let Some((reason, note)) = change.parse(&mut fields) else { return Err(fields.into_error()) };
        if scope != Scope::All && !note.is_keep() {
            return Err(Error::new(Kind::Forbidden, "staff_only", "only staff write remarks on an order"));
        }
        let action = change.status.clone().map(OrderAction::Status);
        self.advance(key, action.as_ref(), reason, &note, scope, options).await
    }

    /// Changes the remark on an order, which touches neither stock nor status.
    ///
    /// # Errors
    /// `Invalid`; `order_not_found`; `stale_version`.
    pub async fn set_note(&self, key: &str, note: Option<&str>, options: &WriteOptions) -> Result<OrderView> {
        let note = note.map_or(Patch::Clear, |note| Patch::Set(note.to_owned()));
        let change = OrderChange { note, ..OrderChange::default() };
        self.update(key, &change, Scope::All, options).await
    }

    async fn advance(
        &self,
        key: &str,
        action: Option<&OrderAction>,
        reason: Option<Reason>,
        note: &Patch<Note>,
        scope: Scope,
        options: &WriteOptions,
    ) -> Result<OrderView> {
        once(&*self.orders, options, self.clock.now(), async || {
            let mut attempt = 0;
            loop {
                let order = self.find(key, scope).await?;
                require_version(&order, options)?;
                let at = self.clock.now();
                let (mut next, stock) = match action {
                    Some(action) => moved(&order, action, scope, at, options, reason.as_ref())?,
                    None => (order.clone(), Vec::new()),
                };
                apply(&mut next.note, note);
                if next == order {
                    return options.settle(&*self.orders, at, OrderView::from(&order)).await;
                }
                (next.version, next.updated_at) = (order.version.next(), at);
                let context = MovementContext {
                    actor: options.actor.clone(),
                    at,
                    order_id: Some(order.id),
                    reason: reason.clone(),
                    reference: None,
                };
                let view = OrderView::from(&next);
                let answer = view.clone();
                let commit = options.commit(at, move |_| answer.clone());
                match self.orders.step_order(&next, &stock, &context, commit).await {
                    Ok(()) => return Ok(view),
                    Err(StoreError::Stale { .. }) if options.if_version.is_none() && attempt < TRIES => {
                        back_off(&mut attempt).await;
                    }
                    Err(error) => return Err(store_error(error, &order)),
                }
            }
        })
        .await
    }
}

/// The order after an action, and what that does to stock; the order as it is where it is there already.
fn moved(
    order: &Order,
    action: &OrderAction,
    scope: Scope,
    at: Timestamp,
    options: &WriteOptions,
    reason: Option<&Reason>,
) -> Result<(Order, Vec<StockEffect>)> {
    let Some(command) = command_of(action, order)? else { return settled(order) };
    authorise(&command, order, scope)?;
    match order.step(&command, at, &options.actor, reason.cloned()) {
        Ok(Outcome::Changed { order, stock }) => Ok((*order, stock)),
        Ok(Outcome::Unchanged) => Ok((order.clone(), Vec::new())),
        Err(refusal) => Err(refused(order, &refusal)),
    }
}

/// The command an action means for this order; `None` for the word `pending`.
fn command_of(action: &OrderAction, order: &Order) -> Result<Option<Command>> {
    Ok(Some(match action {
        OrderAction::Status(word) => {
            return Command::from_status_word(word).map_err(|invalid| Error::invalid("/status", invalid));
        }
        OrderAction::Pay => Command::Pay,
        OrderAction::Deliver => Command::Deliver,
        OrderAction::Expire => Command::Expire,
        OrderAction::Cancel { items } => Command::Cancel { items: parse_items(items.as_deref(), order)? },
        OrderAction::Return { items, restock } => {
            Command::Return { items: parse_items(items.as_deref(), order)?, restock: *restock }
        }
        OrderAction::Ship { items, tracking } => {
            let tracking = tracking.as_deref().map(str::parse::<Reference>).transpose();
            let tracking = tracking.map_err(|invalid| Error::invalid("/tracking", invalid))?;
            Command::Ship { items: parse_items(items.as_deref(), order)?, tracking }
        }
        OrderAction::Refund { amount } => {
            let amount = amount.as_deref().map(|text| Money::parse(text, order.currency)).transpose();
            let amount = amount.map_err(|invalid| Error::invalid("/amount", invalid))?;
            if amount.is_some_and(|amount| amount.minor() == 0) {
                let invalid = Invalid::new("invalid_amount", "a refund of 0 is none");
                return Err(Error::invalid("/amount", invalid));
            }
            Command::Refund { amount }
        }
    }))
}

/// The word `pending`: true of a pending order, out of reach for any other.
fn settled(order: &Order) -> Result<(Order, Vec<StockEffect>)> {
    if order.status() == OrderStatus::Pending {
        return Ok((order.clone(), Vec::new()));
    }
    let allowed: Vec<&str> = order.allowed().into_iter().map(CommandWord::as_str).collect();
    let allowed = if allowed.is_empty() { "nothing".to_owned() } else { allowed.join(", ") };
    let detail = format!(
        "order {} is {} and cannot be pending again; allowed now: {allowed}",
        order.number,
        order.status()
    );
    Err(Error::new(Kind::Conflict, "illegal_transition", detail))
}

/// A customer may cancel their own order, whole, while it is pending; everything else is for staff.
fn authorise(command: &Command, order: &Order, scope: Scope) -> Result<()> {
    let own_cancel = matches!(command, Command::Cancel { items: None })
        && matches!(order.status(), OrderStatus::Pending | OrderStatus::Cancelled);
    match scope {
        Scope::All => Ok(()),
        Scope::Own(_) if own_cancel => Ok(()),
        Scope::Own(_) => Err(Error::new(
            Kind::Forbidden,
            "staff_only",
            "a customer may only cancel an order of their own that is pending",
        )),
    }
}

/// Items named by SKU or product id, as the order's lines know them.
fn parse_items(items: Option<&[OrderItem]>, order: &Order) -> Result<Option<Vec<ItemQuantity>>> {
    let mut fields = Fields::new();
    let parsed = read_items(&mut fields, items, &order.lines);
    fields.finish()?;
    Ok(parsed)
}

/// The same of these lines. Of products that none of them names, the text must be a SKU.
fn read_items(fields: &mut Fields, items: Option<&[OrderItem]>, lines: &[Line]) -> Option<Vec<ItemQuantity>> {
    let items = items?;
    if items.is_empty() {
        let invalid = Invalid::new("no_items", "name at least one item, or leave items out");
        fields.problem("/items", invalid);
    }
    let mut parsed = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let quantity =
            fields.check(format!("/items/{index}/quantity"), Quantity::at_least_one(item.quantity));
        let by_id = lines.iter().find(|line| line.product_id.to_string() == item.product);
        let sku = match by_id {
            Some(line) => Some(line.sku.clone()),
            None => fields.check(format!("/items/{index}/product"), item.product.parse()),
        };
        if let (Some(sku), Some(quantity)) = (sku, quantity) {
            parsed.push(ItemQuantity { sku, quantity });
        }
    }
    Some(parsed)
}

fn refused(order: &Order, refusal: &StepRefusal) -> Error {
    let detail = format!("order {}: {refusal}", order.number);
    let problems = match refusal {
        StepRefusal::IllegalTransition { allowed, .. } => allowed
            .iter()
            .map(|word| Problem { pointer: String::new(), code: "allowed", detail: word.to_string() })
            .collect(),
        _ => Vec::new(),
    };
    Error { problems, ..Error::new(Kind::Conflict, refusal.code(), detail) }
}

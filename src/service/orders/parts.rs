//! What an order is made of: whose it is, and what each item is an offer of.

use std::collections::HashMap;

use super::Orders;
use super::known::{Buyer, Holder, Offer};
use super::place::not_on_sale;
use super::wish::Wish;
use crate::domain::email::Email;
use crate::domain::id::ProductId;
use crate::domain::key::{ProductKey, UserKey};
use crate::domain::number::Quantity;
use crate::domain::product::{Product, ProductStatus};
use crate::domain::user::UserStatus;
use crate::service::error::{Error, Kind, Problem, Result};
use crate::store::{KnownCustomer, Premises};

/// Whether an order may be made of what was read for another.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// It may.
    Known,
    /// It may not: everything is read anew.
    Store,
}

/// Whose order it is.
pub(super) enum Who {
    User(Buyer),
    /// Nobody is registered under the address.
    Guest(Email),
    /// There is only another system's name for them.
    NoAddress,
}

/// What was read for an order.
pub(super) struct Parts {
    pub(super) customer: Who,
    /// For each item.
    pub(super) offers: Vec<Offer>,
    /// Whether any of it was read for another order.
    pub(super) remembered: bool,
}

impl Parts {
    /// Where the order holds.
    pub(super) fn premises(&self) -> Premises {
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

impl Orders {
    /// What the order is made of, from memory where that may be.
    pub(super) async fn parts(&self, wish: &Wish, source: Source) -> Result<Parts> {
        let (customer, known) = self.customer(wish, source).await?;
        let (offers, some_known) = self.offers(&wish.items, source).await?;
        Ok(Parts { customer, offers, remembered: known || some_known })
    }

    /// The registered user of an order: the one named, or the one who has the address. And whether that is from memory.
    async fn customer(&self, wish: &Wish, source: Source) -> Result<(Who, bool)> {
        let by_address = || wish.email.clone().map(UserKey::Email);
        let Some(key) = wish.user.clone().or_else(by_address) else { return Ok((Who::NoAddress, false)) };
        let remembered = if source == Source::Known { self.known.holder(&key) } else { None };
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
    async fn offers(&self, wanted: &[(ProductKey, Quantity)], source: Source) -> Result<(Vec<Offer>, bool)> {
        let remembered = |key| if source == Source::Known { self.known.offer(key) } else { None };
        let mut offers: Vec<Option<Offer>> = wanted.iter().map(|(key, _)| remembered(key)).collect();
        let some_known = offers.iter().any(Option::is_some);
        let unknown = wanted.iter().zip(&offers).filter(|(_, offer)| offer.is_none());
        let keys: Vec<ProductKey> = unknown.map(|((key, _), _)| key.clone()).collect();
        if keys.is_empty() {
            return Ok((offers.into_iter().flatten().collect(), some_known));
        }
        let products = self.products.find_products(&keys).await.map_err(Error::from_store)?;
        match self.fill(wanted, &mut offers, &products) {
            // What is refused names every item that is at fault, those that were good before too.
            Err(_) if some_known => Box::pin(self.offers(wanted, Source::Store)).await,
            filled => filled.map(|()| (offers.into_iter().flatten().collect(), some_known)),
        }
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

//! What was last read of products and customers, to make orders of.
//!
//! Whatever is here may be out of date, by another process's hand too. That is harmless: an order is placed only where its
//! [`Premises`](crate::store::Premises) still hold, which the store decides within the order's own transaction. What is worth remembering is
//! therefore only what an order can be made of: a refusal is never told from memory.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::domain::email::Email;
use crate::domain::id::{ProductId, UserId};
use crate::domain::key::{ProductKey, UserKey};
use crate::domain::money::Money;
use crate::domain::number::Version;
use crate::domain::product::Product;
use crate::domain::sku::Sku;
use crate::domain::text::Name;
use crate::domain::user::User;

/// So many of each kind are remembered at least, and at most twice as many.
const AT_LEAST: usize = 10_000;

/// What a line needs of a product that is on sale.
#[derive(Debug, Clone)]
pub(super) struct Offer {
    pub(super) product: ProductId,
    pub(super) version: Version,
    pub(super) sku: Sku,
    pub(super) name: Name,
    pub(super) price: Money,
}

impl From<&Product> for Offer {
    fn from(product: &Product) -> Self {
        Self {
            product: product.id,
            version: product.version,
            sku: product.sku.clone(),
            name: product.name.clone(),
            price: product.price,
        }
    }
}

/// What an order needs of a user who may order.
#[derive(Debug, Clone)]
pub(super) struct Buyer {
    pub(super) user: UserId,
    pub(super) version: Version,
    pub(super) email: Email,
    pub(super) name: Option<Name>,
}

impl From<User> for Buyer {
    fn from(user: User) -> Self {
        Self { user: user.id, version: user.version, email: user.email, name: user.name }
    }
}

/// Who has an address or an id.
#[derive(Debug, Clone)]
pub(super) enum Holder {
    Buyer(Buyer),
    Nobody,
}

/// See the module.
#[derive(Default)]
pub(super) struct Known {
    offers: Memory<Offer>,
    holders: Memory<Holder>,
}

impl Known {
    pub(super) fn offer(&self, key: &ProductKey) -> Option<Offer> {
        self.offers.get(name_of_product(key))
    }

    pub(super) fn learn_offer(&self, key: &ProductKey, offer: Offer) {
        self.offers.put(name_of_product(key), offer);
    }

    pub(super) fn holder(&self, key: &UserKey) -> Option<Holder> {
        self.holders.get(name_of_user(key))
    }

    pub(super) fn learn_holder(&self, key: &UserKey, holder: Holder) {
        self.holders.put(name_of_user(key), holder);
    }
}

fn name_of_product(key: &ProductKey) -> String {
    match key {
        ProductKey::Id(id) => format!("id {id}"),
        ProductKey::Sku(sku) => sku.norm().to_owned(),
    }
}

fn name_of_user(key: &UserKey) -> String {
    match key {
        UserKey::Id(id) => format!("id {id}"),
        UserKey::Email(email) => email.norm().to_owned(),
    }
}

/// Things by name. Once there are [`AT_LEAST`] new ones, those that nobody has asked for since the last time are forgotten.
struct Memory<T>(Mutex<Generations<T>>);

struct Generations<T> {
    young: HashMap<String, T>,
    old: HashMap<String, T>,
}

impl<T> Default for Memory<T> {
    fn default() -> Self {
        Self(Mutex::new(Generations { young: HashMap::new(), old: HashMap::new() }))
    }
}

impl<T: Clone> Memory<T> {
    fn get(&self, name: String) -> Option<T> {
        let mut memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = memory.young.get(&name) {
            return Some(found.clone());
        }
        let found = memory.old.remove(&name)?;
        memory.put(name, found.clone());
        Some(found)
    }

    fn put(&self, name: String, thing: T) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).put(name, thing);
    }
}

impl<T> Generations<T> {
    fn put(&mut self, name: String, thing: T) {
        if self.young.len() >= AT_LEAST {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(name, thing);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_stays_and_the_rest_is_forgotten_in_time() {
        let memory = Memory::default();
        memory.put("asked for".to_owned(), 1);
        memory.put("not asked for".to_owned(), 2);
        for n in 0..3 * AT_LEAST {
            memory.put(n.to_string(), 0);
            assert_eq!(memory.get("asked for".to_owned()), Some(1));
        }
        assert_eq!(memory.get("not asked for".to_owned()), None);
        let memory = memory.0.into_inner().unwrap();
        assert!(memory.young.len() + memory.old.len() <= 2 * AT_LEAST);
    }

    #[test]
    fn what_is_learnt_last_counts() {
        let memory = Memory::default();
        for n in 0..=AT_LEAST {
            memory.put(n.to_string(), 0);
        }
        memory.put("0".to_owned(), 1);
        assert_eq!(memory.get("0".to_owned()), Some(1));
    }
}

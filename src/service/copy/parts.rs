//! The kinds of things that are copied, each in the order of its keys.

use std::fmt::Debug;

use sha2::{Digest, Sha256};

use super::{Progress, ROWS};
use crate::domain::id::ProductId;
use crate::domain::inventory::{StockFilter, StockSort};
use crate::domain::order::{OrderFilter, OrderSort};
use crate::domain::page::{PageRequest, Position, SortBy, SortValue};
use crate::domain::product::{ProductFilter, ProductSort};
use crate::domain::user::{UserFilter, UserSort};
use crate::service::error::{Error, Result};
use crate::store::{self, Store, Things};

/// A kind of thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Users,
    Products,
    Stock,
    Movements,
    Orders,
}

/// In the order in which they need each other.
pub(super) const PARTS: [Part; 5] = [Part::Users, Part::Products, Part::Stock, Part::Movements, Part::Orders];

/// Behind which thing to go on.
enum Place {
    Id(String),
    Movement(ProductId, i64),
}

impl Part {
    /// What they are called, as `store info` does.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Products => "products",
            Self::Stock => "inventory",
            Self::Movements => "stock_movements",
            Self::Orders => "orders",
        }
    }

    /// Copies what is behind the last one that is there.
    pub(super) async fn copy(self, from: &dyn Store, to: &dyn Store, watch: &dyn Fn(Progress)) -> Result<()> {
        let mut place = self.last(to).await.map_err(Error::from_store)?;
        let mut done = 0;
        loop {
            let things = self.read(from, place, ROWS, false).await.map_err(Error::from_store)?;
            let count = things.len();
            done += count as u64;
            place = end(&things);
            if count > 0 {
                to.put_things(things).await.map_err(Error::from_store)?;
            }
            watch(Progress { what: self.name(), done, comparing: false });
            if count < ROWS {
                return Ok(());
            }
        }
    }

    /// How many there are, and the hash of all that is in them.
    pub(super) async fn digest(self, store: &dyn Store, watch: &dyn Fn(Progress)) -> Result<(u64, [u8; 32])> {
        let (mut hash, mut place, mut done) = (Sha256::new(), None, 0);
        loop {
            let things = self.read(store, place, ROWS, false).await.map_err(Error::from_store)?;
            let count = things.len();
            done += count as u64;
            add(&mut hash, &things);
            place = end(&things);
            watch(Progress { what: self.name(), done, comparing: true });
            if count < ROWS {
                return Ok((done, hash.finalize().into()));
            }
        }
    }

    async fn last(self, store: &dyn Store) -> store::Result<Option<Place>> {
        Ok(end(&self.read(store, None, 1, true).await?))
    }

    async fn read(
        self,
        store: &dyn Store,
        after: Option<Place>,
        limit: usize,
        from_the_end: bool,
    ) -> store::Result<Things> {
        let after = match after {
            Some(Place::Movement(product, seq)) => {
                return Ok(Things::Movements(store.movements_after(Some((product, seq)), limit).await?));
            }
            Some(Place::Id(id)) => Some(Position { value: SortValue::Text(id.clone()), id }),
            None => None,
        };
        Ok(match self {
            Self::Users => {
                let page = page(UserSort::Id, after, limit, from_the_end);
                Things::Users(store.list_users(&UserFilter::default(), &page).await?.items)
            }
            Self::Products => {
                let page = page(ProductSort::Id, after, limit, from_the_end);
                Things::Products(store.list_products(&ProductFilter::default(), &page).await?.items)
            }
            Self::Stock => {
                let page = page(StockSort::Id, after, limit, from_the_end);
                Things::Stock(store.list_stock(&StockFilter::default(), &page).await?.items)
            }
            Self::Orders => {
                let page = page(OrderSort::Id, after, limit, from_the_end);
                Things::Orders(store.list_orders(&OrderFilter::default(), &page).await?.items)
            }
            Self::Movements if from_the_end => {
                Things::Movements(store.last_movement().await?.into_iter().collect())
            }
            Self::Movements => Things::Movements(store.movements_after(None, limit).await?),
        })
    }
}

fn page<F>(field: F, after: Option<Position>, limit: usize, descending: bool) -> PageRequest<F> {
    PageRequest { limit, sort: SortBy { field, descending }, after }
}

/// The place of the last one.
fn end(things: &Things) -> Option<Place> {
    match things {
        Things::Users(all) => all.last().map(|user| Place::Id(user.id.to_string())),
        Things::Products(all) => all.last().map(|product| Place::Id(product.id.to_string())),
        Things::Stock(all) => all.last().map(|item| Place::Id(item.product_id.to_string())),
        Things::Movements(all) => all.last().map(|last| Place::Movement(last.product_id, last.seq)),
        Things::Orders(all) => all.last().map(|order| Place::Id(order.id.to_string())),
    }
}

/// Everything in them goes into the hash. Within one run of one program, `Debug` names every field.
fn add(hash: &mut Sha256, things: &Things) {
    fn each<T: Debug>(hash: &mut Sha256, things: &[T]) {
        for thing in things {
            hash.update(format!("{thing:?}\n"));
        }
    }
    match things {
        Things::Users(all) => {
            each(hash, all);
            // `Debug` hides it.
            for password in all.iter().filter_map(|user| user.password.as_ref()) {
                hash.update(password.expose());
            }
        }
        Things::Products(all) => each(hash, all),
        Things::Stock(all) => each(hash, all),
        Things::Movements(all) => each(hash, all),
        Things::Orders(all) => each(hash, all),
    }
}

//! Walking along the documents of a store, a page at a time.

use std::collections::VecDeque;

use super::{Progress, Watch};
use crate::service::error::{Error, Result};
use crate::store::{
    self, Store, StoredMovement, StoredOrder, StoredProduct, StoredStock, StoredUser, Stretch,
};

/// How many documents are read at a time.
const PAGE: usize = 1000;
/// How many movements, which are small.
const MOVEMENTS: usize = 5000;

/// A kind of document that can be walked along.
pub(super) trait Walked: Sized {
    /// What it is called.
    const WHAT: &'static str;

    /// One stretch.
    async fn fetch(store: &dyn Store, after: Option<&str>) -> store::Result<Stretch<Self>>;

    /// What it is sorted by.
    fn key(&self) -> &str;
}

macro_rules! walked {
    ($kind:ident, $what:literal, $fetch:ident, $page:ident, $key:ident) => {
        impl Walked for $kind {
            const WHAT: &'static str = $what;

            async fn fetch(store: &dyn Store, after: Option<&str>) -> store::Result<Stretch<Self>> {
                store.$fetch(after, $page).await
            }

            fn key(&self) -> &str {
                &self.$key
            }
        }
    };
}

walked!(StoredUser, "users", stored_users, PAGE, key);
walked!(StoredProduct, "products", stored_products, PAGE, key);
walked!(StoredOrder, "orders", stored_orders, PAGE, key);
walked!(StoredStock, "stock records", stored_stock, PAGE, key);
walked!(StoredMovement, "movements", stored_movements, MOVEMENTS, product_id);

/// A walk from the first document to the last.
pub(super) struct Walk<'a, T> {
    store: &'a dyn Store,
    watch: Watch<'a>,
    page: VecDeque<T>,
    after: Option<String>,
    ended: bool,
    done: u64,
}

impl<'a, T: Walked> Walk<'a, T> {
    pub(super) fn new(store: &'a dyn Store, watch: Watch<'a>) -> Self {
        Self { store, watch, page: VecDeque::new(), after: None, ended: false, done: 0 }
    }

    /// The next document; `None` behind the last.
    pub(super) async fn next(&mut self) -> Result<Option<T>> {
        self.fill().await?;
        Ok(self.page.pop_front())
    }

    /// The key of the next document.
    pub(super) async fn peek(&mut self) -> Result<Option<&str>> {
        self.fill().await?;
        Ok(self.page.front().map(T::key))
    }

    /// The next document if it has this key.
    pub(super) async fn next_of(&mut self, key: &str) -> Result<Option<T>> {
        self.fill().await?;
        Ok(self.page.pop_front_if(|document| document.key() == key))
    }

    async fn fill(&mut self) -> Result<()> {
        while self.page.is_empty() && !self.ended {
            let stretch = T::fetch(self.store, self.after.as_deref()).await.map_err(Error::from_store)?;
            self.done += u64::try_from(stretch.items.len()).unwrap_or_default();
            (self.watch)(Progress { what: T::WHAT, done: self.done });
            self.page = stretch.items.into();
            self.ended = stretch.next.is_none();
            self.after = stretch.next;
        }
        Ok(())
    }
}

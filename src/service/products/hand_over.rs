//! Products for other shop systems, each group in one piece.
//!
//! Products go by in the order of their ids, a page at a time. The first member of a group that comes by brings the others with it;
//! that a group was there is remembered by 16 bytes of its hash, and a group is as large in memory as it is in the shop. So a catalogue may
//! be larger than memory.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::{Audience, ProductQuery, input};
use crate::domain::id::ProductId;
use crate::domain::key::ProductKey;
use crate::domain::money::Currency;
use crate::domain::page::{Page, PageRequest, Position, SortBy};
use crate::domain::product::{Product, ProductFilter, ProductSort};
use crate::domain::text::{Group, fold};
use crate::files::write::{Article, Columns, Family, System};
use crate::service::error::{Error, Result};
use crate::store::{InventoryStore, ProductStore};

/// Products read at once.
const ROWS: usize = 500;

/// Hands products over to another system.
pub struct HandOver {
    products: Arc<dyn ProductStore>,
    stock: Arc<dyn InventoryStore>,
    currency: Currency,
    system: System,
}

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HandedOver {
    /// Products that were handed over.
    pub products: u64,
    /// Products that were not, since they are priced in another currency than the file.
    pub left_out: u64,
    /// The SKU of the first of those, and its currency.
    pub first_left_out: Option<(String, Currency)>,
}

/// What one walk remembers.
#[derive(Default)]
struct Seen {
    groups: HashSet<[u8; 16]>,
    names: HashSet<[u8; 16]>,
}

impl HandOver {
    /// From these stores to this system; `currency` is the shop's own.
    pub fn new(
        products: Arc<dyn ProductStore>,
        stock: Arc<dyn InventoryStore>,
        currency: Currency,
        system: System,
    ) -> Self {
        Self { products, stock, currency, system }
    }

    /// Which columns the file needs: for a system whose columns hang on the products, all of them are read.
    ///
    /// # Errors
    /// `Invalid`; those of the store.
    pub async fn columns(&self, query: &ProductQuery) -> Result<Columns> {
        let mut columns = Columns::new(self.system);
        if self.system.has_open_columns() {
            self.export(query, |family| {
                columns.note(family);
                Ok::<(), Error>(())
            })
            .await?;
        }
        Ok(columns)
    }

    /// Hands what matches to `write`, groups in one piece. Paging in `query` is ignored. A file of another system has no column for the
    /// currency, so only products in the currency that was asked for, else in the shop's own, are handed over.
    ///
    /// # Errors
    /// `Invalid`; those of the store and of `write`.
    pub async fn export<E: From<Error>>(
        &self,
        query: &ProductQuery,
        mut write: impl FnMut(&Family) -> std::result::Result<(), E>,
    ) -> std::result::Result<HandedOver, E> {
        let filter = input::filter(query, Audience::Staff, self.currency)?;
        let currency = filter.currency.unwrap_or(self.currency);
        let (mut seen, mut done) = (Seen::default(), HandedOver::default());
        let mut after = None;
        loop {
            let page = self.page(&filter, after).await?;
            let stocks = self.stocks(page.items.iter().filter(|product| product.group.is_none())).await?;
            after = page.items.last().map(|last| input::position(&filter, last, ProductSort::Id));
            for product in page.items {
                if product.price.currency() != currency {
                    done.left_out += 1;
                    let first = (product.sku.to_string(), product.price.currency());
                    done.first_left_out.get_or_insert(first);
                    continue;
                }
                let family = match &product.group {
                    None => Family::Single(Box::new(article(product, &stocks))),
                    Some(group) if seen.groups.insert(hash(group.as_str())) => {
                        self.group(group, &filter, currency, &mut seen.names).await?
                    }
                    Some(_) => continue,
                };
                done.products += family.products();
                write(&family)?;
            }
            if !page.has_more {
                return Ok(done);
            }
        }
    }

    async fn page(&self, filter: &ProductFilter, after: Option<Position>) -> Result<Page<Product>> {
        let sort = SortBy { field: ProductSort::Id, descending: false };
        let page = PageRequest { limit: ROWS, sort, after };
        self.products.list_products(filter, &page).await.map_err(Error::from_store)
    }

    /// All of a group that matches.
    async fn group(
        &self,
        group: &Group,
        filter: &ProductFilter,
        currency: Currency,
        names: &mut HashSet<[u8; 16]>,
    ) -> Result<Family> {
        let filter = ProductFilter { group: Some(group.clone()), currency: Some(currency), ..filter.clone() };
        let (mut members, mut after) = (Vec::new(), None);
        loop {
            let page = self.page(&filter, after).await?;
            let stocks = self.stocks(page.items.iter()).await?;
            after = page.items.last().map(|last| input::position(&filter, last, ProductSort::Id));
            members.extend(page.items.into_iter().map(|product| article(product, &stocks)));
            if !page.has_more {
                break;
            }
        }
        Ok(Family::Group { name: self.name(group, names).await?, members })
    }

    /// What the group is called, other than any product and any other group.
    async fn name(&self, group: &Group, names: &mut HashSet<[u8; 16]>) -> Result<String> {
        let other = || self.system.other_name_of_group(group.as_str());
        let Some(name) = self.system.name_of_group(group.as_str()) else { return Ok(other()) };
        if !names.insert(hash(&fold(&name))) {
            return Ok(other());
        }
        let Ok(sku) = name.parse() else { return Ok(name) };
        let found = self.products.find_product(&ProductKey::Sku(sku)).await.map_err(Error::from_store)?;
        Ok(if found.is_some_and(|product| self.system.occupies(&product)) { other() } else { name })
    }

    async fn stocks(&self, products: impl Iterator<Item = &Product>) -> Result<HashMap<ProductId, i64>> {
        let ids: Vec<ProductId> = products.map(|product| product.id).collect();
        let found = self.stock.find_stocks(&ids).await.map_err(Error::from_store)?;
        Ok(found.into_iter().map(|item| (item.product_id, item.level.available())).collect())
    }
}

fn article(product: Product, stocks: &HashMap<ProductId, i64>) -> Article {
    let stock = stocks.get(&product.id).copied();
    Article { product, stock }
}

fn hash(text: &str) -> [u8; 16] {
    let digest: [u8; 32] = Sha256::digest(text.as_bytes()).into();
    let (front, _) = digest.split_at(16);
    front.try_into().unwrap_or_default()
}

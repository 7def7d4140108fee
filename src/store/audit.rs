//! Reading what is stored as it is, damaged or not.
//!
//! Everything else in a store refuses a document that breaks a rule. Whoever looks for such documents needs each of them, with
//! what can still be read, and must get past it to the next.

use async_trait::async_trait;

use super::{Result, StoreError, Unique};
use crate::domain::id::ProductId;
use crate::domain::inventory::{Chain, Link};
use crate::domain::number::Quantity;
use crate::domain::order::{LineProgress, Order};
use crate::domain::product::Product;
use crate::domain::user::User;

/// Documents in the order of their keys, and where the next stretch begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch<T> {
    /// At most as many as asked for.
    pub items: Vec<T>,
    /// To be handed in for the next stretch; none at the end. Only the store that gave it can read it.
    pub next: Option<String>,
}

/// Why a document cannot be read: the field, and what is wrong with it.
pub type Damage = String;

/// A user.
#[derive(Debug, Clone)]
pub struct StoredUser {
    /// Its `_id`.
    pub key: String,
    /// What it means.
    pub user: std::result::Result<User, Damage>,
    /// Under which address it is filed.
    pub email_norm: Option<String>,
    /// What a search looks through.
    pub search: Option<String>,
}

/// A product.
#[derive(Debug, Clone)]
pub struct StoredProduct {
    /// Its `_id`.
    pub key: String,
    /// What it means.
    pub product: std::result::Result<Product, Damage>,
    /// Its SKU as it is kept.
    pub sku: Option<String>,
    /// Under which SKU it is filed.
    pub sku_norm: Option<String>,
    /// What a search looks through, one word a line; none where that cannot be told, or is not kept in all the places it looks at.
    pub search: Option<String>,
}

/// What is kept beside an order although it follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Derived {
    /// The status word.
    pub status: String,
    /// What has been paid.
    pub payment_status: String,
    /// The sum of the lines, in minor units.
    pub total: i64,
    /// The sum of each line, where the store keeps it.
    pub line_totals: Option<Vec<i64>>,
    /// Under which address it is filed, if it has one.
    pub email_norm: Option<String>,
    /// What a search looks through.
    pub search: String,
}

impl Derived {
    /// What follows from an order; `None` where its lines sum to more than can be written.
    pub fn of(order: &Order) -> Option<Self> {
        let line_totals: Option<Vec<i64>> =
            order.lines.iter().map(|line| Some(line.total()?.minor())).collect();
        Some(Self {
            status: order.status().as_str().to_owned(),
            payment_status: order.payment_status().as_str().to_owned(),
            total: order.total()?.minor(),
            line_totals: Some(line_totals?),
            email_norm: order.customer.email.as_ref().map(|email| email.norm().to_owned()),
            search: order.search_text(),
        })
    }
}

/// A line of an order with the counters as they are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredLine {
    /// Of which product.
    pub product_id: String,
    /// Ordered.
    pub quantity: i64,
    /// Sent out.
    pub shipped: i64,
    /// Given up.
    pub cancelled: i64,
    /// Sent back.
    pub returned: i64,
    /// Put on the shelf again.
    pub restocked: i64,
}

impl StoredLine {
    /// What is still reserved for it, if its counters can be believed.
    pub fn open(&self) -> i64 {
        self.quantity.saturating_sub(self.shipped).saturating_sub(self.cancelled)
    }

    /// Whether its counters agree with each other.
    pub fn sound(&self) -> bool {
        Quantity::at_least_one(self.quantity).is_ok_and(|quantity| {
            LineProgress::new(quantity, self.shipped, self.cancelled, self.returned, self.restocked).is_ok()
        })
    }
}

/// An order.
#[derive(Debug, Clone)]
pub struct StoredOrder {
    /// Its `_id`.
    pub key: String,
    /// What people call it by.
    pub number: Option<i64>,
    /// What it means, whatever is kept beside it.
    pub order: std::result::Result<Order, Damage>,
    /// What is kept beside it; none where that cannot be read.
    pub derived: Option<Derived>,
    /// Its lines; none where they cannot be read.
    pub lines: Option<Vec<StoredLine>>,
}

/// A stock record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredStock {
    /// The product's id.
    pub key: String,
    /// The SKU it shows.
    pub sku: Option<String>,
    /// The SKU it is filed under.
    pub sku_norm: Option<String>,
    /// What is there.
    pub on_hand: Option<i64>,
    /// What is promised.
    pub reserved: Option<i64>,
    /// Number of the last movement.
    pub seq: Option<i64>,
    /// Whether what is kept beside the counts, for lists, follows from them.
    pub listed: bool,
    /// Why the rest of it cannot be read, if so.
    pub damage: Option<Damage>,
}

/// A movement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredMovement {
    /// The product's id.
    pub product_id: String,
    /// Its number.
    pub seq: i64,
    /// What it states.
    pub link: std::result::Result<Link, Damage>,
}

/// Everything that concerns the stock of one product, read at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The product's SKU; none when the product is gone.
    pub sku: Option<String>,
    /// The stock record; none when there is none.
    pub stock: Option<StoredStock>,
    /// Its movements.
    pub chain: Chain,
    /// Whether an order names it.
    pub ordered: bool,
    /// What orders still hold of it.
    pub open: i64,
    /// An order that names it and whose counters cannot be believed, so that `open` is not certain.
    pub doubtful: Option<String>,
}

impl Account {
    /// Nothing is known of the product.
    pub fn empty() -> Self {
        Self { sku: None, stock: None, chain: Chain::new(), ordered: false, open: 0, doubtful: None }
    }

    /// Adds a line of an order, which is called `order`.
    pub fn add_line(&mut self, line: &StoredLine, order: &str) {
        self.ordered = true;
        self.open = self.open.saturating_add(line.open());
        if !line.sound() {
            self.doubtful.get_or_insert_with(|| order.to_owned());
        }
    }
}

/// Values that several documents share although each should have its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Duplicates {
    /// How many such values there are; counted up to a bound of the store.
    pub values: u64,
    /// The smallest of them.
    pub first: Option<Duplicate>,
}

/// A value that several documents share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicate {
    /// The value.
    pub value: String,
    /// Keys of the documents, ten at most.
    pub keys: Vec<String>,
}

/// Where the numbering of orders stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Numbering {
    /// The number that was given last; none before the first, or where the counter cannot be read.
    pub counter: Option<i64>,
    /// The largest number that an order has.
    pub largest: Option<i64>,
}

impl Numbering {
    /// Whether the next number may be one that is taken.
    pub fn is_behind(self) -> bool {
        self.largest.is_some_and(|largest| self.counter.is_none_or(|counter| counter < largest))
    }
}

/// Reads everything as it is stored. A document that breaks a rule is never an error here.
///
/// The walks go in the order of keys, strictly after `after`, at most `limit` documents at a time; without constraints,
/// indexes and validators too.
#[async_trait]
pub trait Audit: Send + Sync {
    /// Users, by id.
    async fn stored_users(&self, after: Option<&str>, limit: usize) -> Result<Stretch<StoredUser>>;

    /// Products, by id.
    async fn stored_products(&self, after: Option<&str>, limit: usize) -> Result<Stretch<StoredProduct>>;

    /// Orders, by id.
    async fn stored_orders(&self, after: Option<&str>, limit: usize) -> Result<Stretch<StoredOrder>>;

    /// Stock records, by product id.
    async fn stored_stock(&self, after: Option<&str>, limit: usize) -> Result<Stretch<StoredStock>>;

    /// Movements of all products, also of removed ones, by product id and then by number.
    async fn stored_movements(&self, after: Option<&str>, limit: usize) -> Result<Stretch<StoredMovement>>;

    /// Everything that concerns the stock of one product. MUST be of one moment: what concurrent writers do between two reads
    /// is never seen as damage.
    async fn account(&self, product: ProductId) -> Result<Account>;

    /// Values of this kind that several documents share. Nothing for a kind that has no value of its own.
    async fn duplicates(&self, of: Unique) -> Result<Duplicates>;

    /// Where the numbering of orders stands. MUST NOT take an order being placed for a counter that is behind.
    async fn numbering(&self) -> Result<Numbering>;
}

/// What a reader's refusal of one document says of it; other errors stay errors.
pub(super) fn damage<T>(read: Result<T>) -> Result<std::result::Result<T, Damage>> {
    match read {
        Ok(value) => Ok(Ok(value)),
        // A damaged file is more than a damaged document: there is no going on after it.
        Err(StoreError::Corrupt { collection, field, detail, .. }) if collection != "file" => {
            Ok(Err(format!("{field}: {detail}")))
        }
        Err(error) => Err(error),
    }
}

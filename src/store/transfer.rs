//! Moving a whole shop from one store into another.
//!
//! Things are written as they are, with ids, versions and times. So that a move that broke off goes on where it was, each kind is written
//! in the order in which it is read: what is there last says where to go on. Whatever is read through the lists of the other traits is
//! not repeated here.

use async_trait::async_trait;

use super::Result;
use crate::domain::id::ProductId;
use crate::domain::inventory::{Movement, StockItem};
use crate::domain::order::Order;
use crate::domain::product::Product;
use crate::domain::user::User;

/// Things of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Things {
    /// By id.
    Users(Vec<User>),
    /// By id.
    Products(Vec<Product>),
    /// By id of the product, which must be there.
    Stock(Vec<StockItem>),
    /// By id of the product and then by `seq`.
    Movements(Vec<Movement>),
    /// By id. Their products must be there; their stock is not touched.
    Orders(Vec<Order>),
}

impl Things {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Users(things) => things.len(),
            Self::Products(things) => things.len(),
            Self::Stock(things) => things.len(),
            Self::Movements(things) => things.len(),
            Self::Orders(things) => things.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Reads and writes whole shops.
#[async_trait]
pub trait Transfer: Send + Sync {
    /// At most `limit` movements of all products, those of removed ones too, by product and then by `seq`, strictly behind `after`.
    async fn movements_after(&self, after: Option<(ProductId, i64)>, limit: usize) -> Result<Vec<Movement>>;

    /// The last movement in that order.
    async fn last_movement(&self) -> Result<Option<Movement>>;

    /// Writes things as they are. What failed may have written the first of them, and none behind one that it did not write. MUST fail
    /// with `Duplicate` when one of them is there.
    async fn put_things(&self, things: Things) -> Result<()>;

    /// Sets the order number that was given last, whatever it was.
    async fn set_order_number(&self, last: i64) -> Result<()>;

    /// The mark of the move into this store that is not done yet.
    async fn transfer_mark(&self) -> Result<Option<String>>;

    /// Marks the store as one into which a move is under way, or as a whole shop. MUST fail with `Duplicate` where there is a mark and
    /// another is to be set. A mark is of letters and digits.
    async fn set_transfer_mark(&self, mark: Option<&str>) -> Result<()>;
}

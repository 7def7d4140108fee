//! Why a product's counts are what they are.

use async_trait::async_trait;
use futures_util::TryStreamExt;
use mongodb::ClientSession;
use mongodb::bson::{Document, RawDocumentBuf, doc};

use super::rows::{self, MovementRow, OrderRow, Row, movement_key};
use super::shared::Shared;
use super::transaction::{Attempt, Step};
use crate::domain::id::ProductId;
use crate::domain::order::OrderStatus;
use crate::store::{AccountLimits, Commit, Result, StockAccount, StoreError};

/// In which an order may hold pieces that are neither sent nor given up.
const OPEN: [OrderStatus; 4] = [
    OrderStatus::Pending,
    OrderStatus::Confirmed,
    OrderStatus::PartiallyShipped,
    OrderStatus::PartiallyReturned,
];

/// Reads an account of one product's stock in one transaction: everything in it is of one moment.
struct Read {
    product: ProductId,
    limits: AccountLimits,
}

impl Shared {
    /// The account of a product's stock.
    pub(super) async fn stock_account(
        &self,
        product: ProductId,
        limits: AccountLimits,
    ) -> Result<StockAccount> {
        // Nothing is written, so there is nothing to keep.
        self.transact(&Read { product, limits }, &Commit::DryRun).await
    }

    async fn found_in<R: Row>(
        &self,
        session: &mut ClientSession,
        filter: Document,
        sort: Document,
        most: usize,
    ) -> Attempt<Vec<R::Value>> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let found = self.of::<R>().find(filter).sort(sort).limit(most).session(&mut *session).await;
        let mut cursor = found?;
        let raw: Vec<RawDocumentBuf> = cursor.stream(session).try_collect().await?;
        let values: Result<Vec<R::Value>> = raw.iter().map(|raw| rows::decode::<R>(raw)).collect();
        Ok(values?)
    }
}

#[async_trait]
impl Step for Read {
    type Output = StockAccount;

    async fn run(&self, store: &Shared, session: &mut ClientSession) -> Attempt<StockAccount> {
        let item = store.stock_in(session, self.product).await?;
        let (open_orders, open_pieces) = self.sums(store, session).await?;
        let mut pending = self.open();
        pending.insert("status", doc! { "$eq": OrderStatus::Pending.as_str() });
        pending.insert("hold_until", doc! { "$type": "date" });
        let range =
            doc! { "$gte": movement_key(self.product, 0), "$lte": movement_key(self.product, i64::MAX) };
        let by_end = doc! { "hold_until": 1, "_id": 1 };
        Ok(StockAccount {
            item,
            open_orders,
            open_pieces,
            oldest: store
                .found_in::<OrderRow>(session, self.open(), doc! { "_id": 1 }, self.limits.orders)
                .await?,
            ending: store.found_in::<OrderRow>(session, pending, by_end, self.limits.holds).await?,
            movements: store
                .found_in::<MovementRow>(
                    session,
                    doc! { "_id": range },
                    doc! { "_id": -1 },
                    self.limits.movements,
                )
                .await?,
        })
    }
}

impl Read {
    /// Orders that hold pieces of the product. The server chooses whether to walk the orders of the product or the open orders: no
    /// index serves both, and one more would cost every order that is placed.
    fn open(&self) -> Document {
        let statuses = OPEN.map(OrderStatus::as_str);
        doc! {
            "lines.product_id": { "$eq": self.product.to_string() },
            "status": { "$in": statuses.as_slice() },
            "$expr": { "$gt": [self.pieces(), 0] },
        }
    }

    /// The pieces of the product that an order holds, as an expression.
    fn pieces(&self) -> Document {
        let of_product = doc! { "$eq": ["$$line.product_id", { "$literal": self.product.to_string() }] };
        let lines = doc! { "$filter": { "input": "$lines", "as": "line", "cond": of_product } };
        let open =
            doc! { "$subtract": ["$$line.quantity", { "$add": ["$$line.shipped", "$$line.cancelled"] }] };
        doc! { "$sum": { "$map": { "input": lines, "as": "line", "in": open } } }
    }

    /// How many orders hold how many pieces of the product.
    async fn sums(&self, store: &Shared, session: &mut ClientSession) -> Attempt<(u64, i64)> {
        let pipeline = [
            doc! { "$match": self.open() },
            doc! { "$group": { "_id": null, "orders": { "$sum": 1_i64 }, "pieces": { "$sum": self.pieces() } } },
        ];
        let orders = store.database.collection::<Document>(OrderRow::COLLECTION);
        let mut cursor = orders.aggregate(pipeline).session(&mut *session).await?;
        let Some(sums) = cursor.stream(session).try_next().await? else { return Ok((0, 0)) };
        let number = |field: &'static str| {
            // The server gives the narrowest width that holds a sum.
            let found = sums.get_i64(field).or_else(|_| sums.get_i32(field).map(i64::from));
            found.map_err(|error| StoreError::Internal(format!("the sum of {field}: {error}")))
        };
        Ok((number("orders")?.unsigned_abs(), number("pieces")?))
    }
}

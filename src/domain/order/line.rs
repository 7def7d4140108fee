//! A line of an order: a product as it was, and how far its pieces have come.

use crate::domain::id::ProductId;
use crate::domain::invalid::Invalid;
use crate::domain::money::Money;
use crate::domain::number::Quantity;
use crate::domain::sku::Sku;
use crate::domain::text::Name;

/// How many pieces of a line went which way. Always `restocked ≤ returned ≤ shipped`, none below 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LineProgress {
    pub(super) shipped: i64,
    pub(super) cancelled: i64,
    pub(super) returned: i64,
    pub(super) restocked: i64,
}

impl LineProgress {
    /// Counters as a store kept them.
    ///
    /// # Errors
    /// `invalid_line` where they contradict each other or the quantity: the stored order is damaged.
    pub fn new(
        quantity: Quantity,
        shipped: i64,
        cancelled: i64,
        returned: i64,
        restocked: i64,
    ) -> Result<Self, Invalid> {
        let sound = 0 <= restocked
            && restocked <= returned
            && returned <= shipped
            && 0 <= cancelled
            && shipped.checked_add(cancelled).is_some_and(|gone| gone <= quantity.get());
        if sound {
            Ok(Self { shipped, cancelled, returned, restocked })
        } else {
            Err(Invalid::new(
                "invalid_line",
                format!(
                    "quantity {quantity} with shipped {shipped}, cancelled {cancelled}, returned {returned}, restocked {restocked}"
                ),
            ))
        }
    }

    /// Sent out.
    pub fn shipped(self) -> i64 {
        self.shipped
    }

    /// Given up before being sent.
    pub fn cancelled(self) -> i64 {
        self.cancelled
    }

    /// Sent back by the customer.
    pub fn returned(self) -> i64 {
        self.returned
    }

    /// Of those sent back, put on the shelf again.
    pub fn restocked(self) -> i64 {
        self.restocked
    }
}

/// A line: name, SKU and price never change once the order is placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Of which product.
    pub product_id: ProductId,
    /// Its SKU when the order was placed.
    pub sku: Sku,
    /// Its name when the order was placed.
    pub name: Name,
    /// Its price when the order was placed, for one piece.
    pub unit_price: Money,
    /// Ordered; at least 1.
    pub quantity: Quantity,
    /// How far the pieces have come.
    pub progress: LineProgress,
}

impl Line {
    /// Price times quantity; `None` past the largest amount, which placing refuses.
    pub fn total(&self) -> Option<Money> {
        self.unit_price.checked_mul(self.quantity.get())
    }

    /// Neither sent nor given up: what is still reserved for this line.
    pub fn open(&self) -> i64 {
        self.quantity.get() - self.progress.shipped - self.progress.cancelled
    }

    /// Sent and not sent back: what could still be returned.
    pub fn returnable(&self) -> i64 {
        self.progress.shipped - self.progress.returned
    }
}

//! Status words, derived from line counters and flags.

use crate::domain::money::Money;
use crate::domain::order::{Flags, Line};
use crate::domain::words::words;

words! {
    /// Where an order stands.
    OrderStatus, "invalid_status", "order status" {
        /// Placed; stock is promised.
        Pending = "pending",
        /// Confirmed or paid.
        Confirmed = "confirmed",
        /// Some pieces are on their way.
        PartiallyShipped = "partially_shipped",
        /// Everything that was not cancelled is on its way.
        Shipped = "shipped",
        /// It has arrived.
        Delivered = "delivered",
        /// Some pieces came back.
        PartiallyReturned = "partially_returned",
        /// Every shipped piece came back.
        Returned = "returned",
        /// Given up before anything was sent.
        Cancelled = "cancelled",
        /// Given up because it was not paid in time.
        Expired = "expired",
    }
}

words! {
    /// What has been paid.
    PaymentStatus, "invalid_status", "payment status" {
        /// Nothing yet.
        Unpaid = "unpaid",
        /// All of it.
        Paid = "paid",
        /// All of it, and some paid back.
        PartiallyRefunded = "partially_refunded",
        /// All of it, and all paid back.
        Refunded = "refunded",
    }
}

/// The status of an order with these lines and flags.
pub(super) fn derive(lines: &[Line], flags: Flags) -> OrderStatus {
    let sum = |count: fn(&Line) -> i64| lines.iter().map(count).fold(0_i64, i64::saturating_add);
    let (open, shipped, returned) =
        (sum(Line::open), sum(|line| line.progress.shipped()), sum(|line| line.progress.returned()));
    if shipped == 0 {
        return match (open, flags) {
            (0, Flags { expired: true, .. }) => OrderStatus::Expired,
            (0, _) => OrderStatus::Cancelled,
            (_, Flags { confirmed: true, .. }) => OrderStatus::Confirmed,
            _ => OrderStatus::Pending,
        };
    }
    match (open, returned) {
        (0, n) if n == shipped => OrderStatus::Returned,
        (_, n) if n > 0 => OrderStatus::PartiallyReturned,
        (0, _) if flags.delivered => OrderStatus::Delivered,
        (0, _) => OrderStatus::Shipped,
        _ => OrderStatus::PartiallyShipped,
    }
}

/// What has been paid of an order over `total`.
pub(super) fn derive_payment(flags: Flags, refunded: Money, total: Option<Money>) -> PaymentStatus {
    match (flags.paid, refunded.minor()) {
        (false, _) => PaymentStatus::Unpaid,
        (true, 0) => PaymentStatus::Paid,
        (true, _) if Some(refunded) == total => PaymentStatus::Refunded,
        (true, _) => PaymentStatus::PartiallyRefunded,
    }
}

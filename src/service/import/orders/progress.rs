//! How far a record says that a line is.

use super::row::LineRow;
use crate::domain::invalid::Invalid;
use crate::domain::number::Quantity;
use crate::domain::order::{LineProgress, OrderStatus};

/// How far a line of so many pieces is to come that is there `now`: what the file counts; else what the order's status says of all lines;
/// else where it is.
///
/// # Errors
/// `invalid_line` for counts that contradict each other.
pub(super) fn progress(
    quantity: Quantity,
    now: LineProgress,
    said: Option<&LineRow>,
    status: Option<OrderStatus>,
) -> Result<LineProgress, Invalid> {
    use OrderStatus::{Cancelled, Delivered, Expired, Returned, Shipped};
    let count = |count: fn(&LineRow) -> Option<i64>| said.and_then(count);
    let gone = matches!(status, Some(Shipped | Delivered | Returned));
    let given_up = matches!(status, Some(Cancelled | Expired));
    let sent = count(|line| line.shipped);
    let unsent = quantity.get() - sent.unwrap_or(now.shipped());
    let cancelled = count(|line| line.cancelled).unwrap_or(if given_up { unsent } else { now.cancelled() });
    let shipped = sent.unwrap_or(if gone { quantity.get() - cancelled } else { now.shipped() });
    let all_back = status == Some(Returned);
    let returned = count(|line| line.returned).unwrap_or(if all_back { shipped } else { now.returned() });
    let restocked = count(|line| line.restocked).unwrap_or(now.restocked());
    LineProgress::new(quantity, shipped, cancelled, returned, restocked)
}

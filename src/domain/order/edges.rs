//! The state machine as a table, to check histories against.

use super::{CommandWord, OrderStatus};

/// Whether a history may hold this step.
///
/// Written down a second time on purpose, from the table of the data model and not from the code of
/// [`Order::step`](super::Order::step): a check that shares code with what it checks finds nothing.
pub fn is_edge(from: Option<OrderStatus>, command: CommandWord, to: OrderStatus) -> bool {
    use CommandWord as C;
    use OrderStatus as S;
    let Some(from) = from else {
        return command == C::Place && to == S::Pending;
    };
    match command {
        C::Place => false,
        C::Confirm => (from, to) == (S::Pending, S::Confirmed),
        C::Pay => {
            (from, to) == (S::Pending, S::Confirmed)
                || (from == to && !matches!(from, S::Pending | S::Cancelled | S::Expired))
        }
        C::Cancel => matches!(
            (from, to),
            // A part of the order, which then stands where it stood.
            (S::Pending, S::Pending | S::Cancelled)
                | (S::Confirmed, S::Confirmed | S::Cancelled)
                | (S::PartiallyShipped, S::PartiallyShipped | S::Shipped)
                | (S::PartiallyReturned, S::PartiallyReturned | S::Returned)
        ),
        C::Expire => (from, to) == (S::Pending, S::Expired),
        C::Ship => matches!(
            (from, to),
            (S::Pending | S::Confirmed | S::PartiallyShipped, S::Shipped | S::PartiallyShipped)
                | (S::PartiallyReturned, S::PartiallyReturned)
        ),
        C::Deliver => (from, to) == (S::Shipped, S::Delivered),
        C::Return => matches!(
            (from, to),
            (
                S::Shipped | S::Delivered | S::PartiallyShipped | S::PartiallyReturned,
                S::Returned | S::PartiallyReturned
            )
        ),
        C::Refund => from == to,
    }
}

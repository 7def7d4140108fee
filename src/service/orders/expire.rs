//! Ending the holds that are over: each exactly once, however many sweep at the same time.
//!
//! A sweep only ever writes an order over the version it has read. Of several sweeps, and of a sweep and whoever pays or cancels at
//! that moment, one therefore wins, and the others look again and find that nothing is left to do.

use std::collections::VecDeque;

use super::{Orders, store_error};
use crate::domain::clock::Timestamp;
use crate::domain::inventory::MovementContext;
use crate::domain::key::OrderKey;
use crate::domain::order::{Command, EndedHold, Order, Outcome};
use crate::domain::text::Reason;
use crate::service::error::{Error, Kind, Result};
use crate::service::view::OrderView;
use crate::service::write::{TRIES, WriteOptions, back_off};
use crate::store::StoreError;

/// How many holds are looked up at a time.
const BATCH: usize = 100;

/// What is kept in the history and with the stock that comes back, where nobody says why.
const REASON: &str = "the hold ended";

/// One pass over the holds that had ended when it began.
pub struct Sweep<'a> {
    orders: &'a Orders,
    options: WriteOptions,
    reason: Option<Reason>,
    at: Timestamp,
    after: Option<EndedHold>,
    /// Why it goes no further; `None` once that has been told.
    end: Option<std::result::Result<(), Error>>,
}

/// What a part of a sweep came to.
#[derive(Debug, Default)]
pub struct Swept {
    /// The orders that this sweep ended. Those that somebody else was quicker on are not among them.
    pub expired: Vec<OrderView>,
    /// Orders that could not be ended; the sweep goes on behind them.
    pub failed: Vec<Error>,
}

impl Orders {
    /// Begins a sweep over the holds that have ended by now.
    ///
    /// # Errors
    /// `Invalid`.
    pub fn sweep(&self, reason: Option<&str>, options: WriteOptions) -> Result<Sweep<'_>> {
        let reason =
            reason.unwrap_or(REASON).parse().map_err(|invalid| Error::invalid("/reason", invalid))?;
        let at = self.clock.now();
        Ok(Sweep { orders: self, options, reason: Some(reason), at, after: None, end: None })
    }

    /// Ends the hold of an order, if it is still there to be ended.
    async fn end_hold(
        &self,
        hold: EndedHold,
        reason: Option<&Reason>,
        options: &WriteOptions,
    ) -> Result<Option<OrderView>> {
        let mut attempt = 0;
        loop {
            let key = OrderKey::Id(hold.order);
            let found = self.orders.find_order(&key).await.map_err(|error| named(error, hold))?;
            let Some(order) = found else { return Ok(None) };
            let at = self.clock.now();
            let Ok(Outcome::Changed { order: next, stock }) =
                order.step(&Command::Expire, at, &options.actor, reason.cloned())
            else {
                return Ok(None);
            };
            let context = MovementContext {
                actor: options.actor.clone(),
                at,
                order_id: Some(order.id),
                reason: reason.cloned(),
                reference: None,
            };
            let view = OrderView::from(&*next);
            let answer = view.clone();
            let commit = options.commit(at, move |_| answer.clone());
            match self.orders.step_order(&next, &stock, &context, commit).await {
                Ok(()) => return Ok(Some(view)),
                Err(StoreError::Stale { .. }) if attempt < TRIES => back_off(&mut attempt).await,
                Err(error) => return Err(of_order(store_error(error, &order), &order)),
            }
        }
    }
}

impl Sweep<'_> {
    /// Does the next part of it, at most a hundred orders; `None` when nothing is left.
    ///
    /// # Errors
    /// Those that say that the store can do nothing now. What was ended before has been told.
    pub async fn batch(&mut self) -> Result<Option<Swept>> {
        if let Some(end) = self.end.take() {
            self.end = Some(Ok(()));
            return end.map(|()| None);
        }
        let page = self.orders.orders.ended_holds(self.at, self.after, BATCH).await;
        let page = page.map_err(Error::from_store)?;
        let mut swept = Swept::default();
        let mut holds = VecDeque::from(page.items);
        while let Some(hold) = holds.pop_front() {
            match self.orders.end_hold(hold, self.reason.as_ref(), &self.options).await {
                Ok(expired) => swept.expired.extend(expired),
                Err(error) if is_of_the_store(&error) => {
                    self.end = Some(Err(error));
                    return Ok(Some(swept));
                }
                Err(error) => swept.failed.push(error),
            }
            self.after = Some(hold);
        }
        if !page.has_more {
            self.end = Some(Ok(()));
        }
        Ok(Some(swept))
    }
}

/// Whether the next order would fail in the same way.
fn is_of_the_store(error: &Error) -> bool {
    matches!(error.kind, Kind::Unavailable | Kind::Timeout | Kind::Forbidden)
}

/// The store's error about an order of which only the id is known.
fn named(error: StoreError, hold: EndedHold) -> Error {
    let error = Error::from_store(error);
    if is_of_the_store(&error) {
        return error;
    }
    Error { detail: format!("order {}: {}", hold.order, error.detail), ..error }
}

/// An error that says which order it is about.
fn of_order(error: Error, order: &Order) -> Error {
    if is_of_the_store(&error) || error.detail.starts_with("order ") {
        return error;
    }
    Error { detail: format!("order {}: {}", order.number, error.detail), ..error }
}

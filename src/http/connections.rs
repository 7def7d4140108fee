//! How many connections are open, and which of them nobody would miss.
//!
//! When there are too many, the one that has waited longest without a request is closed. So thousands of clients that send half
//! a request, or nothing, cannot keep one out that sends a whole one.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

/// The open connections of all listeners.
#[derive(Debug)]
pub(super) struct Connections {
    most: usize,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    count: usize,
    /// Rises with each connection that begins to wait, so the first entry has waited longest.
    next: u64,
    waiting: BTreeMap<u64, CancellationToken>,
}

/// A place among the open connections; given back when dropped.
#[derive(Debug)]
pub(super) struct Seat {
    connections: Arc<Connections>,
    closing: CancellationToken,
    /// The number it waits under; none while it serves a request.
    ticket: Mutex<Option<u64>>,
}

impl Connections {
    pub(super) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, open: Mutex::default() })
    }

    /// A seat for a new connection, for which another may have to go. `None` when all of them are at work. `closing` ends the
    /// connection.
    pub(super) fn admit(self: &Arc<Self>, closing: CancellationToken) -> Option<Seat> {
        let mut open = self.lock();
        if open.count >= self.most {
            let (_, longest) = open.waiting.pop_first()?;
            longest.cancel();
        }
        open.count += 1;
        drop(open);
        let seat = Seat { connections: Arc::clone(self), closing, ticket: Mutex::new(None) };
        seat.wait();
        Some(seat)
    }

    /// Ends the connection that has waited longest, if any waits.
    pub(super) fn make_room(&self) {
        if let Some((_, longest)) = self.lock().waiting.pop_first() {
            longest.cancel();
        }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.lock().count
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    /// Resolves when the connection must go.
    pub(super) async fn closed(&self) {
        self.closing.cancelled().await;
    }

    /// It has a request now, and stays.
    pub(super) fn work(&self) {
        if let Some(ticket) = self.ticket().take() {
            self.connections.lock().waiting.remove(&ticket);
        }
    }

    /// It waits for a request, and may be sent away.
    pub(super) fn wait(&self) {
        let mut open = self.connections.lock();
        open.next += 1;
        let number = open.next;
        open.waiting.insert(number, self.closing.clone());
        drop(open);
        if let Some(before) = self.ticket().replace(number) {
            self.connections.lock().waiting.remove(&before);
        }
    }

    fn ticket(&self) -> MutexGuard<'_, Option<u64>> {
        self.ticket.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.work();
        self.connections.lock().count -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admit(connections: &Arc<Connections>) -> (Option<Seat>, CancellationToken) {
        let closing = CancellationToken::new();
        (connections.admit(closing.clone()), closing)
    }

    #[test]
    fn the_one_that_waited_longest_makes_room() {
        let connections = Connections::new(2);
        let (first, first_closing) = admit(&connections);
        let (second, second_closing) = admit(&connections);
        // The first serves a request, and then waits again: the second has now waited longer.
        first.as_ref().unwrap().work();
        first.as_ref().unwrap().wait();
        let (third, _) = admit(&connections);
        assert!(third.is_some() && second_closing.is_cancelled() && !first_closing.is_cancelled());
        drop((first, second, third));
        assert_eq!(connections.lock().count, 0);
        assert!(connections.lock().waiting.is_empty());
    }

    #[test]
    fn nobody_at_work_is_sent_away() {
        let connections = Connections::new(1);
        let (first, closing) = admit(&connections);
        first.as_ref().unwrap().work();
        assert!(admit(&connections).0.is_none() && !closing.is_cancelled());
        drop(first);
        assert!(admit(&connections).0.is_some());
    }
}

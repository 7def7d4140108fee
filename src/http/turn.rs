//! Whose turn it is on a connection: a head that has begun must end soon, while a client that has been answered may keep its connection
//! much longer, as proxies expect that hold connections ready.

use std::sync::atomic::{AtomicU8, Ordering};

/// A head is awaited and has begun, or it is the first, for which nobody waits long.
const HEAD: u8 = 0;
/// A request is being answered.
const WORK: u8 = 1;
/// All is said; the client may ask again.
const IDLE: u8 = 2;

/// Shared by the stream, which sees what arrives, and by whoever answers.
#[derive(Debug, Default)]
pub(super) struct Turn(AtomicU8);

impl Turn {
    /// A head is there: the service is at work.
    pub(super) fn work(&self) {
        self.0.store(WORK, Ordering::Relaxed);
    }

    /// The request is answered.
    pub(super) fn idle(&self) {
        self.0.store(IDLE, Ordering::Relaxed);
    }

    /// Bytes have arrived: where none were awaited a head has begun. Returns whether one is under way.
    pub(super) fn arrived(&self) -> bool {
        // Whatever else it was stays as it was.
        let _ = self.0.compare_exchange(IDLE, HEAD, Ordering::Relaxed, Ordering::Relaxed);
        self.head()
    }

    /// Whether a head is under way.
    pub(super) fn head(&self) -> bool {
        self.0.load(Ordering::Relaxed) == HEAD
    }
}

//! Waiting for what cannot be interrupted: a person at a terminal, or whoever fills a pipe.

use tokio::sync::oneshot;

/// Runs `wait` on a thread of its own, so that a signal or a deadline ends the wait for it. The thread is left behind then and
/// ends with the process.
///
/// Returns `None` if the thread died.
pub(super) async fn aside<T: Send + 'static>(wait: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (answer, answered) = oneshot::channel();
    std::thread::spawn(move || answer.send(wait()));
    answered.await.ok()
}

//! Group commit: writes that wait for each other share a transaction, and its one fsync.
//!
//! There is one writer. What arrives while it is at work goes into its next transaction together, in the order of arrival, each
//! in a savepoint of its own: one that is refused leaves no trace and does not hurt its neighbours. A write by itself has a
//! transaction by itself and waits for nobody. Nobody is answered before the commit is on the disk.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::oneshot;

use super::pool::{Lane, Pool};
use crate::store::{Result, StoreError, crash};

/// The most writes of a transaction.
const MOST_WRITES: usize = 128;
/// After this long a transaction takes in no more: other programs wait for the file.
const LONGEST: Duration = Duration::from_millis(50);

/// A write that waits for its transaction.
trait Write: Send {
    /// Does it. Returns whether it is to be kept.
    fn run(&mut self, connection: &Connection) -> bool;

    /// Why it failed, once it has run.
    fn failure(&self) -> Option<&StoreError>;

    /// Tells who waits what came of it, now that its transaction has ended like this.
    fn answer(self: Box<Self>, ended: Result<()>);
}

struct Step<T, F> {
    work: Option<F>,
    keep: bool,
    outcome: Option<Result<T>>,
    reply: oneshot::Sender<Result<T>>,
}

impl<T: Send, F: FnOnce(&Connection) -> Result<T> + Send> Write for Step<T, F> {
    fn run(&mut self, connection: &Connection) -> bool {
        let Some(work) = self.work.take() else { return false };
        // A bug in one step must not take the others' transaction with it.
        let outcome =
            catch_unwind(AssertUnwindSafe(|| work(connection))).unwrap_or_else(|_| Err(broke_off()));
        let keep = self.keep && outcome.is_ok();
        self.outcome = Some(outcome);
        keep
    }

    fn failure(&self) -> Option<&StoreError> {
        self.outcome.as_ref().and_then(|outcome| outcome.as_ref().err())
    }

    fn answer(self: Box<Self>, ended: Result<()>) {
        let Self { outcome, reply, .. } = *self;
        let outcome = ended.and_then(|()| outcome.unwrap_or_else(|| Err(broke_off())));
        // Nobody listens any more where the caller has gone; it is done all the same.
        let _ = reply.send(outcome);
    }
}

fn broke_off() -> StoreError {
    StoreError::Internal("a step of the store broke off".to_owned())
}

/// Writes that wait.
#[derive(Default)]
struct Queue {
    waiting: VecDeque<Box<dyn Write>>,
    /// Whether the writer has been told, and will look again.
    told: bool,
}

/// The one writer of a process.
pub(super) struct Writer {
    pub(super) pool: Pool,
    queue: Arc<Mutex<Queue>>,
}

impl Writer {
    /// On a pool of one connection.
    pub(super) fn new(pool: Pool) -> Self {
        Self { pool, queue: Arc::default() }
    }

    /// Runs a step in a transaction, whole or not at all; kept only with `keep`.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        keep: bool,
        step: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (reply, outcome) = oneshot::channel();
        let waiting = Step { work: Some(step), keep, outcome: None, reply };
        let told = {
            let mut queue = lock(&self.queue);
            queue.waiting.push_back(Box::new(waiting));
            std::mem::replace(&mut queue.told, true)
        };
        if !told {
            let queue = Arc::clone(&self.queue);
            let submitted = self.pool.submit(Box::new(move |lane| drain(&queue, lane)));
            if let Err(error) = submitted {
                // Nobody will come for them.
                let mut queue = lock(&self.queue);
                queue.told = false;
                let left = std::mem::take(&mut queue.waiting);
                drop(queue);
                for write in left {
                    write.answer(Err(error.clone()));
                }
            }
        }
        outcome.await.unwrap_or_else(|_| Err(broke_off()))
    }
}

fn lock(queue: &Mutex<Queue>) -> MutexGuard<'_, Queue> {
    // Steps run outside the lock, so no panic can leave the queue half changed.
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}

fn next(queue: &Mutex<Queue>) -> Option<Box<dyn Write>> {
    lock(queue).waiting.pop_front()
}

/// Sees to it that a writer that broke off is told again.
struct Unwound<'a>(&'a Mutex<Queue>);

impl Drop for Unwound<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let mut queue = lock(self.0);
            queue.told = false;
            // Who waits for these hears that the step broke off.
            queue.waiting.clear();
        }
    }
}

/// Works until nothing waits.
fn drain(queue: &Mutex<Queue>, lane: &mut Lane) {
    let _unwound = Unwound(queue);
    loop {
        let first = {
            let mut queue = lock(queue);
            let first = queue.waiting.pop_front();
            queue.told = first.is_some();
            first
        };
        let Some(first) = first else { return };
        let mut group = vec![first];
        let ended = lane.connection().and_then(|connection| together(connection, &mut group, queue));
        for write in group {
            write.answer(ended.clone());
        }
    }
}

/// One transaction for the first of a group and for what has queued up behind it by the time it is done.
fn together(
    connection: &mut Connection,
    group: &mut Vec<Box<dyn Write>>,
    queue: &Mutex<Queue>,
) -> Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    crash::point("begun");
    let begun = Instant::now();
    let mut kept = false;
    let mut at = 0;
    while let Some(write) = group.get_mut(at) {
        transaction.prepare_cached("SAVEPOINT step")?.execute([])?;
        let keep = write.run(&transaction);
        if transaction.is_autocommit() {
            // A full or failing disk: SQLite has taken back everything, also what those before had done.
            return Err(write.failure().cloned().unwrap_or_else(broke_off));
        }
        if !keep {
            transaction.prepare_cached("ROLLBACK TO step")?.execute([])?;
        }
        transaction.prepare_cached("RELEASE step")?.execute([])?;
        kept |= keep;
        at += 1;
        if at == group.len() && at < MOST_WRITES && begun.elapsed() < LONGEST {
            group.extend(next(queue));
        }
    }
    if !kept {
        return Ok(transaction.rollback()?);
    }
    crash::point("commit:before");
    transaction.commit()?;
    crash::point("commit:after");
    Ok(())
}

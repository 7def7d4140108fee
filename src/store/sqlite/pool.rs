//! Threads that own connections.
//!
//! A connection blocks, so it lives on a thread of its own and is handed closures. What was handed over is done
//! whether or not anybody still waits for it: a caller who hangs up leaves no half step. Threads and their
//! connections are made when they are first needed, so that a command that only reads opens one connection.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::connection::Role;
use super::prepare;
use crate::store::{PoolUse, Result, StoreError};

/// The connection of one thread, made at its first use.
pub(super) struct Lane {
    path: Arc<PathBuf>,
    role: Role,
    open: Option<Connection>,
}

impl Lane {
    /// The connection. A failure to open is tried anew by the next caller.
    pub(super) fn connection(&mut self) -> Result<&mut Connection> {
        let connection = if let Some(connection) = self.open.take() {
            connection
        } else {
            // A writer brings the schema up to date, a reader takes it as it finds it. Neither makes a file.
            let migrate = self.role == Role::Writer && self.path.exists();
            let connection = prepare::open(&self.path, migrate)?;
            self.role.assign(&connection)?;
            connection
        };
        Ok(self.open.insert(connection))
    }
}

/// A closure for a connection.
pub(super) type Job = Box<dyn FnOnce(&mut Lane) + Send>;

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    /// Connections that were opened elsewhere and wait for a thread.
    spare: Option<Connection>,
    idle: usize,
    threads: usize,
    closed: bool,
}

struct Shared {
    state: Mutex<State>,
    /// Something to do, or the end.
    work: Condvar,
    /// A thread has ended.
    ended: Condvar,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // Jobs run outside the lock, so no panic can leave the state half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Up to `most` threads with a connection each.
pub(super) struct Pool {
    path: Arc<PathBuf>,
    role: Role,
    most: usize,
    shared: Arc<Shared>,
}

impl Pool {
    /// A pool without threads yet. `spare` serves as the connection of the first.
    pub(super) fn new(path: Arc<PathBuf>, role: Role, most: usize, spare: Option<Connection>) -> Self {
        let state = State { spare, ..State::default() };
        let shared = Shared { state: Mutex::new(state), work: Condvar::new(), ended: Condvar::new() };
        Self { path, role, most, shared: Arc::new(shared) }
    }

    /// Hands over a job.
    ///
    /// # Errors
    /// `Unavailable` once the pool is closed or where no thread can be made.
    pub(super) fn submit(&self, job: Job) -> Result<()> {
        let mut state = self.shared.state();
        if state.closed {
            return Err(StoreError::Unavailable { detail: "the store is closed".to_owned(), hint: None });
        }
        if state.jobs.len() >= state.idle && state.threads < self.most {
            let lane = Lane { path: Arc::clone(&self.path), role: self.role, open: state.spare.take() };
            let shared = Arc::clone(&self.shared);
            let spawned =
                std::thread::Builder::new().name("store".to_owned()).spawn(move || serve(&shared, lane));
            match spawned {
                Ok(_) => state.threads += 1,
                Err(error) if state.threads == 0 => {
                    return Err(StoreError::Unavailable {
                        detail: format!("no thread for the store: {error}"),
                        hint: None,
                    });
                }
                Err(_) => {}
            }
        }
        state.jobs.push_back(job);
        drop(state);
        self.shared.work.notify_one();
        Ok(())
    }

    /// How many of its connections are at work.
    pub(super) fn in_use(&self) -> PoolUse {
        let state = self.shared.state();
        let (threads, idle) = (state.threads as u64, state.idle as u64);
        PoolUse { in_use: threads.saturating_sub(idle), open: threads, most: self.most as u64 }
    }

    /// Takes no more jobs; those handed over are still done.
    pub(super) fn shut(&self) {
        let mut state = self.shared.state();
        state.closed = true;
        state.spare = None;
        drop(state);
        self.shared.work.notify_all();
    }

    /// What to call to wait, on a thread that may block, for the threads to end after [`shut`](Self::shut).
    pub(super) fn ended(&self) -> impl FnOnce(Instant) + Send + 'static {
        let shared = Arc::clone(&self.shared);
        move |until| {
            let mut state = shared.state();
            while state.threads > 0 {
                let left = until.saturating_duration_since(Instant::now());
                if left == Duration::ZERO {
                    break;
                }
                let waited = shared.ended.wait_timeout(state, left);
                state = waited.unwrap_or_else(PoisonError::into_inner).0;
            }
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shut();
    }
}

fn serve(shared: &Shared, mut lane: Lane) {
    let mut state = shared.state();
    loop {
        if let Some(job) = state.jobs.pop_front() {
            drop(state);
            // A bug in one job must not take the thread from the others; the connection may be mid-transaction.
            if catch_unwind(AssertUnwindSafe(|| job(&mut lane))).is_err() {
                lane.open = None;
            }
            state = shared.state();
        } else if state.closed {
            break;
        } else {
            state.idle += 1;
            state = shared.work.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.idle -= 1;
        }
    }
    drop(state);
    if let Some(connection) = lane.open.take() {
        if lane.role == Role::Writer {
            // Only advice for the query planner: without it lists are slower, not wrong.
            let _ = connection.execute_batch("PRAGMA optimize");
        }
        // Closing writes the log back into the file where this was the last connection.
        drop(connection);
    }
    shared.state().threads -= 1;
    shared.ended.notify_all();
}

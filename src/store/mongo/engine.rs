//! Where the operations of a store run: on threads of their own.
//!
//! A transaction is a chain of answers from the server, each of which leads to the next command. On the threads of the HTTP services every
//! link would wait for its turn behind whatever requests have come in meanwhile, and for one product only one transaction can be under
//! way: the more requests, the longer each transaction, and the fewer orders. `cargo bench --bench orders` shows what this is worth.

use std::future::Future;
use std::io;

use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;

/// See the module.
pub(super) struct Engine {
    /// Gone only once this is dropped.
    runtime: Option<Runtime>,
    handle: Handle,
    /// Every operation under way.
    tasks: TaskTracker,
}

impl Engine {
    /// With half as many threads as the machine has cores.
    ///
    /// # Errors
    /// Where the system gives no threads.
    pub(super) fn start() -> io::Result<Self> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let runtime = Builder::new_multi_thread()
            .worker_threads((cores / 2).max(1))
            .thread_name("mongodb")
            .enable_all()
            .build()?;
        let handle = runtime.handle().clone();
        Ok(Self { runtime: Some(runtime), handle, tasks: TaskTracker::new() })
    }

    /// Where something must be said to run here that is not a future: the driver starts tasks of its own.
    pub(super) fn enter<T>(&self, with: impl FnOnce() -> T) -> T {
        let _here = self.handle.enter();
        with()
    }

    /// Sets an operation going, which [`Engine::idle`] waits for.
    pub(super) fn spawn<F>(&self, work: F) -> JoinHandle<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        self.tasks.spawn_on(work, &self.handle)
    }

    /// Waits until no operation is under way.
    pub(super) async fn idle(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // Waiting is not allowed where this may be dropped, and whoever wants to wait has closed the store before.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

//! Many callers at the same moment.

use std::future::Future;
use std::sync::Arc;

use tokio::sync::Barrier;

/// Starts `callers` tasks, lets them go together and returns what each got, in their order.
pub(crate) async fn at_once<T, F>(callers: usize, call: impl Fn(usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let barrier = Arc::new(Barrier::new(callers));
    let tasks: Vec<_> = (0..callers)
        .map(|number| {
            let (barrier, work) = (Arc::clone(&barrier), call(number));
            tokio::spawn(async move {
                barrier.wait().await;
                work.await
            })
        })
        .collect();
    let mut outcomes = Vec::with_capacity(callers);
    for task in tasks {
        outcomes.push(task.await.expect("a caller did not panic"));
    }
    outcomes
}

//! Enough file descriptors for the connections that are allowed.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What else is open: listeners, the store's connections, the log.
const BESIDES: u64 = 128;

/// Raises this process's limit as far as the system lets it, and says so where that is too little for so many connections. A shell's
/// usual limit is 1,024, kept for programs that cannot count further.
pub(super) fn allow(connections: usize) {
    let wanted = u64::try_from(connections).unwrap_or(u64::MAX).saturating_add(BESIDES);
    let now = getrlimit(Resource::Nofile);
    if now.current.is_none_or(|current| current >= wanted) {
        return;
    }
    let reached = now.maximum.map_or(wanted, |maximum| maximum.min(wanted));
    let raised = setrlimit(Resource::Nofile, Rlimit { current: Some(reached), maximum: now.maximum });
    if raised.is_err() || reached < wanted {
        tracing::warn!(
            limit = if raised.is_ok() { Some(reached) } else { now.current },
            wanted,
            "too few file descriptors for --max-connections; raise the limit (ulimit -n)"
        );
    }
}

//! Crash points: places where a test makes the program die, to see what it leaves behind.
//!
//! With `SHOPCTL_CRASH_AT=stock:written` in its environment the program ends when it first comes to the point of that name, as abruptly
//! as by `kill -9`: nothing is tidied up and nobody is told. `stock:written#2` is the second time. Only builds with debug assertions
//! have them, which is what tests run; in a release build a point is nothing at all and the variable is not looked at.

/// Here the program dies, if a test says so.
#[cfg(debug_assertions)]
pub(super) fn point(name: &str) {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicUsize, Ordering};

    static WHERE: OnceLock<Option<(String, usize)>> = OnceLock::new();
    static PASSED: AtomicUsize = AtomicUsize::new(0);
    let chosen = WHERE.get_or_init(|| {
        let text = std::env::var("SHOPCTL_CRASH_AT").ok()?;
        let (name, times) = text.split_once('#').unwrap_or((&text, "1"));
        Some((name.to_owned(), times.parse().ok()?))
    });
    if let Some((chosen, times)) = chosen
        && chosen == name
        && PASSED.fetch_add(1, Ordering::Relaxed) + 1 == *times
    {
        std::process::abort();
    }
}

/// Nothing.
#[cfg(not(debug_assertions))]
pub(super) fn point(_name: &str) {}

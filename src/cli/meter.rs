//! How far a long run is, on a terminal.

use std::cell::Cell;
use std::time::{Duration, Instant};

use crate::output::Ui;

/// How often the line is written anew.
const EVERY: Duration = Duration::from_millis(100);

/// A line on standard error that says what is being done, to how much and how fast. It goes away with the meter.
pub(super) struct Meter<'a> {
    ui: &'a Ui,
    doing: &'static str,
    what: Cell<&'static str>,
    begun: Cell<Instant>,
    shown: Cell<Option<Instant>>,
}

impl<'a> Meter<'a> {
    /// A line that begins with this verb.
    pub(super) fn new(ui: &'a Ui, doing: &'static str) -> Self {
        Self { ui, doing, what: Cell::new(""), begun: Cell::new(Instant::now()), shown: Cell::new(None) }
    }

    /// So many of these are done.
    pub(super) fn show(&self, what: &'static str, done: u64) {
        let now = Instant::now();
        if self.what.replace(what) != what {
            self.begun.set(now);
        } else if self.shown.get().is_some_and(|shown| now - shown < EVERY) {
            return;
        }
        self.shown.set(Some(now));
        let millis = u64::try_from((now - self.begun.get()).as_millis()).unwrap_or(u64::MAX);
        let rate = match done.saturating_mul(1000).checked_div(millis) {
            Some(rate) => format!(", {rate} a second"),
            None => String::new(),
        };
        self.ui.progress(&format!("{} {what}: {done}{rate}", self.doing));
    }
}

impl Drop for Meter<'_> {
    fn drop(&mut self) {
        self.ui.end_progress();
    }
}

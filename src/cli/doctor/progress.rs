//! How far a long look is, on a terminal.

use std::cell::Cell;
use std::time::{Duration, Instant};

use crate::output::Ui;
use crate::service::doctor::Progress;

/// How often the line is written anew.
const EVERY: Duration = Duration::from_millis(100);

/// A line on standard error that says what is being read, how much and how fast. It goes away with the meter.
pub(super) struct Meter<'a> {
    ui: &'a Ui,
    what: Cell<&'static str>,
    begun: Cell<Instant>,
    shown: Cell<Option<Instant>>,
}

impl<'a> Meter<'a> {
    pub(super) fn new(ui: &'a Ui) -> Self {
        Self { ui, what: Cell::new(""), begun: Cell::new(Instant::now()), shown: Cell::new(None) }
    }

    pub(super) fn show(&self, progress: Progress) {
        let now = Instant::now();
        if self.what.replace(progress.what) != progress.what {
            self.begun.set(now);
        } else if self.shown.get().is_some_and(|shown| now - shown < EVERY) {
            return;
        }
        self.shown.set(Some(now));
        let millis = u64::try_from((now - self.begun.get()).as_millis()).unwrap_or(u64::MAX);
        let rate = match progress.done.saturating_mul(1000).checked_div(millis) {
            Some(rate) => format!(", {rate} a second"),
            None => String::new(),
        };
        self.ui.progress(&format!("reading {}: {}{rate}", progress.what, progress.done));
    }
}

impl Drop for Meter<'_> {
    fn drop(&mut self) {
        self.ui.end_progress();
    }
}

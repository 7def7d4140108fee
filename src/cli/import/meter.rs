//! How far an import is, on a terminal.

use std::cell::Cell;
use std::time::{Duration, Instant};

use crate::output::Ui;
use crate::service::import::Progress;

/// How often the line is written anew.
const EVERY: Duration = Duration::from_millis(100);

/// A line on standard error with rows, bytes, rate and the time that is left.
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
        self.ui.progress(&line(progress, now - self.begun.get()));
    }

    /// Takes the line away.
    pub(super) fn end(&self) {
        self.ui.end_progress();
    }
}

fn line(progress: Progress, elapsed: Duration) -> String {
    let Progress { what, rows, bytes, of } = progress;
    let millis = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    let rate = rows.saturating_mul(1000).checked_div(millis).map(|rate| format!(", {rate} rows/s"));
    let left = (of.saturating_sub(bytes)).saturating_mul(millis).checked_div(bytes);
    let left = left.map(|left| format!(", {} s left", left.div_ceil(1000)));
    let megabytes = |bytes: u64| format!("{}.{}", bytes / 1_000_000, bytes / 100_000 % 10);
    format!(
        "{what}: {rows} rows, {} of {} MB{}{}",
        megabytes(bytes),
        megabytes(of),
        rate.unwrap_or_default(),
        left.unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_rows_bytes_rate_and_what_is_left() {
        let progress = Progress { what: "writing", rows: 50_000, bytes: 5_000_000, of: 12_500_000 };
        let told = line(progress, Duration::from_secs(2));
        assert_eq!(told, "writing: 50000 rows, 5.0 of 12.5 MB, 25000 rows/s, 3 s left");
        let first = Progress { rows: 0, bytes: 0, ..progress };
        assert_eq!(line(first, Duration::ZERO), "writing: 0 rows, 0.0 of 12.5 MB");
    }
}

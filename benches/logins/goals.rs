//! Figures, what they should be, and whether they are.

use std::process::ExitCode;
use std::time::Duration;

/// What was missed.
#[derive(Default)]
pub(crate) struct Goals {
    missed: Vec<String>,
}

impl Goals {
    /// Prints a figure whose ratio to another must reach a goal.
    pub(crate) fn at_least(&mut self, what: &str, value: f64, unit: &str, ratio: f64, goal: f64) {
        println!("{what:<28} {value:>9.1} {unit}   {ratio:.3} × (goal: at least {goal})");
        if ratio < goal {
            self.missed.push(what.trim().to_owned());
        }
    }

    /// Prints a figure that must not pass a goal.
    pub(crate) fn at_most(&mut self, what: &str, value: f64, unit: &str, goal: f64) {
        println!("{what:<28} {value:>9.3} {unit} (goal: at most {goal})");
        if value > goal {
            self.missed.push(what.trim().to_owned());
        }
    }

    /// Says whether all is well.
    pub(crate) fn verdict(self) -> ExitCode {
        if self.missed.is_empty() {
            println!("every goal is met");
            return ExitCode::SUCCESS;
        }
        println!("MISSED: {}", self.missed.join("; "));
        ExitCode::FAILURE
    }
}

/// In milliseconds.
pub(crate) fn percentile(mut times: Vec<Duration>, percent: usize) -> f64 {
    times.sort_unstable();
    let at = (times.len() * percent).div_ceil(100).saturating_sub(1);
    times.get(at).map_or(f64::NAN, |time| time.as_secs_f64() * 1000.0)
}

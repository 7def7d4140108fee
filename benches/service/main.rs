//! What the services bear: `cargo bench --bench service`, or one check by name: `cargo bench --bench service -- crowd --seconds 60`.
//!
//! Each check starts `shopctl serve` as a process of its own, does to it what the internet does, prints what it saw and a verdict, and the
//! whole exits with 1 where a figure was missed. `crowd` needs 10,100 file descriptors and raises its own limit as far as it may.

#![expect(clippy::print_stdout, reason = "figures are for whoever runs this")]

#[path = "../../tests/support"]
#[expect(dead_code, unused_imports, reason = "tests use the rest of it")]
mod support {
    pub(crate) mod mongod;
    pub(crate) mod service_process;
}

mod crowd;
mod hang_up;
mod rest;
mod restart;
mod shop;
mod slow;
mod terminate;
mod wire;

use std::process::ExitCode;
use std::time::Duration;

/// Whether a figure was reached.
pub(crate) enum Verdict {
    Reached,
    Missed,
}

impl Verdict {
    pub(crate) fn of(reached: bool) -> Self {
        if reached { Self::Reached } else { Self::Missed }
    }
}

/// What a check is called, and itself.
type Check = (&'static str, Box<dyn Fn() -> Verdict>);

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let seconds = words.windows(2).find(|pair| pair[0] == "--seconds");
    let seconds = seconds.map_or(60, |pair| pair[1].parse().expect("--seconds needs a whole number"));
    let seconds = Duration::from_secs(seconds);
    let checks: [Check; 6] = [
        ("rest", Box::new(rest::check)),
        ("slow", Box::new(slow::check)),
        ("crowd", Box::new(move || crowd::check(seconds))),
        ("terminate", Box::new(terminate::check)),
        ("hang-up", Box::new(hang_up::check)),
        ("restart", Box::new(restart::check)),
    ];
    let named = |name: &str| words.iter().any(|word| word == name);
    let all = !checks.iter().any(|(name, _)| named(name));
    let mut missed = Vec::new();
    for (name, check) in &checks {
        if all || named(name) {
            println!("== {name}");
            match check() {
                Verdict::Reached => println!("{name}: reached\n"),
                Verdict::Missed => {
                    println!("{name}: MISSED\n");
                    missed.push(*name);
                }
            }
        }
    }
    if missed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs a load.
pub(crate) fn run<T>(load: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    runtime.expect("a runtime").block_on(load)
}

/// Milliseconds, for people.
pub(crate) fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

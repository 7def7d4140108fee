//! Random commands against a simple model, on both stores at once.
//!
//! The model is a shop of plain lists, written a second time from the data model's rules. After every command both stores must have
//! given the answer that the model gives, must hold exactly what the model holds, to the version and the millisecond, and must keep every
//! rule. A refusal, a dry run and a repeat must leave every document as it was.
//!
//! A sequence that fails is cut down to the commands that are needed and printed. `SHOPCTL_PROPERTY_CASES=500` plays more of them:
//! `SHOPCTL_PROPERTY_CASES=500 cargo test --test main -- property`

mod case;
mod command;
mod found;
mod model;
mod picture;
mod player;
mod shrinking;

use proptest::collection::vec;
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};

use self::command::{Command, command};

/// How many sequences a usual test run plays.
const CASES: u32 = 14;
/// The most commands of a sequence.
const LONGEST: usize = 60;

fn cases() -> u32 {
    match std::env::var("SHOPCTL_PROPERTY_CASES") {
        Ok(text) => {
            text.parse().unwrap_or_else(|_| panic!("SHOPCTL_PROPERTY_CASES is {text:?}, which is no number"))
        }
        Err(_) => CASES,
    }
}

/// Sequences of commands.
fn sequences() -> impl Strategy<Value = Vec<Command>> {
    vec(command(), 1..=LONGEST)
}

fn config(cases: u32) -> Config {
    Config { cases, failure_persistence: None, max_shrink_iters: 4096, ..Config::default() }
}

/// A line for each command.
fn listing(commands: &[Command]) -> String {
    commands.iter().map(|command| format!("    {command:?}\n")).collect::<Vec<_>>().concat()
}

/// The same failure with fewer commands, where one pass of the runner has left some that are needed no more.
fn pared(
    mut commands: Vec<Command>,
    fails: impl Fn(&[Command]) -> Result<(), TestCaseError>,
) -> Vec<Command> {
    let mut n = 0;
    while n < commands.len() {
        let mut fewer = commands.clone();
        fewer.remove(n);
        if fails(&fewer).is_err() {
            (commands, n) = (fewer, 0);
        } else {
            n += 1;
        }
    }
    commands
}

/// Plays so many sequences.
fn play_random(cases: u32) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let play = |commands: &[Command]| runtime.block_on(case::play(commands));
    let mut runner = TestRunner::new(Config { max_shrink_time: 120_000, ..config(cases) });
    match runner.run(&sequences(), |commands| play(&commands)) {
        Ok(()) => {}
        Err(TestError::Fail(_, commands)) => {
            let commands = pared(commands, play);
            let why = play(&commands).err().map(|error| error.to_string()).unwrap_or_default();
            panic!("{why}\nafter these commands:\n{}{}", listing(&case::prelude()), listing(&commands))
        }
        Err(error) => panic!("{error}"),
    }
}

// Two halves, which run at the same time.

#[test]
fn random_commands_keep_every_rule_and_do_the_same_on_both_stores() {
    play_random(cases().div_ceil(2));
}

#[test]
fn other_random_commands_keep_every_rule_and_do_the_same_on_both_stores() {
    play_random(cases() / 2);
}

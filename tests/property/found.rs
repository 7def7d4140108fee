//! Sequences that once went wrong.

use super::case::play;
use super::command::{Change, Command, Doing, Guess, Low, MOST, StockDo, What};

fn wanted(what: What) -> Command {
    Command::Do(Doing { what, version: Guess::Any, dry_run: false, key: None })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lines_that_name_more_of_a_product_than_can_be_counted_are_refused() {
    let all = StockDo::Set { to: MOST, expected: Guess::Any, low: Low::Keep };
    let commands = [
        What::Change { sku: "C", change: Change::Price(0, "EUR") },
        What::Stock { sku: "C", change: all },
        What::Place { lines: vec![("C", MOST), ("C", 1)], reference: None, hold: None },
        What::Place { lines: vec![("C", MOST - 1), ("C", 1)], reference: None, hold: None },
    ];
    play(&commands.map(wanted)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_correction_by_nothing_is_refused_as_such_also_under_a_key_that_was_used() {
    let keyed = |what| Command::Do(Doing { what, version: Guess::Any, dry_run: false, key: Some(1) });
    let commands = [
        What::Change { sku: "B", change: Change::Name("Cup") },
        What::Stock { sku: "A", change: StockDo::Adjust(0) },
        What::Stock { sku: "A", change: StockDo::Adjust(1) },
    ];
    play(&commands.map(keyed)).await.unwrap();
}

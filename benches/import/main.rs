//! Rows a second of `shopctl product import`, against the drivers alone: `cargo bench --bench import -- --rows 1000000`.
//!
//! A file of that many products is generated. On a MongoDB server (a replica set of one) and on an SQLite file, one after the other in one
//! run: the driver writes the same documents, with the same indexes, validators or constraints and the same durability, into a shop of
//! its own (MongoDB: `insert_many`, 4 batches of 1,000 in flight, without a transaction and with one for each batch, which is what it takes
//! to know after a crash what is there; SQLite: one transaction for 5,000 rows, prepared statements). Then
//! `shopctl product import` inserts the file, and a second file that changes every price is upserted, against looking the SKUs up with
//! `$in` and replacing what is there. The same file again must write nothing. Peak memory is what the system says of the process.
//!
//! Figures do not travel between machines; the ratios do.

#![expect(clippy::print_stdout, reason = "figures are for whoever runs this")]

#[path = "../../tests/support"]
#[expect(dead_code, unused_imports, reason = "tests use the rest of it")]
mod support {
    pub(crate) mod mongod;
}

mod bare;
mod file;
mod shopctl;

use std::time::Duration;

use support::mongod::{Kind, OwnMongod};

/// One measurement.
struct Figure {
    what: String,
    rows: u64,
    took: Duration,
    /// Peak memory of the process, in KiB.
    peak: Option<u64>,
}

impl Figure {
    fn rate(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "rows of a file")]
        let rows = self.rows as f64;
        rows / self.took.as_secs_f64()
    }

    fn print(&self, against: &[Self]) {
        let ratios = against.iter().map(|bare| format!("{:.2} ×", self.rate() / bare.rate()));
        let ratios = ratios.collect::<Vec<String>>().join(", ");
        let peak = self
            .peak
            .map(|kib| format!("{:.1} MiB", f64::from(u32::try_from(kib).unwrap_or(u32::MAX)) / 1024.0));
        let (what, took) = (&self.what, self.took.as_secs_f64());
        println!("{what:<44} {:>9.0} {took:>8.2} {ratios:>15} {:>11}", self.rate(), peak.unwrap_or_default());
    }
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |flag: &str, usual: u64| {
        let at = words.iter().position(|word| word == flag);
        at.and_then(|at| words.get(at + 1)).map_or(usual, |text| text.parse().expect("a number"))
    };
    let rows = number("--rows", 1_000_000);
    let only = words.iter().position(|word| word == "--only").and_then(|at| words.get(at + 1));
    let runs = |store: &str| only.is_none_or(|only| only == store);
    let home = tempfile::tempdir().expect("a directory");
    let files = [
        file::write(&home.path().join("new.csv"), rows, 0),
        file::write(&home.path().join("changed.csv"), rows, 1),
    ];
    println!("{rows} products");
    println!("{:<44} {:>9} {:>8} {:>15} {:>11}", "", "rows/s", "s", "ratios", "peak");
    if runs("mongodb") {
        let server = OwnMongod::start(Kind::Usual);
        shopctl::init(home.path(), &server.url());
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let [by_row, in_transactions] = runtime.block_on(bare::mongo(&server.url(), rows));
        let bare = [("driver alone", by_row), ("driver alone, in transactions", in_transactions)];
        shopctl::measure(home.path(), "mongodb", &server.url(), rows, &files, &bare);
    }
    if runs("sqlite") {
        let url = |name: &str| format!("sqlite:{}", home.path().join(name).display());
        shopctl::init(home.path(), &url("bare.db"));
        let bare = bare::sqlite(&home.path().join("bare.db"), rows);
        shopctl::init(home.path(), &url("shop.db"));
        shopctl::measure(home.path(), "sqlite", &url("shop.db"), rows, &files, &[("driver alone", bare)]);
    }
}

//! On one SQLite file that two services share.

use std::time::Duration;

use super::copies::Run;
use super::report::{Report, Struck};
use super::verdict::Verdict;

/// How long anything may take to become well again.
const HEALING: Duration = Duration::from_secs(30);

/// How long a service stays away or frozen.
const ABSENCE: Duration = Duration::from_millis(300);

#[test]
fn orders_outlive_every_end_of_their_services() {
    let home = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", home.path().join("shop.db").display());
    let run = Run::begin(home.path(), &url, 2, 16, Duration::from_millis(20));
    let (mut struck, mut unhealed, mut ended) = (Vec::new(), Vec::new(), Vec::new());
    let least = Duration::from_secs(8);
    for n in 0.. {
        if run.now() >= super::seconds().unwrap_or(least) {
            break;
        }
        let from = run.now();
        let copy = &run.market.copies[n % 2];
        let what = match n % 3 {
            0 => {
                copy.kill();
                std::thread::sleep(ABSENCE);
                copy.restart();
                "service killed"
            }
            1 => {
                ended.push(copy.terminate());
                copy.restart();
                "service terminated"
            }
            _ => {
                copy.freeze();
                std::thread::sleep(ABSENCE);
                copy.thaw();
                "service frozen"
            }
        };
        let ready = run.market.copies.iter().all(|copy| copy.ready_within(HEALING));
        let goes_on = run.goes_on(50, HEALING);
        if !(ready && goes_on) {
            unhealed.push(format!("{what} at {from:?}: ready {ready}, orders go on {goes_on}"));
        }
        struck.push(Struck { what, from, to: run.now() });
    }
    let lasted = run.now();
    let log = run.end(HEALING);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let verdict = runtime.block_on(Verdict::on(home.path(), &url, &log));
    let title = "SQLite, one file and two services".to_owned();
    Report { title, lasted, struck, log, verdict, unhealed, ended }.conclude();
}

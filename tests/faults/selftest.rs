//! `shopctl selftest oversell` on a replica set that loses its primary.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

use mongodb::bson::{Document, doc};
use tokio::runtime::Runtime;

use super::copies::shopctl;
use crate::support::mongod::ReplicaSet;

/// How long anything may take on a machine that is busy with something else.
const PATIENCE: Duration = Duration::from_mins(1);

/// How long to wait for one look at what is there.
const LOOK: Duration = Duration::from_secs(2);

/// A selftest under way.
struct Trial {
    child: Child,
    said: BufReader<ChildStderr>,
    runtime: Runtime,
    /// The orders of its scratch store.
    orders: mongodb::Collection<Document>,
}

impl Trial {
    /// Starts one that lasts so many seconds.
    fn start(home: &std::path::Path, url: &str, seconds: u32) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_shopctl"))
            .env_clear()
            .env("HOME", home)
            .env("SHOPCTL_STORE", url)
            .args(["selftest", "oversell", "--writers", "16", "--stock", "1000", "-o", "json", "--seconds"])
            .arg(seconds.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut said = BufReader::new(child.stderr.take().expect("what it says"));
        let mut line = String::new();
        said.read_line(&mut line).expect("a line");
        let name = line.trim().rsplit_once(' ').map(|(_, name)| name.to_owned());
        let name = name.filter(|name| name.contains("_selftest_")).unwrap_or_else(|| panic!("{line}"));
        let runtime = Runtime::new().expect("a runtime");
        let client = runtime.block_on(mongodb::Client::with_uri_str(url)).expect("a client");
        let orders = client.database(&name).collection("orders");
        Self { child, said, runtime, orders }
    }

    /// Whether it places so many more orders before it ends.
    fn sells(&mut self, more: u64) -> bool {
        let deadline = Instant::now() + PATIENCE;
        let mut begun = None;
        while Instant::now() < deadline && self.child.try_wait().expect("its state").is_none() {
            // While there is no primary there is no answer; the next look may get one.
            let looked = self
                .runtime
                .block_on(async { tokio::time::timeout(LOOK, self.orders.count_documents(doc! {})).await });
            if let Ok(Ok(count)) = looked
                && count >= *begun.get_or_insert(count) + more
            {
                return true;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }

    /// Waits for its end, and gives its exit code and what it printed.
    fn end(mut self) -> (Option<i32>, serde_json::Value, String) {
        let (mut printed, mut said) = (String::new(), String::new());
        self.child.stdout.take().expect("its output").read_to_string(&mut printed).expect("text");
        self.said.read_to_string(&mut said).expect("text");
        let code = self.child.wait().expect("its end").code();
        (code, serde_json::from_str(&printed).unwrap_or_default(), said)
    }
}

#[test]
fn a_selftest_stays_clean_although_its_primary_is_killed() {
    let home = tempfile::tempdir().unwrap();
    let set = ReplicaSet::start(Duration::from_secs(2));
    shopctl(home.path(), &set.url(), &["store", "init"]);
    let mut trial = Trial::start(home.path(), &set.url(), 25);
    assert!(trial.sells(20), "nothing is sold");
    let primary = set.primary();
    set.kill(primary);
    assert!(set.taken_over_within(primary, PATIENCE), "no other member took over");
    let goes_on = trial.sells(20);
    set.restart(primary);
    let (code, report, said) = trial.end();
    assert!(goes_on, "nothing was sold after the kill: {report}: {said}");
    assert_eq!((code, &report["verdict"]), (Some(0), &"clean".into()), "{report}: {said}");
    for count in ["wrong", "failed", "broken_rules"] {
        assert_eq!(report[count], 0, "{count}: {report}");
    }
    let counts = ["placed", "stored", "unknown"]
        .map(|count| report[count].as_u64().unwrap_or_else(|| panic!("{count}: {report}")));
    let [placed, stored, unknown] = counts;
    // Of some it may not be known, but no order that was acknowledged is lost, and none was made of nothing.
    assert!(placed > 40 && (placed..=placed + unknown).contains(&stored), "{report}");
}

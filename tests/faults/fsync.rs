//! What a service on SQLite answers is on the disk already, as its system calls show.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::task::JoinSet;

use super::copies::shopctl;
use crate::support::http::Http;
use crate::support::service_process::ServiceProcess;

const ORDERS: usize = 1000;
const CLIENTS: usize = 8;

/// One system call of the service.
#[derive(Debug)]
struct Call {
    begun: f64,
    ended: f64,
    line: String,
}

/// `strace`, which the machine must have: nothing is skipped in silence.
fn strace() -> PathBuf {
    let dirs = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&dirs).map(|dir| dir.join("strace")).find(|path| path.is_file());
    found.expect("this test needs strace to see the service's system calls; install the package of that name")
}

/// The n-th order's name, which no other holds a part of.
fn reference(n: usize) -> String {
    format!("disk-{n:05}-")
}

/// Places the orders, so many at a time; each must be acknowledged.
async fn place_all(service: &ServiceProcess) {
    let (http, addr) = (Http::new(), service.addr().expect("a running service"));
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let http = http.clone();
        clients.spawn(async move {
            for n in (client..ORDERS).step_by(CLIENTS) {
                let item = json!({"sku": "MUG", "quantity": 1});
                let order = json!({"email": "a@example.com", "external_ref": reference(n), "items": [item]});
                http.call(addr, "POST", "/orders").json(&order).send().await.expect(201);
            }
        });
    }
    clients.join_all().await;
}

/// The system calls in the files that `strace -ff` writes, one a thread, once all answers are among them.
fn calls(prefix: &Path) -> Vec<Call> {
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        let (folder, name) = (prefix.parent().expect("a folder"), prefix.file_name().expect("a name"));
        let name = name.to_string_lossy();
        let files = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("a file").path());
        let traces = files
            .filter(|path| path.file_name().is_some_and(|file| file.to_string_lossy().starts_with(&*name)));
        let calls: Vec<Call> = traces
            .flat_map(|path| {
                fs::read_to_string(path).expect("a trace").lines().filter_map(call).collect::<Vec<_>>()
            })
            .collect();
        if calls.iter().filter(|call| is_answer(call)).count() >= ORDERS {
            return calls;
        }
        assert!(Instant::now() < deadline, "only {} calls were seen, and not every answer", calls.len());
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// `1763845200.123456 fdatasync(9</dir/shop.db-wal>) = 0 <0.000123>`; nothing for a call that failed or was cut short.
fn call(line: &str) -> Option<Call> {
    let (begun, line) = line.split_once(' ')?;
    let (line, took) = line.rsplit_once(" <")?;
    let (begun, took): (f64, f64) = (begun.parse().ok()?, took.trim_end_matches('>').parse().ok()?);
    let result = line.rsplit_once(" = ")?.1;
    (!result.starts_with('-')).then(|| Call { begun, ended: begun + took, line: line.to_owned() })
}

fn is_answer(call: &Call) -> bool {
    call.line.contains("HTTP/1.1 201")
}

fn is_sync(call: &Call) -> bool {
    (call.line.starts_with("fdatasync(") || call.line.starts_with("fsync("))
        && call.line.contains("shop.db-wal>")
}

fn is_write(call: &Call) -> bool {
    call.line.starts_with("pwrite64(") && call.line.contains("shop.db-wal>")
}

/// When each order is first named in a call of this kind.
fn first_named(calls: &[Call], kind: fn(&Call) -> bool, at: fn(&Call) -> f64) -> HashMap<String, f64> {
    let mut first: HashMap<String, f64> = HashMap::new();
    let length = reference(0).len();
    for call in calls.iter().filter(|call| kind(call)) {
        for (start, _) in call.line.match_indices("disk-") {
            if let Some(name) = call.line.get(start..start + length) {
                let moment = first.entry(name.to_owned()).or_insert(f64::INFINITY);
                *moment = moment.min(at(call));
            }
        }
    }
    first
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_comes_after_its_order_was_synced_to_disk() {
    let home = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", home.path().join("shop.db").display());
    let product = ["product", "create", "MUG", "--name", "Mug", "--price", "5", "--stock", "100000"];
    shopctl(home.path(), &url, &product);
    let (program, trace) = (strace(), home.path().join("trace"));
    let (program, output) = (program.display().to_string(), trace.display().to_string());
    let watched = "trace=fsync,fdatasync,pwrite64,write,writev,sendto,sendmsg";
    // -D leaves the service the process that was started; -y tells which file a descriptor is, -s shows whole pages.
    let under =
        [&*program, "-D", "-ff", "-q", "-ttt", "-T", "-y", "-s", "8192", "-e", watched, "-o", &output, "--"];
    let service = ServiceProcess::start_under(&under, "orders", home.path(), &url);
    place_all(&service).await;
    assert_eq!(tokio::task::block_in_place(|| service.terminate()).0, Some(0), "{}", service.log_end());

    let calls = calls(&trace);
    let written = first_named(&calls, is_write, |call| call.ended);
    let answered = first_named(&calls, is_answer, |call| call.begun);
    let syncs: Vec<&Call> = calls.iter().filter(|call| is_sync(call)).collect();
    let on_disk = |n: &usize| {
        let (Some(written), Some(answered)) = (written.get(&reference(*n)), answered.get(&reference(*n)))
        else {
            return false;
        };
        syncs.iter().any(|sync| sync.begun >= *written && sync.ended <= *answered)
    };
    let unsafe_answers: Vec<usize> = (0..ORDERS).filter(|n| !on_disk(n)).collect();
    crate::support::say::say(&format!(
        "\nSQLite: {} of {ORDERS} answers came after a sync of their order, {} syncs in all\n",
        ORDERS - unsafe_answers.len(),
        syncs.len()
    ));
    assert!(unsafe_answers.is_empty(), "answered before they were on the disk: {unsafe_answers:?}");
}

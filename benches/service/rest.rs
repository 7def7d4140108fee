//! A service at rest uses 15 MB at most, and is ready 50 ms after its start.

use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::shop::{Shop, command, memory, own_memory};
use crate::support::mongod::{Kind, OwnMongod};
use crate::{Verdict, ms, run, wire};

const STARTS: usize = 11;

pub(crate) fn check() -> Verdict {
    let server = OwnMongod::start(Kind::ReplicaSet);
    let mut reached = true;
    for shop in [Shop::on_a_file(), Shop::on(server.url())] {
        let mut ready: Vec<Duration> = (0..STARTS).map(|_| start(&shop)).collect();
        ready.sort_unstable();
        let median = ready[STARTS / 2];
        let service = shop.serve("orders", &[]);
        std::thread::sleep(Duration::from_secs(2));
        let process = service.id().expect("a process");
        let ((now, _), own) = (memory(process), own_memory(process));
        let store = shop.url.split(':').next().unwrap_or_default();
        println!(
            "{store}: ready after {} (median of {STARTS}), {now} kB resident at rest, {own} kB of it its own",
            ms(median)
        );
        reached &= median <= Duration::from_millis(50) && now <= 15 * 1000;
    }
    Verdict::of(reached)
}

/// From the start of the process to the first answer of `/readyz`.
fn start(shop: &Shop) -> Duration {
    use std::io::{BufRead, BufReader};
    let begun = Instant::now();
    let mut child = command(shop.home.path(), &shop.url)
        .args(["serve", "orders", "--auth", "none", "--listen", "127.0.0.1:0"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("its address");
    let addr =
        line.trim().rsplit_once("http://").and_then(|(_, addr)| addr.parse().ok()).expect("an address");
    let (status, _) = run(wire::one(addr, b"GET /readyz HTTP/1.1\r\nhost: bench\r\n\r\n"));
    let took = begun.elapsed();
    assert!(matches!(status, Ok(200)), "{status:?}");
    child.kill().expect("a process to kill");
    child.wait().expect("its end");
    took
}

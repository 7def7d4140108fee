//! 10,000 half-open connections for a minute, each opened again a second after it was closed, while good requests keep being answered:
//! once with the service's usual limits, which close those that wait longest, and once with room for all of them.

use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::task::JoinSet;

use crate::shop::{Shop, memory};
use crate::{Verdict, ms, run, wire};

const CLIENTS: usize = 10_000;

pub(crate) fn check(seconds: Duration) -> Verdict {
    allow_files(CLIENTS);
    let mut reached = true;
    for flags in [&[][..], &["--max-connections", "12000"]] {
        println!("serve products {}", flags.join(" "));
        reached &= besieged(flags, seconds);
    }
    Verdict::of(reached)
}

fn besieged(flags: &[&str], seconds: Duration) -> bool {
    let shop = Shop::on_a_file();
    let service = shop.serve("products", flags);
    let addr = service.addr().expect("an address");
    let process = service.id().expect("a process");
    run(async {
        let end = Instant::now() + seconds;
        let mut crowd = JoinSet::new();
        for _ in 0..CLIENTS {
            crowd.spawn(async move {
                let (mut opened, mut refused) = (0, 0);
                while Instant::now() < end {
                    match tokio::time::timeout_at(end.into(), wire::half_open(addr)).await {
                        Ok(Err(_)) => refused += 1,
                        // It was closed, or held to the end.
                        Ok(Ok(_)) | Err(_) => opened += 1,
                    }
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
                (opened, refused)
            });
        }
        let good = wire::good_requests(addr, Duration::from_millis(50), || Instant::now() >= end);
        let (good, failures, times) = good.await;
        let (mut opened, mut refused) = (0, 0);
        for (more, less) in crowd.join_all().await {
            opened += more;
            refused += less;
        }
        let (_, height) = memory(process);
        let slowest = times.last().copied().unwrap_or_default();
        let median = times.get(times.len() / 2).copied().unwrap_or_default();
        println!(
            "{CLIENTS} clients opened {opened} half-open connections in {seconds:?}; {refused} were refused"
        );
        println!(
            "{good} good requests, {} failed; median {}, slowest {}",
            failures.len(),
            ms(median),
            ms(slowest)
        );
        println!("the service used {height} kB at its height");
        failures.iter().take(5).for_each(|failure| println!("  {failure}"));
        good > 0 && failures.is_empty()
    })
}

/// Lets this process, and those it starts, open so many connections.
pub(crate) fn allow_files(connections: usize) {
    let wanted = connections as u64 + 100;
    let now = getrlimit(Resource::Nofile);
    let current =
        now.maximum.map_or(wanted, |maximum| maximum.min(wanted)).max(now.current.unwrap_or(wanted));
    let raised = setrlimit(Resource::Nofile, Rlimit { current: Some(current), maximum: now.maximum });
    assert!(raised.is_ok() && current >= wanted, "this needs {wanted} file descriptors; see ulimit -Hn");
}

//! The database is ended and started again under load. Orders wait as long as they may, since an election takes its time; those that cannot
//! wait that long are answered 503, or 504 where one may still be done, as a problem, and service resumes by itself.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::shop::Shop;
use crate::support::mongod::{Kind, OwnMongod};
use crate::{Verdict, ms, run, wire};

const BUYERS: usize = 32;
const RUNNING: Duration = Duration::from_secs(5);
/// Longer than any order waits.
const AWAY: Duration = Duration::from_secs(40);
/// After this it must have resumed.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) fn check() -> Verdict {
    let server = OwnMongod::start(Kind::ReplicaSet);
    let shop = Shop::on(server.url());
    let service = shop.serve("orders", &[]);
    let addr = service.addr().expect("an address");
    let enough: &'static AtomicBool = Box::leak(Box::default());
    let (counts, resumed) = run(async {
        let mut buyers = JoinSet::new();
        for buyer in 0..BUYERS {
            buyers.spawn(async move {
                let mut counts: BTreeMap<String, usize> = BTreeMap::new();
                let mut stream = TcpStream::connect(addr).await.expect("a connection");
                let mut number = 0;
                while !enough.load(Ordering::Relaxed) {
                    let request = wire::order(&format!("{buyer}-{number}"));
                    let asked = Instant::now();
                    let said = match wire::ask(&mut stream, &request).await {
                        Ok((201, _)) => {
                            number += 1;
                            "201".to_owned()
                        }
                        Ok((status, text)) => {
                            let sound = text.contains("application/problem+json")
                                && (status != 503 || text.contains("retry-after: "));
                            tokio::time::sleep(Duration::from_millis(100)).await;
                            format!("{status}{}", if sound { " problem" } else { " WITHOUT A PROBLEM" })
                        }
                        Err(error) => {
                            stream = TcpStream::connect(addr).await.expect("a connection");
                            format!("no answer: {error}")
                        }
                    };
                    *counts.entry(said).or_default() += 1;
                    let longest = counts.entry("longest wait, ms".to_owned()).or_default();
                    *longest =
                        (*longest).max(usize::try_from(asked.elapsed().as_millis()).unwrap_or(usize::MAX));
                }
                counts
            });
        }
        tokio::time::sleep(RUNNING).await;
        tokio::task::block_in_place(|| server.terminate());
        tokio::time::sleep(AWAY).await;
        tokio::task::block_in_place(|| server.restart());
        let back = Instant::now();
        let mut resumed = None;
        let mut number = 0;
        while back.elapsed() < PATIENCE && resumed.is_none() {
            number += 1;
            if matches!(wire::one(addr, &wire::order(&format!("after-{number}"))).await, (Ok(201), _)) {
                resumed = Some(back.elapsed());
            }
        }
        tokio::time::sleep(RUNNING).await;
        enough.store(true, Ordering::Relaxed);
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for more in buyers.join_all().await {
            for (said, count) in more {
                let sum = counts.entry(said.clone()).or_default();
                *sum = if said.starts_with("longest") { (*sum).max(count) } else { *sum + count };
            }
        }
        (counts, resumed)
    });
    println!("{BUYERS} buyers; the database away for {AWAY:?}");
    for (said, count) in &counts {
        println!("  {said}: {count}");
    }
    match resumed {
        Some(after) => println!("served again {} after the database took writes", ms(after)),
        None => println!("not served again within {PATIENCE:?}"),
    }
    shop.shopctl(&["doctor"]);
    let known = ["201", "503 problem", "504 problem", "longest wait, ms"];
    let only_known = counts.keys().all(|said| known.contains(&said.as_str()));
    Verdict::of(only_known && counts.contains_key("503 problem") && resumed.is_some())
}

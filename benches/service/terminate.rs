//! SIGTERM with busy connections that are kept: exit 0 within 10 s, and nobody is left without the answer to a request that was taken.

use std::time::Duration;

use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::shop::Shop;
use crate::support::mongod::{Kind, OwnMongod};
use crate::{Verdict, ms, run, wire};

const CONNECTIONS: usize = 64;

pub(crate) fn check() -> Verdict {
    let server = OwnMongod::start(Kind::ReplicaSet);
    let mut reached = true;
    for shop in [Shop::on_a_file(), Shop::on(server.url())] {
        reached &= terminated(&shop);
    }
    Verdict::of(reached)
}

fn terminated(shop: &Shop) -> bool {
    let service = shop.serve("orders", &[]);
    let addr = service.addr().expect("an address");
    let (code, took, answered, cut) = run(async {
        let mut busy = JoinSet::new();
        for buyer in 0..CONNECTIONS {
            busy.spawn(async move {
                let mut stream = TcpStream::connect(addr).await.expect("a connection");
                let mut placed = 0;
                loop {
                    let request = wire::order(&format!("{buyer}-{placed}"));
                    match wire::ask(&mut stream, &request).await {
                        Ok((201, _)) => placed += 1,
                        // Closed instead of answered: the request crossed the end of a kept connection, or was cut off.
                        Ok(_) | Err(_) => return placed,
                    }
                }
            });
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
        let (code, took) = tokio::task::block_in_place(|| service.terminate());
        let answered: u64 = busy.join_all().await.into_iter().sum();
        let cut = service.log_end().contains("cut off");
        (code, took, answered, cut)
    });
    println!(
        "{} with {CONNECTIONS} busy connections, {answered} orders: exit {code:?} after {}, requests cut off: {cut}",
        shop.url.split(':').next().unwrap_or_default(),
        ms(took)
    );
    code == Some(0) && took < Duration::from_secs(10) && !cut
}

//! 256 clients hang up with requests in flight: the next read is answered within 100 ms.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::shop::Shop;
use crate::support::mongod::{Kind, OwnMongod};
use crate::{Verdict, ms, run, wire};

const CLIENTS: usize = 256;
const ROUNDS: usize = 20;

pub(crate) fn check() -> Verdict {
    let server = OwnMongod::start(Kind::ReplicaSet);
    let mut reached = true;
    for shop in [Shop::on_a_file(), Shop::on(server.url())] {
        // One more than hang up, so that the next is not turned away while they are worked off.
        let service = shop.serve("products", &["--max-requests", "300"]);
        let addr = service.addr().expect("an address");
        let worst = run(async {
            let mut worst = Duration::ZERO;
            for round in 0..ROUNDS {
                let gone = (0..CLIENTS).map(|_| async {
                    let mut stream = TcpStream::connect(addr).await.expect("a connection");
                    stream
                        .write_all(b"GET /products HTTP/1.1\r\nhost: bench\r\n\r\n")
                        .await
                        .expect("a request");
                    stream
                });
                let streams = join_all(gone).await;
                drop(streams);
                let asked = Instant::now();
                let (status, _) = wire::one(addr, wire::WHOLE).await;
                assert!(matches!(status, Ok(200)), "round {round}: {status:?}");
                worst = worst.max(asked.elapsed());
            }
            worst
        });
        let store = shop.url.split(':').next().unwrap_or_default();
        println!("{store}: {ROUNDS} times {CLIENTS} clients gone; the slowest next read took {}", ms(worst));
        reached &= worst < Duration::from_millis(100);
    }
    Verdict::of(reached)
}

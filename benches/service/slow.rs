//! 2,000 clients that send half a request: a normal request takes less than 2 s, and each of them is let go within 15 s.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;

use crate::shop::Shop;
use crate::{Verdict, ms, run, wire};

const CLIENTS: usize = 2000;

pub(crate) fn check() -> Verdict {
    crate::crowd::allow_files(CLIENTS);
    let shop = Shop::on_a_file();
    let service = shop.serve("products", &[]);
    let addr = service.addr().expect("an address");
    run(async {
        let left = AtomicUsize::new(CLIENTS);
        let slow = join_all((0..CLIENTS).map(|_| async {
            let held = wire::half_open(addr).await;
            left.fetch_sub(1, Ordering::Relaxed);
            held
        }));
        let good = wire::good_requests(addr, Duration::from_millis(20), || left.load(Ordering::Relaxed) == 0);
        let (held, (good, failures, times)) = tokio::join!(slow, good);
        let refused = held.iter().filter(|held| held.is_err()).count();
        let longest = held.iter().flatten().max().copied().unwrap_or_default();
        let slowest = times.last().copied().unwrap_or_default();
        println!(
            "{CLIENTS} half-open requests, {refused} of them refused; the longest was held for {}",
            ms(longest)
        );
        println!(
            "{good} good requests meanwhile, {} failed; the slowest took {}",
            failures.len(),
            ms(slowest)
        );
        failures.iter().take(5).for_each(|failure| println!("  {failure}"));
        Verdict::of(
            good > 0
                && failures.is_empty()
                && slowest < Duration::from_secs(2)
                && longest <= Duration::from_secs(15),
        )
    })
}

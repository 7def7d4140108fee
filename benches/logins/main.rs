//! What signing in costs, and what a flood of it costs others: `cargo bench --bench logins`.
//!
//! `shopctl serve users products` in one process on an embedded store, and clients on the same machine. Prints each figure with its
//! goal and ends with 1 where one is missed. Sign-ins a second are held against argon2 alone on as many threads as the service gives
//! it (one core less than there are); the time of a refusal for a known user against that for an unknown one; and while 60 and 1,000
//! clients sign in at once, somebody else looks at the catalogue a hundred times a second.
//!
//! Figures do not travel between machines; the ratios do. Other work on the machine makes all of them worse.

#![expect(clippy::print_stdout, reason = "figures are for whoever runs this")]

mod client;
mod goals;
mod hashes;
mod shop;

use std::time::Duration;

use client::Client;
use goals::Goals;
use shop::Shop;

/// How long each rate is measured.
const SPAN: Duration = Duration::from_secs(6);
/// Users there are: each flood takes turns over them.
const USERS: usize = 100;

fn main() -> std::process::ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let shop = Shop::open(USERS).await;
        let mut goals = Goals::default();
        rate(&shop, &mut goals).await;
        timing(&shop, &mut goals).await;
        flood(&shop, &mut goals, 60, Duration::from_secs(2), 100).await;
        flood(&shop, &mut goals, 1000, Duration::from_millis(50), 99).await;
        goals.verdict()
    })
}

/// Sign-ins a second, against argon2 alone before and after.
async fn rate(shop: &Shop, goals: &mut Goals) {
    let before = hashes::a_second(SPAN / 2);
    let (signed_in, _) = client::closed_loop(shop, 16, SPAN).await;
    let after = hashes::a_second(SPAN / 2);
    let alone = f64::midpoint(before, after);
    println!("argon2 alone                 {alone:>9.1} /s   ({before:.1} before, {after:.1} after)");
    goals.at_least("POST /login, 16 connections", signed_in, "/s", signed_in / alone, 0.95);
}

/// How long a wrong password takes for somebody who is there and for somebody who is not.
async fn timing(shop: &Shop, goals: &mut Goals) {
    let mut client = Client::connect(shop.users).await;
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    // One guess for each user, so that none has to wait; fewer than a peer has.
    for n in 0..40 {
        for (times, email) in [(&mut known, shop::email(n)), (&mut unknown, format!("nobody{n}@example.com"))]
        {
            let (status, took) = client.sign_in(&email, "wrong horse battery").await;
            assert_eq!(status, 401, "a wrong password is refused");
            times.push(took);
        }
    }
    let (known, unknown) = (goals::percentile(known, 50), goals::percentile(unknown, 50));
    println!("wrong password, known user   {known:>9.2} ms  unknown {unknown:.2} ms");
    let apart = (known / unknown).max(unknown / known);
    goals.at_most("known against unknown", apart, "×", 1.3);
}

/// So many clients sign in at once, each until it is in, while another looks at the catalogue.
async fn flood(shop: &Shop, goals: &mut Goals, clients: usize, limit: Duration, percent: usize) {
    let before = shop.resident_mib();
    let probe = client::Probe::start(shop.products);
    tokio::time::sleep(Duration::from_millis(500)).await;
    let flood = client::flood(shop, clients).await;
    let seen = probe.stop().await;
    println!(
        "{clients} at once: {} in, in {:.1} s; {} told to come again, {} not served",
        flood.signed_in,
        flood.took.as_secs_f64(),
        flood.told_to_wait,
        flood.overloaded
    );
    let (asked, refused) = (seen.times.len(), seen.refused);
    let worst = goals::percentile(seen.times.clone(), 100);
    println!("  GET /products meanwhile    {asked:>9} times, {refused} refused, longest {worst:.1} ms");
    let measured = goals::percentile(seen.times, percent);
    goals.at_most(&format!("  its {percent}th percentile"), measured, "ms", limit.as_secs_f64() * 1000.0);
    goals.at_most("  of it refused", share(refused, asked), "", 0.01);
    goals.at_most("  not signed in", share(clients - flood.signed_in, clients), "", 0.0);
    let (now, most) = (shop.resident_mib(), shop.most_resident_mib());
    println!("  resident                   {before:>9.1} MiB before, {now:.1} after, {most:.1} at the most");
    goals.at_most("  memory at the most", most, "MiB", 192.0);
}

#[expect(clippy::cast_precision_loss, reason = "a share")]
fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

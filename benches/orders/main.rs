//! Orders a second, over HTTP, against one transaction an order: `cargo bench --bench orders -- --connections 64 --seconds 5`.
//!
//! On one MongoDB server (a replica set of one), one after the other in one run: two bare handlers (axum and the driver, one transaction
//! an order with the driver's own retries), and `shopctl serve orders`. The first handler writes the least there is to an order: one
//! insert of three members into a collection without rules, and one guarded update. The second writes what shopctl writes (the product is
//! looked at; the stock, its movement and the whole order are written, under the same indexes and validators), so that it differs in
//! nothing but how many orders share a transaction. Each has the same number of connections, which ask again as soon as they are answered.
//! Then the same for `shopctl` on SQLite, against one transaction an order on the same kind of file without HTTP.
//!
//! Figures do not travel between machines; the ratios do.

#![expect(clippy::print_stdout, reason = "figures are for whoever runs this")]

#[path = "../../tests/support"]
#[expect(dead_code, unused_imports, reason = "tests use the rest of it")]
mod support {
    pub(crate) mod mongod;
    pub(crate) mod service_process;
}

mod bare;
mod catalogue;
#[path = "../load/mod.rs"]
mod load;
mod same;

use std::time::Duration;

use load::program::Bare;
use load::{Load, request};
use support::mongod::{Kind, OwnMongod};
use support::service_process::ServiceProcess;

/// What to measure.
struct Options {
    load: Load,
    products: usize,
}

/// Each of these orders.
fn requests(bodies: &[String]) -> Vec<Vec<u8>> {
    bodies.iter().map(|body| request("POST", "/orders", body)).collect()
}

fn options() -> Options {
    let load = Load { connections: 64, seconds: Duration::from_secs(5) };
    let mut options = Options { load, products: 10_000 };
    let words: Vec<String> = std::env::args().skip(1).collect();
    for pair in words.windows(2) {
        let number = || pair[1].parse().unwrap_or_else(|_| panic!("{} needs a number", pair[0]));
        match pair[0].as_str() {
            "--connections" => options.load.connections = number(),
            "--seconds" => options.load.seconds = Duration::from_secs(number() as u64),
            "--products" => options.products = number(),
            _ => {}
        }
    }
    options
}

fn main() {
    let words: Vec<String> = std::env::args().collect();
    if bare::serve_if_told(&words) {
        return;
    }
    let options = options();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.expect("a runtime");
    println!("{} connections, {:?} each", options.load.connections, options.load.seconds);
    println!("{:<38} {:>10} {:>9} {:>9}   times", "", "orders/s", "p50 ms", "p99 ms");
    for products in [options.products, 1] {
        let server = OwnMongod::start(Kind::Usual);
        let home = tempfile::tempdir().expect("a directory");
        let url = server.url();
        let skus = catalogue::fill(home.path(), &url, products);
        catalogue::order_one(home.path(), &url, &skus[0]);
        let bodies = runtime.block_on(bare::bodies(&url, &skus));
        let [least, same] = [bare::Order::Least, bare::Order::Same].map(|order| {
            let handler = Bare::start(order.flag(), &url);
            runtime.block_on(load::run(handler.addr, requests(&bodies), 201, options.load))
        });
        let service = ServiceProcess::start("orders", home.path(), &url);
        let bodies: Vec<String> = skus.iter().map(|sku| catalogue::body(sku)).collect();
        let ours = runtime.block_on(load::run(
            service.addr().expect("an address"),
            requests(&bodies),
            201,
            options.load,
        ));
        load::print(&format!("mongodb, {products} products, bare, least"), &least, &[]);
        load::print(&format!("mongodb, {products} products, bare, same"), &same, &[]);
        load::print(
            &format!("mongodb, {products} products, shopctl"),
            &ours,
            &[("least", &least), ("same", &same)],
        );
        service.kill();
        catalogue::check(home.path(), &url);
        let placed = [&least, &same, &ours].iter().all(|figures| !figures.times.is_empty());
        assert!(placed && ours.failed == 0, "orders failed");
    }
    let home = tempfile::tempdir().expect("a directory");
    let url = format!("sqlite:{}", home.path().join("shop.db").display());
    let skus = catalogue::fill(home.path(), &url, 1);
    let one = bare::sqlite(&home.path().join("bare.db"), options.load.seconds);
    let service = ServiceProcess::start("orders", home.path(), &url);
    let bodies: Vec<String> = skus.iter().map(|sku| catalogue::body(sku)).collect();
    let ours = runtime.block_on(load::run(
        service.addr().expect("an address"),
        requests(&bodies),
        201,
        options.load,
    ));
    load::print("sqlite, 1 product, bare, no HTTP", &one, &[]);
    load::print("sqlite, 1 product, shopctl", &ours, &[("bare", &one)]);
    service.kill();
    catalogue::check(home.path(), &url);
}

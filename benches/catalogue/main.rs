//! The catalogue over HTTP, against bare handlers: `cargo bench --bench catalogue -- --connections 64 --seconds 5`.
//!
//! On one MongoDB server (a replica set of one), one after the other in one run: axum and the driver alone, with one operation of the driver
//! a request, and `shopctl serve products`. A product by its id, a page of the list, a search of two words of which one stands in every
//! product (which the handler leaves to the server, without ranking), and new products, under the same indexes and validators. Prints each
//! figure with its goal, where there is one, and ends with 1 where one is missed.
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
#[path = "../import/file.rs"]
mod file;
#[path = "../load/mod.rs"]
mod load;

use std::process::ExitCode;
use std::time::Duration;

use load::program::{Bare, shopctl};
use load::{Load, request};
use mongodb::bson::{Document, doc};
use support::mongod::{Kind, OwnMongod};
use support::service_process::ServiceProcess;

/// What to measure.
struct Options {
    load: Load,
    products: u64,
}

fn options() -> Options {
    let load = Load { connections: 64, seconds: Duration::from_secs(5) };
    let mut options = Options { load, products: 20_000 };
    let words: Vec<String> = std::env::args().skip(1).collect();
    for pair in words.windows(2) {
        let number = || pair[1].parse::<u64>().unwrap_or_else(|_| panic!("{} needs a number", pair[0]));
        match pair[0].as_str() {
            "--connections" => options.load.connections = usize::try_from(number()).expect("a count"),
            "--seconds" => options.load.seconds = Duration::from_secs(number()),
            "--products" => options.products = number(),
            _ => {}
        }
    }
    options
}

/// What to ask one of the two.
type Requests = Box<dyn Fn(&str) -> Vec<Vec<u8>>>;

/// One thing that is asked.
struct Case {
    what: &'static str,
    requests: Requests,
    status: u16,
    goal: Option<f64>,
}

fn cases(ids: Vec<String>, products: u64) -> [Case; 4] {
    // More than are made while this runs, and others for each who is asked.
    let new = move |who: &str| {
        let body = |n: u64| format!(r#"{{"sku":"{who}-{n}","name":"{who} {n}","price":"12.50"}}"#);
        (0..500_009).map(|n| request("POST", "/products", &body(n))).collect()
    };
    let search = move |_: &str| {
        let path = |n: u64| format!("/products?limit=20&q=thing+{n}");
        (0..1009).map(|n| request("GET", &path((n * 7919 + 1000) % products), "")).collect()
    };
    let show = move |_: &str| ids.iter().map(|id| request("GET", &format!("/products/{id}"), "")).collect();
    let list = |_: &str| vec![request("GET", "/products?limit=20", "")];
    [
        Case { what: "GET /products/<id>", requests: Box::new(show), status: 200, goal: Some(2.5) },
        Case { what: "GET /products?limit=20", requests: Box::new(list), status: 200, goal: Some(0.9) },
        Case { what: "GET /products?q=<two words>", requests: Box::new(search), status: 200, goal: None },
        Case { what: "POST /products", requests: Box::new(new), status: 201, goal: Some(2.0) },
    ]
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().collect();
    if bare::serve_if_told(&words) {
        return ExitCode::SUCCESS;
    }
    let options = options();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.expect("a runtime");
    let server = OwnMongod::start(Kind::Usual);
    let (home, url) = (tempfile::tempdir().expect("a directory"), server.url());
    let products = file::write(&home.path().join("products.csv"), options.products, 0);
    shopctl(home.path(), &url, &["product", "import", &products.display().to_string()]);
    let ids = runtime.block_on(some_ids(&url));
    println!(
        "{} connections, {:?} each, {} products",
        options.load.connections, options.load.seconds, options.products
    );
    println!("{:<38} {:>10} {:>9} {:>9}   times", "", "answers/s", "p50 ms", "p99 ms");
    let mut missed = Vec::new();
    for case in cases(ids, options.products) {
        let handler = Bare::start(bare::FLAG, &url);
        let bare =
            runtime.block_on(load::run(handler.addr, (case.requests)("BARE"), case.status, options.load));
        drop(handler);
        let service = ServiceProcess::start("products", home.path(), &url);
        let addr = service.addr().expect("an address");
        let ours = runtime.block_on(load::run(addr, (case.requests)("OURS"), case.status, options.load));
        service.kill();
        load::print(&format!("{}, bare", case.what), &bare, &[]);
        load::print(&format!("{}, shopctl", case.what), &ours, &[("bare", &bare)]);
        assert!(bare.failed == 0 && ours.failed == 0, "requests failed");
        if case.goal.is_some_and(|goal| ours.rate / bare.rate < goal) {
            missed.push(format!("{} (goal: {} ×)", case.what, case.goal.unwrap_or_default()));
        }
    }
    if missed.is_empty() {
        println!("every goal is met");
        return ExitCode::SUCCESS;
    }
    println!("MISSED: {}", missed.join("; "));
    ExitCode::FAILURE
}

/// Ids of some of the products.
async fn some_ids(url: &str) -> Vec<String> {
    use futures_util::TryStreamExt;
    let client = mongodb::Client::with_uri_str(url).await.expect("a client");
    let products = client.database("shop").collection::<Document>("products");
    let found = products.find(doc! {}).projection(doc! { "_id": 1 }).limit(5003).await.expect("products");
    let found: Vec<Document> = found.try_collect().await.expect("products");
    found.iter().map(|product| product.get_str("_id").expect("an id").to_owned()).collect()
}

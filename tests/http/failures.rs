//! When the service itself is in trouble: the right status, a fixed text, and nothing of the cause.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::json;
use shopctl::store::open::{OpenOptions, StoreUrl, open};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::mongod::{Kind, OwnMongod};
use crate::support::services::{PASSWORD, Services, usual};
use crate::support::store::{fresh_path, sqlite_store};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_away_makes_it_unready_but_alive() {
    let url = StoreUrl::parse("mongodb://shop:hunter2@127.0.0.1:1/shop?authSource=admin").unwrap();
    let options = OpenOptions { server_selection: Duration::from_secs(1), ..OpenOptions::default() };
    let shop = Services::on(open(&url, &options).await.unwrap()).await;
    shop.call("GET", "/livez").send().await.expect(200);
    for path in ["/readyz", "/healthz", "/products", "/products/MUG"] {
        let asked = Instant::now();
        let answer = shop.call("GET", path).send().await;
        answer.refused(503, "store_unavailable");
        assert_eq!(answer.header("retry-after"), "1");
        assert!(asked.elapsed() < Duration::from_secs(5), "{path} took {:?}", asked.elapsed());
        let text = answer.json().to_string();
        assert!(!text.contains("127.0.0.1") && !text.contains("hunter2"), "{answer}");
    }
    assert!(shop.stop().await < Duration::from_secs(5));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_goes_away_and_comes_back_makes_it_unready_and_ready_again() {
    let server = OwnMongod::start(Kind::ReplicaSet);
    let url = StoreUrl::parse(&server.url()).unwrap();
    let options = OpenOptions { server_selection: Duration::from_secs(1), ..OpenOptions::default() };
    let shop = Services::on(open(&url, &options).await.unwrap()).await;
    shop.call("GET", "/readyz").send().await.expect(200);
    server.stop();
    for path in ["/readyz", "/healthz"] {
        shop.call("GET", path).send().await.refused(503, "store_unavailable");
    }
    server.cont();
    let deadline = Instant::now() + Duration::from_secs(20);
    while shop.call("GET", "/readyz").send().await.status != 200 {
        assert!(Instant::now() < deadline, "it did not become ready again");
    }
    shop.call("GET", "/products").send().await.expect(200);
    shop.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn damaged_data_is_a_fixed_500() {
    let (_directory, path) = fresh_path();
    let shop =
        Services::on(open(&StoreUrl::Sqlite(path.clone()), &OpenOptions::default()).await.unwrap()).await;
    shop.product("MUG", 1).await;
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.execute("UPDATE products SET currency = '???'", []).unwrap();
    let answer = shop.call("GET", "/products/MUG").send().await;
    let problem = answer.refused(500, "internal");
    assert_eq!(problem["detail"], "something went wrong inside the service");
    assert!(!answer.json().to_string().contains("???"), "{answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_takes_too_long_is_answered_and_still_done() {
    let store = sqlite_store().await;
    let mut options = usual();
    options.request_timeout = Duration::from_millis(5);
    let shop = Services::with(store.share(), options).await;
    // Hashing a password takes longer than that.
    let body = json!({"email": "ada@example.com", "password": PASSWORD});
    shop.call("POST", "/register").json(&body).send().await.refused(504, "request_timeout");
    shop.stop().await;
    let patient = Services::on(store.share()).await;
    patient.sign_in("ada@example.com", PASSWORD).await.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_requests_than_can_be_served_are_turned_away() {
    let store = sqlite_store().await;
    let mut options = usual();
    options.limits.in_flight = 1;
    let shop = Services::with(store.share(), options).await;
    let mut slow = TcpStream::connect(shop.addr(shopctl::http::Service::Users)).await.unwrap();
    let head = b"POST /login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\
                 expect: 100-continue\r\n\r\n";
    slow.write_all(head).await.unwrap();
    // The server asks for the body once the handler wants it: from then on the only place is taken.
    let mut go_on = [0; 12];
    slow.read_exact(&mut go_on).await.unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100");
    let answer = shop.call("GET", "/products").send().await;
    answer.refused(503, "overloaded");
    assert_eq!(answer.header("retry-after"), "1");
    shop.call("GET", "/livez").send().await.expect(200);
    drop(slow);
    let deadline = Instant::now() + Duration::from_secs(5);
    while shop.call("GET", "/products").send().await.status != 200 {
        assert!(Instant::now() < deadline, "the place was not given back");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_sign_ins_slows_only_sign_ins() {
    let store = sqlite_store().await;
    let shop = Services::on(store.share()).await;
    // So many that none of them has to wait for guesses at its own account.
    let buyers: Vec<String> = (0..12).map(|n| format!("buyer{n}@example.com")).collect();
    for buyer in &buyers {
        shop.register(buyer, "customer").await;
    }
    shop.call("GET", "/products").send().await.expect(200);
    let flood = join_all((0..60).map(|n| shop.sign_in(&buyers[n % buyers.len()], PASSWORD)));
    let reading = async {
        let asked = Instant::now();
        shop.call("GET", "/products").send().await.expect(200);
        asked.elapsed()
    };
    let (answers, read) = tokio::join!(flood, reading);
    assert!(read < Duration::from_secs(2), "a read took {read:?}");
    let turned_away = answers.iter().filter(|answer| answer.status == 429).count();
    assert!(turned_away > 0, "nobody was turned away");
    for answer in answers {
        if answer.status == 429 {
            answer.refused(429, "too_many_sign_ins");
            assert_eq!(answer.header("retry-after"), "1");
        } else {
            answer.expect(200);
        }
    }
}

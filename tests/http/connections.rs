//! Connections: slow ones, many, those that hang up, and the end of all of them.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::json;
use shopctl::http::{AuthMode, ServeError, ServeOptions, Service, serve};
use shopctl::service::clock::SystemClock;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::services::{PASSWORD, Services, on_both, usual};
use crate::support::store::sqlite_store;

on_both!(clients_that_hang_up_do_not_hold_up_the_next, a_client_that_hangs_up_stops_no_use_case);

/// Waits until the service closes, and gives how long that took.
async fn closed(stream: &mut TcpStream) -> Duration {
    let begun = Instant::now();
    let mut part = [0; 1024];
    loop {
        match tokio::time::timeout(Duration::from_secs(20), stream.read(&mut part)).await.expect("it closes")
        {
            Ok(0) | Err(_) => return begun.elapsed(),
            Ok(_) => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_a_head_and_silence_are_closed_after_five_seconds() {
    let store = sqlite_store().await;
    let shop = Services::on(store.share()).await;
    let addr = shop.addr(Service::Products);
    let waiting =
        [&b""[..], b"GET /pro", b"GET /products HTTP/1.1\r\nhost: x\r\nx-slow: "].map(|sent| async move {
            let mut stream = TcpStream::connect(addr).await.unwrap();
            stream.write_all(sent).await.unwrap();
            closed(&mut stream).await
        });
    for took in join_all(waiting).await {
        assert!(took > Duration::from_secs(4) && took < Duration::from_secs(8), "closed after {took:?}");
    }
}

/// Asks for something small and reads the answer to its end.
async fn ask(stream: &mut TcpStream) {
    stream.write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut read = Vec::new();
    while !read.windows(4).any(|four| four == b"\r\n\r\n") || !read.ends_with(b"}") {
        assert!(stream.read_buf(&mut read).await.unwrap() > 0, "closed instead of answered");
    }
    assert!(read.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&read));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answered_connection_is_kept_longer_than_a_head_may_take() {
    let store = sqlite_store().await;
    let mut options = usual();
    options.limits.header_timeout = Duration::from_millis(300);
    options.limits.idle_timeout = Duration::from_secs(3);
    let shop = Services::with(store.share(), options).await;
    let addr = shop.addr(Service::Products);
    let mut kept = TcpStream::connect(addr).await.unwrap();
    let mut stalled = TcpStream::connect(addr).await.unwrap();
    for stream in [&mut kept, &mut stalled] {
        ask(stream).await;
    }
    // Three heads' time without a word, and it still answers.
    assert!(tokio::time::timeout(Duration::from_millis(900), kept.peek(&mut [0; 1])).await.is_err());
    ask(&mut kept).await;
    // Once a head has begun it has a head's time.
    stalled.write_all(b"GET /livez HTTP/1.1\r\nhost").await.unwrap();
    let begun = Instant::now();
    let mut said = Vec::new();
    stalled.read_to_end(&mut said).await.unwrap();
    assert!(said.starts_with(b"HTTP/1.1 408"), "{}", String::from_utf8_lossy(&said));
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    // An idle one is closed in the end, without a word.
    let idle = closed(&mut kept).await;
    assert!(idle > Duration::from_secs(1) && idle < Duration::from_secs(6), "{idle:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_say_nothing_keep_nobody_out() {
    let store = sqlite_store().await;
    let mut options = usual();
    options.limits.connections = 20;
    let shop = Services::with(store.share(), options).await;
    let mut silent = Vec::new();
    for _ in 0..60 {
        let mut stream = TcpStream::connect(shop.addr(Service::Products)).await.unwrap();
        stream.write_all(b"GET /products HT").await.unwrap();
        silent.push(stream);
    }
    let asked = Instant::now();
    shop.call("GET", "/products").send().await.expect(200);
    assert!(asked.elapsed() < Duration::from_secs(4), "{:?}", asked.elapsed());
    // The first of them made room for the later ones, long before their time was up.
    assert!(closed(&mut silent[0]).await < Duration::from_secs(4));
}

/// Sends whole requests and goes away without reading an answer.
async fn hang_up(addr: SocketAddr, request: &[u8], clients: usize) {
    let gone = (0..clients).map(|_| async {
        let mut stream = TcpStream::connect(addr).await.unwrap();
        stream.write_all(request).await.unwrap();
    });
    join_all(gone).await;
}

async fn clients_that_hang_up_do_not_hold_up_the_next(shop: &Services) {
    shop.product("MUG", 1).await;
    let addr = shop.addr(Service::Products);
    shop.call("GET", "/products").send().await.expect(200);
    for _ in 0..3 {
        hang_up(addr, b"GET /products HTTP/1.1\r\nhost: x\r\n\r\n", 256).await;
        // What was sent is worked off first; after that there is no trace of those who went.
        let deadline = Instant::now() + Duration::from_secs(5);
        let mut best = Duration::MAX;
        while best > Duration::from_millis(100) {
            let asked = Instant::now();
            if shop.call("GET", "/products/MUG").send().await.status == 200 {
                best = best.min(asked.elapsed());
            }
            assert!(Instant::now() < deadline, "the quickest read took {best:?}");
        }
    }
}

async fn a_client_that_hangs_up_stops_no_use_case(shop: &Services) {
    shop.product("MUG", 100).await;
    let body = json!({"email": "guest@example.com", "items": [{"sku": "MUG", "quantity": 1}]}).to_string();
    let token = shop.token("staff").await;
    let head = format!(
        "POST /orders HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n\
         expect: 100-continue\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let addr = shop.addr(Service::Orders);
    let gone = (0..20).map(|_| async {
        let mut stream = TcpStream::connect(addr).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        // The service says this when its handler waits for the body.
        let mut go_on = [0; 25];
        stream.read_exact(&mut go_on).await.unwrap();
        assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
        stream.write_all(body.as_bytes()).await.unwrap();
    });
    join_all(gone).await;
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let page = shop.get("staff", "/orders?limit=200").await.expect(200);
        let orders = page["items"].as_array().unwrap().len();
        let (on_hand, reserved) = shop.level("MUG").await;
        if orders == 20 && reserved == 20 {
            break;
        }
        assert!(on_hand == 100 && reserved <= 20, "{on_hand} {reserved}");
        assert!(Instant::now() < deadline, "{orders} orders, {reserved} reserved");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shutdown_lets_requests_finish_and_closes_idle_connections() {
    let store = sqlite_store().await;
    let mut shop = Services::on(store.share()).await;
    shop.register("ada@example.com", "customer").await;
    let addr = shop.addr(Service::Users);
    let mut idle = TcpStream::connect(addr).await.unwrap();
    idle.write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut answer = [0; 16];
    idle.read_exact(&mut answer).await.unwrap();

    // A request whose body is not all there yet is in flight.
    let body = json!({"email": "ada@example.com", "password": PASSWORD}).to_string();
    let (first, rest) = body.split_at(10);
    let mut busy = TcpStream::connect(addr).await.unwrap();
    let head = format!(
        "POST /login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{first}",
        body.len()
    );
    busy.write_all(head.as_bytes()).await.unwrap();
    // Once this is answered on the same listener the head above has been read too.
    shop.call("GET", "/livez").send().await.expect(200);
    shop.begin_stop();
    assert!(closed(&mut idle).await < Duration::from_secs(4), "an idle connection stays");
    busy.write_all(rest.as_bytes()).await.unwrap();
    let mut answer = String::new();
    busy.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(shop.stop().await < Duration::from_secs(6));
    assert!(TcpStream::connect(addr).await.is_err(), "still listening");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_never_ends_is_cut_off_at_the_end_of_the_drain() {
    let store = sqlite_store().await;
    let mut options = usual();
    options.drain = Duration::from_millis(500);
    let shop = Services::with(store.share(), options).await;
    let mut endless = TcpStream::connect(shop.addr(Service::Users)).await.unwrap();
    let head =
        b"POST /login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n";
    endless.write_all(head).await.unwrap();
    shop.call("GET", "/livez").send().await.expect(200);
    let took = shop.stop().await;
    assert!(took < Duration::from_secs(3), "{took:?}");
    assert!(closed(&mut endless).await < Duration::from_secs(1));
}

/// Tries to serve; the test expects it to fail before anything is ready.
async fn refused_to_serve(options: ServeOptions) -> ServeError {
    let store = sqlite_store().await;
    let ready = |service: Service, addr| panic!("{service} listens on {addr}");
    let never = std::future::pending();
    let serving = serve(store.share(), std::sync::Arc::new(SystemClock), options, ready, never);
    tokio::time::timeout(Duration::from_secs(5), serving).await.expect("it fails at once").unwrap_err()
}

#[tokio::test]
async fn an_address_in_use_starts_nothing() {
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut options = usual();
    options.services[3].1 = taken.local_addr().unwrap();
    let error = refused_to_serve(options).await;
    assert!(matches!(error, ServeError::Bind { service: Service::Inventory, .. }), "{error}");
    assert!(error.to_string().contains(&taken.local_addr().unwrap().to_string()), "{error}");
}

#[tokio::test]
async fn without_sign_in_only_loopback_is_served() {
    let mut options = usual();
    options.auth = AuthMode::None;
    options.services[1].1 = SocketAddr::from(([0, 0, 0, 0], 0));
    let error = refused_to_serve(options).await;
    assert!(matches!(error, ServeError::OpenToOthers { .. }), "{error}");
}

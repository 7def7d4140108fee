//! Real MongoDB servers for tests.
//!
//! [`TestDatabase::fresh`] is what most tests want: a database of their own on the one server that this test process shares, a
//! single-node replica set, which has transactions. [`OwnMongod`] is a server of one's own that a test may kill, freeze and start again.
//! [`ReplicaSet`] is three servers that take over from each other.

mod binary;
mod links;
mod own;
mod replica_set;
mod shared;
mod supervisor;

pub(crate) use own::{Kind, OwnMongod};
pub(crate) use replica_set::ReplicaSet;
pub(crate) use shared::TestDatabase;

use std::future::Future;
use std::net::TcpListener;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use mongodb::Client;
use mongodb::bson::{Document, doc};
use mongodb::options::ClientOptions;

/// A port of 127.0.0.1 that was free just now.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("its address").port()
}

/// Runs a future on a runtime of its own and waits for it, from any thread, inside a runtime or not.
///
/// A driver's client belongs to the runtime it was made on, and each test has its own.
pub(crate) fn wait_for<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> T {
    let (reply, answer) = std::sync::mpsc::channel();
    runtime().spawn(async move { reply.send(future.await) });
    answer.recv().expect("the future did not panic")
}

fn runtime() -> &'static tokio::runtime::Runtime {
    static RUNTIME: OnceLock<tokio::runtime::Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime")
    })
}

/// A client that talks to exactly the server at this URL.
async fn direct_client(url: &str) -> Client {
    let mut options = ClientOptions::parse(url).await.expect("a sound URL");
    options.direct_connection = Some(true);
    options.server_selection_timeout = Some(Duration::from_millis(500));
    options.connect_timeout = Some(Duration::from_millis(500));
    options.heartbeat_freq = Some(Duration::from_millis(500));
    Client::with_options(options).expect("sound options")
}

/// Asks `hello` until the answer satisfies; fails after half a minute with the last answer.
async fn hello_until(client: &Client, satisfied: fn(&Document) -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let answer = client.database("admin").run_command(doc! { "hello": 1 }).await;
        if answer.as_ref().is_ok_and(satisfied) {
            return;
        }
        assert!(Instant::now() < deadline, "mongod did not become ready; its last answer: {answer:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Makes a fresh server the only member of a replica set and waits until it is its primary.
async fn initiate(client: &Client, port: u16) {
    hello_until(client, |_| true).await;
    let members = vec![doc! { "_id": 0, "host": format!("127.0.0.1:{port}") }];
    let config = doc! { "_id": "rs0", "members": members };
    client.database("admin").run_command(doc! { "replSetInitiate": config }).await.expect("a replica set");
    hello_until(client, |hello| hello.get_bool("isWritablePrimary").unwrap_or(false)).await;
}

//! Services that end, or answer, while their database does not.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::task::JoinSet;

use super::copies::shopctl;
use crate::support::http::{Answer, Http};
use crate::support::mongod::{Kind, OwnMongod};
use crate::support::service_process::ServiceProcess;

/// A service on a server of its own, with mugs to sell.
fn shop(home: &tempfile::TempDir) -> (OwnMongod, ServiceProcess) {
    let server = OwnMongod::start(Kind::ReplicaSet);
    let product = ["product", "create", "MUG", "--name", "Mug", "--price", "5", "--stock", "100000"];
    shopctl(home.path(), &server.url(), &product);
    let service = ServiceProcess::start("orders", home.path(), &server.url());
    assert!(service.ready_within(Duration::from_secs(30)), "{}", service.log_end());
    (server, service)
}

/// So many orders at once; each tells what came back and when.
fn orders(service: &ServiceProcess, count: usize) -> JoinSet<(Option<Answer>, Duration)> {
    let (http, addr) = (Http::new(), service.addr().expect("a running service"));
    let order = json!({"email": "a@example.com", "items": [{"sku": "MUG", "quantity": 1}]});
    (0..count)
        .map(|_| {
            let call = http.call(addr, "POST", "/orders").json(&order);
            async move {
                let begun = Instant::now();
                (call.attempt().await.ok(), begun.elapsed())
            }
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_whose_database_is_frozen_ends_in_time() {
    let home = tempfile::tempdir().unwrap();
    let (server, service) = shop(&home);
    assert_eq!(orders(&service, 1).join_next().await.unwrap().unwrap().0.unwrap().status, 201);
    server.stop();
    let waiting = orders(&service, 8);
    // They are being worked on before the end is asked for.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let (code, took) = tokio::task::block_in_place(|| service.terminate());
    assert_eq!(code, Some(0), "{}", service.log_end());
    assert!(took < Duration::from_secs(11), "it took {took:?}: {}", service.log_end());
    for (answer, _) in waiting.join_all().await {
        // Cut off, or told that it is not known.
        assert!(answer.is_none_or(|answer| matches!(answer.status, 503 | 504)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_to_a_frozen_database_are_answered_in_time_and_the_service_comes_back_by_itself() {
    let home = tempfile::tempdir().unwrap();
    let (server, service) = shop(&home);
    assert_eq!(orders(&service, 4).join_all().await.len(), 4);
    server.stop();
    for (answer, took) in orders(&service, 8).join_all().await {
        let answer = answer.expect("an answer");
        assert!(matches!(answer.status, 503 | 504), "{answer}");
        assert!(took < Duration::from_secs(31), "it took {took:?}");
    }
    server.cont();
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let (answer, _) = orders(&service, 1).join_next().await.unwrap().unwrap();
        if answer.is_some_and(|answer| answer.status == 201) {
            break;
        }
        assert!(Instant::now() < deadline, "the service does not come back: {}", service.log_end());
    }
}

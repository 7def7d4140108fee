//! Browsers of other origins, and answers that are packed.

use std::io::Read;

use serde_json::{Value, json};
use shopctl::http::Service;

use crate::support::http::Answer;
use crate::support::services::{Services, usual};

const PAGE: &str = "https://shop.example";

async fn open_to(origins: &[&str]) -> Services {
    let mut options = usual();
    options.cors_origins = origins.iter().map(|origin| origin.parse().unwrap()).collect();
    Services::on_a_file(options).await
}

async fn asks_first(shop: &Services, origin: &str) -> Answer {
    shop.call("OPTIONS", "/products/MUG")
        .header("origin", origin)
        .header("access-control-request-method", "PATCH")
        .header("access-control-request-headers", "authorization,content-type,if-match")
        .send()
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_of_another_origin_is_let_in_by_itself() {
    let shop = open_to(&[]).await;
    for answer in
        [asks_first(&shop, PAGE).await, shop.call("GET", "/products").header("origin", PAGE).send().await]
    {
        assert!(answer.headers.keys().all(|name| !name.as_str().starts_with("access-control-")), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_of_a_named_origin_is_let_in_and_no_other() {
    let shop = open_to(&[PAGE, "http://localhost:3000"]).await;
    let answer = asks_first(&shop, PAGE).await;
    assert_eq!(answer.status, 200, "{answer}");
    assert_eq!(answer.header("access-control-allow-origin"), PAGE);
    assert!(answer.header("access-control-allow-methods").contains("PATCH"), "{answer}");
    for name in ["authorization", "if-match", "idempotency-key"] {
        assert!(answer.header("access-control-allow-headers").contains(name), "{answer}");
    }
    assert_eq!(answer.header("access-control-allow-credentials"), "");
    // Errors are readable too, or a page could not tell what was wrong.
    let refused = shop.call("GET", "/products/NONE").header("origin", PAGE).send().await;
    refused.refused(404, "product_not_found");
    assert_eq!(refused.header("access-control-allow-origin"), PAGE);
    assert!(refused.header("access-control-expose-headers").contains("etag"), "{refused}");
    assert!(refused.header("vary").contains("origin"), "{refused}");
    assert_eq!(asks_first(&shop, "https://evil.example").await.header("access-control-allow-origin"), "");
    let anybody = open_to(&["*"]).await;
    assert_eq!(asks_first(&anybody, "https://evil.example").await.header("access-control-allow-origin"), "*");
}

fn unpacked(answer: &Answer) -> Value {
    assert_eq!(answer.header("content-encoding"), "gzip", "{answer}");
    let mut text = String::new();
    flate2::read::GzDecoder::new(&answer.body[..]).read_to_string(&mut text).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn long_answers_are_packed_for_who_takes_them_so() {
    let shop = Services::on_a_file(usual()).await;
    for number in 0..20 {
        shop.product(&format!("MUG-{number}"), 1).await;
    }
    let packed = |path: &'static str| shop.call("GET", path).header("accept-encoding", "gzip").send();
    let plain = shop.call("GET", "/products").send().await;
    assert_eq!(plain.header("content-encoding"), "");
    let list = packed("/products").await;
    assert_eq!(unpacked(&list), plain.expect(200));
    assert!(list.body.len() * 3 < plain.body.len(), "{} of {}", list.body.len(), plain.body.len());
    assert!(list.header("vary").contains("accept-encoding"), "{list}");
    assert_eq!(unpacked(&packed("/openapi.json").await)["openapi"], "3.1.0");
    // A strong tag is that of the bytes: what has one is never packed. Nor is what is short anyway.
    for path in ["/products/MUG-1", "/livez"] {
        assert_eq!(packed(path).await.header("content-encoding"), "", "{path}");
    }
    let refusing = shop.call("GET", "/products").header("accept-encoding", "gzip;q=0").send().await;
    assert_eq!(refusing.header("content-encoding"), "");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_packed_body_is_refused_and_told_so() {
    let shop = Services::on_a_file(usual()).await;
    let body = json!({"email": "ada@example.com", "password": "x"});
    let answer = shop.call("POST", "/login").header("content-encoding", "gzip").json(&body).send().await;
    answer.refused(415, "unsupported_media_type");
    assert_eq!(answer.header("accept-encoding"), "identity");
    let head = shop.http.call(shop.addr(Service::Products), "HEAD", "/products").send().await;
    assert_eq!((head.status, head.body.len()), (200, 0));
}

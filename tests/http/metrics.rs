//! What a service counts.

use serde_json::json;

use crate::support::services::{Services, on_both, usual};

on_both!(requests_operations_orders_and_refusals_are_counted);

async fn metrics(shop: &Services) -> String {
    let answer = shop.call("GET", "/metrics").send().await;
    assert_eq!(answer.status, 200, "{answer}");
    assert!(answer.header("content-type").starts_with("application/openmetrics-text"), "{answer}");
    let text = String::from_utf8(answer.body.to_vec()).unwrap();
    assert!(text.ends_with("# EOF\n"), "{text}");
    text
}

/// The number on the one line that begins like this and has these labels.
#[track_caller]
fn figure(text: &str, name: &str, labels: &[&str]) -> f64 {
    let fits = |line: &&str| line.starts_with(name) && labels.iter().all(|label| line.contains(label));
    let lines: Vec<&str> = text.lines().filter(fits).collect();
    let [line] = lines[..] else { panic!("{name} {labels:?} is on {} lines of {text}", lines.len()) };
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

async fn requests_operations_orders_and_refusals_are_counted(shop: &Services) {
    shop.product("MUG", 3).await;
    shop.order("MUG", 2).await;
    let too_many = json!({"email": "guest@example.com", "items": [{"sku": "MUG", "quantity": 2}]});
    shop.post("staff", "/orders", too_many.clone()).await.refused(409, "insufficient_stock");
    let one = json!({"email": "guest@example.com", "items": [{"sku": "MUG", "quantity": 1}]});
    shop.post("staff", "/orders?dry_run=true", one.clone()).await;
    for _ in 0..2 {
        let order = shop.by("staff", "POST", "/orders").await.header("idempotency-key", "k1").json(&one);
        order.send().await.expect(201);
    }
    let text = metrics(shop).await;
    assert!((figure(&text, "shopctl_orders_placed_total", &[]) - 2.0).abs() < 0.5, "{text}");
    let refused =
        figure(&text, "shopctl_problems_total", &["service=\"orders\"", "code=\"insufficient_stock\""]);
    assert!((refused - 1.0).abs() < 0.5, "{text}");
    let placed =
        ["http_request_method=\"POST\"", "http_route=\"/orders\"", "http_response_status_code=\"201\""];
    assert!(figure(&text, "http_server_request_duration_seconds_count", &placed) >= 3.0);
    let sum = figure(&text, "http_server_request_duration_seconds_sum", &placed);
    assert!(sum > 0.0 && sum < 60.0, "{sum} s");
    for (outcome, at_least) in [("ok", 2.0), ("short", 1.0)] {
        let labels = ["operation=\"place_order\"".to_owned(), format!("outcome=\"{outcome}\"")];
        let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
        assert!(
            figure(&text, "shopctl_store_operation_duration_seconds_count", &labels) >= at_least,
            "{text}"
        );
    }
    let (open, most) = (
        figure(&text, "shopctl_store_connections_open", &[]),
        figure(&text, "shopctl_store_connections_most", &[]),
    );
    assert!(open >= 1.0 && open <= most, "{open} of {most}");
    assert!(figure(&text, "shopctl_http_connections ", &[]) >= 1.0);
    assert!(text.contains("shopctl_build_info{version=\""), "{text}");
    // This very request is the only one under way.
    let active = ["service=\"users\"", "http_request_method=\"GET\""];
    assert!((figure(&text, "http_server_active_requests", &active) - 1.0).abs() < 0.5, "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_clients_make_up_makes_no_series_and_is_not_shown() {
    let shop = Services::on_a_file(usual()).await;
    for n in 0..20 {
        shop.call("GET", &format!("/made-up-{n}?email=ada@example.com")).send().await;
        shop.call(&format!("BREW{n}"), "/livez").send().await;
        shop.call("GET", &format!("/products/SKU-{n}")).send().await;
    }
    let text = metrics(&shop).await;
    let series = |part: &str| {
        text.lines()
            .filter(|line| {
                line.starts_with("http_server_request_duration_seconds_count") && line.contains(part)
            })
            .count()
    };
    assert_eq!((series("\"unmatched\""), series("\"_OTHER\""), series("/products/")), (1, 1, 1), "{text}");
    for made_up in ["made-up", "BREW", "SKU-", "ada@"] {
        assert!(!text.contains(made_up), "{made_up} in {text}");
    }
}

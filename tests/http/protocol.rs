//! What holds for every route alike.

use serde_json::json;
use shopctl::http::{Service, openapi};

use crate::support::services::{Services, on_both};

on_both!(
    a_head_has_its_bounds,
    an_unknown_route_is_a_problem,
    a_wrong_method_is_told_the_right_ones,
    a_request_keeps_its_own_name_if_it_is_a_sane_one,
    a_service_says_how_it_is,
    answers_are_kept_by_nobody_unless_they_say_so,
    the_documents_are_served,
);

async fn an_unknown_route_is_a_problem(shop: &Services) {
    for service in Service::ALL {
        for path in ["/", "/nothing", "/products/a/b/c", "/%FF"] {
            let answer = shop.http.call(shop.addr(service), "GET", path).send().await;
            if path == "/%FF" && answer.status == 400 {
                continue;
            }
            let problem = answer.refused(404, "route_not_found");
            assert_eq!(problem["instance"], path);
        }
    }
    // The boundary of a service is a type: no other service's routes are there.
    let elsewhere = shop.http.call(shop.addr(Service::Users), "GET", "/products").send().await;
    elsewhere.refused(404, "route_not_found");
}

async fn a_wrong_method_is_told_the_right_ones(shop: &Services) {
    for (method, path, allowed) in [
        ("DELETE", "/login", "POST"),
        ("PUT", "/products", "GET,HEAD,POST"),
        ("POST", "/orders/1", "GET,HEAD,PUT,DELETE"),
        ("BREW", "/livez", "GET,HEAD"),
        ("OPTIONS", "/inventory", "GET,HEAD,POST"),
    ] {
        let answer = shop.call(method, path).send().await;
        if method == "OPTIONS" {
            answer.expect(204);
        } else {
            answer.refused(405, "method_not_allowed");
        }
        let mut told: Vec<&str> = answer.header("allow").split(',').collect();
        let mut allowed: Vec<&str> = allowed.split(',').collect();
        told.sort_unstable();
        allowed.sort_unstable();
        assert_eq!(told, allowed, "{answer}");
    }
    let head = shop.call("HEAD", "/products").send().await;
    assert_eq!((head.status, head.body.len()), (200, 0));
}

async fn a_request_keeps_its_own_name_if_it_is_a_sane_one(shop: &Services) {
    let named = async |name: &str| shop.call("GET", "/nothing").header("x-request-id", name).send().await;
    let kept = named("job-7_a.b").await;
    assert_eq!(kept.refused(404, "route_not_found")["request_id"], "job-7_a.b");
    let long = "x".repeat(65);
    for bad in ["", "a b", "a/b", "é", long.as_str()] {
        let answer = named(bad).await;
        answer.refused(404, "route_not_found");
        assert_ne!(answer.header("x-request-id"), bad);
        assert_eq!(answer.header("x-request-id").len(), 32);
    }
    let well = shop.call("GET", "/livez").header("x-request-id", "well").send().await;
    assert_eq!(well.header("x-request-id"), "well");
}

async fn a_service_says_how_it_is(shop: &Services) {
    for service in Service::ALL {
        for path in ["/livez", "/readyz", "/healthz"] {
            let answer = shop.http.call(shop.addr(service), "GET", path).send().await;
            assert_eq!(answer.expect(200), json!({"status": "ok"}));
        }
    }
}

async fn answers_are_kept_by_nobody_unless_they_say_so(shop: &Services) {
    shop.product("MUG", 1).await;
    for (path, kept) in [
        ("/products", "no-store"),
        ("/products/MUG", "private, no-cache"),
        ("/nothing", "no-store"),
        ("/docs", "public, max-age=300"),
    ] {
        let answer = shop.call("GET", path).send().await;
        assert_eq!(answer.header("cache-control"), kept, "{answer}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{answer}");
        assert_eq!(answer.header("access-control-allow-origin"), "", "{answer}");
    }
}

async fn the_documents_are_served(shop: &Services) {
    for service in Service::ALL {
        let document = shop.http.call(shop.addr(service), "GET", "/openapi.json").send().await;
        assert_eq!(document.header("content-type"), "application/json");
        assert_eq!(String::from_utf8_lossy(&document.body), openapi(service));
        let page = shop.http.call(shop.addr(service), "GET", "/docs").send().await;
        let text = String::from_utf8_lossy(&page.body);
        assert!(
            page.header("content-type").starts_with("text/html") && text.contains("openapi.json"),
            "{page}"
        );
        assert!(page.header("content-security-policy").contains("default-src 'none'"), "{page}");
        assert!(!text.contains("http://") && !text.contains("https://"), "the page asks somebody else");
    }
}

async fn a_head_has_its_bounds(shop: &Services) {
    let long = "a".repeat(70_000);
    let answer = shop.call("GET", "/products").header("x-long", &long).send().await;
    answer.refused(431, "head_too_large");
    let fair = shop.call("GET", "/products").header("x-long", &long[..8000]).send().await;
    fair.expect(200);
}

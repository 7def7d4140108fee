//! What is no body for any route, and what no route takes.

use super::{Bad, Shop, with_body};

pub(super) fn table(shop: &Shop) -> Vec<Bad> {
    let mut table = Vec::new();
    for (method, path, good) in with_body(shop) {
        let bad = |what: &str, codes: &[&'static str]| Bad::new(what, method, path.clone(), codes);
        let text = good.to_string();
        let cut = text.len() / 2;
        let (first, value) = good.as_object().unwrap().iter().next().unwrap();
        let deep = format!("{{{first:?}:{}1{}}}", "[".repeat(300), "]".repeat(300));
        let member = |json: &str| format!("{{{first:?}:{json}}}");
        table.extend([
            bad("truncated", &["invalid_json"]).text(&text.as_bytes()[..cut]),
            bad("a comma too many", &["invalid_json"]).text(text.replace('}', ",}")),
            bad("two values", &["invalid_json"]).text(format!("{text}{text}")),
            bad("a comment", &["invalid_json"]).text(format!("/* */{text}")),
            bad("invalid UTF-8", &["invalid_json"]).text([text.as_bytes(), b"\xff\xfe"].concat()),
            bad("a lone surrogate", &["invalid_json"]).text(member(r#""\ud800""#)),
            bad("a raw control character", &["invalid_json"]).text(member("\"a\u{1}b\"")),
            bad("too deep", &["invalid_json"]).text(deep),
            bad("NaN", &["invalid_json"]).text(member("NaN")),
            bad("a number beyond all bounds", &["invalid_json", "invalid_type"]).text(member("1e999999")),
            bad("an array", &["invalid_type"]).text("[]"),
            bad("a text", &["invalid_type"]).text("\"x\""),
            bad("an unknown member", &["unknown_member"]).text(text.replacen(
                '{',
                "{\"no_such_member\":1,",
                1,
            )),
            bad("an operator for a member", &["unknown_member"]).text(text.replacen(
                '{',
                "{\"$where\":\"1\",",
                1,
            )),
            bad("a member twice", &["duplicate_member"]).text(text.replacen(
                '{',
                &format!("{{{first:?}:{value},"),
                1,
            )),
            bad("an operator for a value", &["invalid_type"])
                .text(text.replace(&value.to_string(), r#"{"$gt":""}"#)),
            bad("10 MB", &["body_too_large"]).text(vec![b' '; 10 << 20]),
            bad("no media type", &["unsupported_media_type"]).header("x-none", "1").raw(&text),
            bad("a form", &["unsupported_media_type"])
                .header("content-type", "application/x-www-form-urlencoded")
                .raw(&text),
            bad("compressed with what nobody knows", &["unsupported_media_type"])
                .header("content-encoding", "br")
                .text(text.clone()),
        ]);
    }
    table.extend(methods(shop));
    table.extend(paths());
    table
}

impl Bad {
    /// With a body that does not say what it is.
    fn raw(self, body: &str) -> Self {
        Self { body: Some(body.as_bytes().to_vec()), ..self }
    }
}

fn methods(shop: &Shop) -> Vec<Bad> {
    let mut table = Vec::new();
    for (path, methods) in [
        ("/register", "GET PUT PATCH DELETE TRACE"),
        ("/login", "GET PUT PATCH DELETE PROPFIND"),
        ("/me", "POST PUT DELETE"),
        ("/users", "POST PUT PATCH DELETE"),
        ("/products", "PUT PATCH DELETE QUERY"),
        ("/products/MUG", "POST"),
        ("/orders", "PUT PATCH DELETE"),
        ("/inventory", "PUT PATCH DELETE"),
        ("/inventory/MUG/adjust", "GET PUT DELETE"),
        ("/inventory/MUG/movements", "POST PUT DELETE"),
        ("/livez", "POST DELETE"),
        ("/openapi.json", "POST DELETE"),
        ("/docs", "POST"),
    ] {
        for method in methods.split(' ') {
            table.push(Bad::new("another method", method, path, &["method_not_allowed"]));
        }
    }
    for method in ["GET", "PUT", "DELETE"] {
        table.push(Bad::new(
            "another method",
            method,
            format!("{}/pay", shop.order),
            &["method_not_allowed"],
        ));
    }
    table
}

fn paths() -> Vec<Bad> {
    let unknown = ["route_not_found"].as_slice();
    let missing = ["product_not_found", "invalid_sku", "invalid_key", "invalid_id"].as_slice();
    let mut table = Vec::new();
    for path in [
        "/",
        "/nothing",
        "/products/",
        "/products/MUG/",
        "//products",
        "/PRODUCTS",
        "/products/MUG/nothing",
        "/products/../orders",
        "/products/a/../MUG",
        "/.env",
        "/products.json",
        "/orders/1/2/3",
    ] {
        table.push(Bad::new("no route", "GET", path, unknown));
    }
    for path in [
        "/products/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/products/..%2f..%2forders",
        "/products/%00",
        "/products/MUG%00",
        "/products/%24gt",
        "/products/.*",
        "/products/%5e.%2a%24",
        "/products/MUG'%20OR%20'1'='1",
        "/products/%7B%22$gt%22:%22%22%7D",
        "/products/prd_zzzzzzzzzzzzzzzzzzzzzzzzzz",
        "/products/usr_01h455vb4pex5vsknk084sn02q",
        "/products/%20",
    ] {
        table.push(Bad::new("a key of nothing", "GET", path, missing));
    }
    table.push(Bad::new("a very long key", "GET", format!("/products/{}", "x".repeat(3000)), missing));
    table.push(Bad::new("a path that is not UTF-8", "GET", "/products/%ff%fe", &["invalid_path"]));
    for path in ["/orders/0", "/orders/-1", "/orders/99999999999999999999", "/orders/1.5", "/orders/%24ne"] {
        let codes =
            ["order_not_found", "invalid_key", "invalid_number", "invalid_order_number", "invalid_order"];
        table.push(Bad::new("no order", "GET", path, &codes));
    }
    table
}

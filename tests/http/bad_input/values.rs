//! Members, parameters and headers that break a rule.

use serde_json::json;

use super::{Bad, Shop};

pub(super) fn table(shop: &Shop) -> Vec<Bad> {
    let mut table = bodies(shop);
    table.extend(queries());
    table.extend(headers());
    table
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn bodies(shop: &Shop) -> Vec<Bad> {
    let mut table = Vec::new();
    let mut add = |method: &str, path: &str, body: serde_json::Value, code: &'static str| {
        table.push(Bad::new(body.to_string(), method, path, &[code]).text(body.to_string()));
    };
    let person = |member: &str, value: serde_json::Value| {
        let mut body = json!({"email": "new@example.com", "password": "correct horse battery"});
        body[member] = value;
        body
    };
    for (member, value, code) in [
        ("role", json!("admin"), "unknown_member"),
        ("status", json!("active"), "unknown_member"),
        ("auth_epoch", json!(0), "unknown_member"),
        ("__proto__", json!({}), "unknown_member"),
        ("email", json!(""), "invalid_email"),
        ("email", json!("no address"), "invalid_email"),
        ("email", json!("a@b@c"), "invalid_email"),
        ("email", json!("a\u{0}@example.com"), "invalid_email"),
        ("email", json!(format!("{}@example.com", "x".repeat(400))), "invalid_email"),
        ("email", json!(["a@example.com"]), "invalid_type"),
        ("email", json!({"$ne": null}), "invalid_type"),
        ("password", json!("short"), "password_too_short"),
        ("password", json!("x".repeat(1025)), "password_too_long"),
        ("password", json!({"$gt": ""}), "invalid_type"),
        ("name", json!("x".repeat(201)), "invalid_name"),
        ("name", json!("a\u{0}b"), "invalid_name"),
        ("phone", json!(12345), "invalid_type"),
    ] {
        add("POST", "/register", person(member, value), code);
    }
    add("POST", "/login", json!({"email": {"$gt": ""}, "password": {"$gt": ""}}), "invalid_type");
    add("PATCH", "/me", json!({"role": "admin"}), "unknown_member");
    add("PATCH", "/me", json!({"email": null}), "invalid_type");
    add("PATCH", "/users/customer@example.com", json!({"role": "king"}), "invalid_role");
    add("PATCH", "/users/customer@example.com", json!({"status": ["active"]}), "invalid_type");
    add("PATCH", "/users/customer@example.com", json!({"password": "another one"}), "unknown_member");
    let product = |member: &str, value: serde_json::Value| {
        let mut body = json!({"sku": "NEW", "name": "New", "price": "1.00"});
        body[member] = value;
        body
    };
    for (member, value, code) in [
        ("sku", json!(""), "invalid_sku"),
        ("sku", json!("x".repeat(500)), "invalid_sku"),
        ("sku", json!("a\nb"), "invalid_sku"),
        ("sku", json!(7), "invalid_type"),
        ("name", json!("   "), "invalid_name"),
        ("name", json!(null), "invalid_type"),
        ("price", json!("-1"), "invalid_amount"),
        ("price", json!("1e3"), "invalid_amount"),
        ("price", json!("1,50"), "invalid_amount"),
        ("price", json!("0x10"), "invalid_amount"),
        ("price", json!("NaN"), "invalid_amount"),
        ("price", json!(1.999), "too_many_decimals"),
        ("price", json!("99999999999999999999.00"), "invalid_amount"),
        ("price", json!({"$numberDecimal": "1"}), "invalid_type"),
        ("currency", json!("EURO"), "invalid_currency"),
        ("currency", json!("XXX"), "invalid_currency"),
        ("status", json!("sold"), "invalid_status"),
        ("tags", json!("one"), "invalid_type"),
        ("tags", json!([""]), "invalid_tag"),
        ("tags", json!((0..51).map(|n| n.to_string()).collect::<Vec<_>>()), "too_many_tags"),
        ("metadata", json!({"a": 1}), "invalid_type"),
        ("metadata", json!({"": "x"}), "invalid_label"),
        ("options", json!([]), "invalid_type"),
        ("stock", json!(-1), "invalid_quantity"),
        ("stock", json!(1.5), "invalid_type"),
        ("stock", json!(9_007_199_254_740_992_i64), "invalid_quantity"),
        ("stock", json!(18_446_744_073_709_551_615_u64), "invalid_value"),
        ("id", json!("prd_01h455vb4pex5vsknk084sn02q"), "unknown_member"),
        ("version", json!(7), "unknown_member"),
    ] {
        add("POST", "/products", product(member, value), code);
    }
    add("POST", "/products/batch", json!({"items": []}), "invalid_batch");
    add(
        "POST",
        "/products/batch",
        json!({"items": vec![json!({"sku": "A", "name": "a", "price": "1.00"}); 201]}),
        "invalid_batch",
    );
    add("PATCH", "/products/MUG", json!({"sku": null}), "invalid_type");
    add("PATCH", "/products/MUG", json!({"currency": "USD"}), "price_missing");
    add("PATCH", "/products/MUG", json!({"sku": "CUP"}), "sku_taken");
    let items = |items: serde_json::Value| json!({"email": "a@example.com", "items": items});
    for (body, code) in [
        (items(json!([])), "no_items"),
        (items(json!([{"sku": "MUG", "quantity": 0}])), "invalid_quantity"),
        (items(json!([{"sku": "MUG", "quantity": -3}])), "invalid_quantity"),
        (items(json!([{"sku": "MUG", "quantity": 1.5}])), "invalid_type"),
        (items(json!([{"sku": "MUG", "quantity": "2"}])), "invalid_type"),
        (items(json!([{"sku": "MUG", "quantity": 9_223_372_036_854_775_807_i64}])), "invalid_quantity"),
        (items(json!([{"sku": "MUG", "quantity": 11}])), "insufficient_stock"),
        (items(json!([{"sku": "NONE", "quantity": 1}])), "product_not_found"),
        (items(json!([{"sku": {"$ne": ""}, "quantity": 1}])), "invalid_type"),
        (items(json!([{"quantity": 1}])), "missing_member"),
        (items(json!([{"sku": "MUG", "product": "MUG", "quantity": 1}])), "duplicate_member"),
        (items(json!([{"sku": "MUG", "quantity": 1, "price": "0.01"}])), "unknown_member"),
        (json!({"items": [{"sku": "MUG", "quantity": 1}]}), "customer_missing"),
        (json!({"email": "a@example.com"}), "missing_member"),
        (
            json!({"email": "a@example.com", "items": [{"sku": "MUG", "quantity": 1}], "hold_seconds": -1}),
            "invalid_value",
        ),
        (
            json!({"email": "a@example.com", "items": [{"sku": "MUG", "quantity": 1}], "hold_seconds": 99_999_999_999_u64}),
            "hold_too_long",
        ),
        (
            json!({"email": "a@example.com", "items": [{"sku": "MUG", "quantity": 1}], "total": "0.00"}),
            "unknown_member",
        ),
    ] {
        add("POST", "/orders", body, code);
    }
    for (body, code) in [
        (json!({"status": "sent"}), "invalid_status"),
        (json!({"status": "delivered"}), "illegal_transition"),
        (json!({"status": null}), "invalid_type"),
        (json!({"total": "1.00"}), "unknown_member"),
        (json!({"note": "x".repeat(3000)}), "invalid_note"),
    ] {
        add("PUT", &shop.order, body, code);
    }
    let step = |verb: &str| format!("{}/{verb}", shop.order);
    add("POST", &step("ship"), json!({"items": [{"sku": "CUP", "quantity": 1}]}), "not_on_order");
    add("POST", &step("return"), json!({}), "illegal_transition");
    add("POST", &step("refund"), json!({"amount": "1.00"}), "illegal_transition");
    add("POST", &step("refund"), json!({"amount": 0.001}), "too_many_decimals");
    add("POST", &step("cancel"), json!({"items": [{"sku": "MUG", "quantity": 99}]}), "too_many_items");
    for (body, code) in [
        (json!({"delta": 0, "reason": "r"}), "invalid_delta"),
        (json!({"delta": -11, "reason": "r"}), "below_reserved"),
        (json!({"delta": 1}), "reason_missing"),
        (json!({"delta": 1, "reason": ""}), "invalid_reason"),
        (json!({"delta": 1.0, "reason": "r"}), "invalid_type"),
        (json!({"delta": 9_223_372_036_854_775_807_i64, "reason": "r"}), "invalid_delta"),
    ] {
        add("POST", "/inventory/MUG/adjust", body, code);
    }
    add("PUT", "/inventory/MUG", json!({"quantity": -1}), "invalid_quantity");
    add("PUT", "/inventory/MUG", json!({"quantity": 1}), "below_reserved");
    add("PUT", "/inventory/MUG", json!({"quantity": 5, "expected": 4}), "stock_changed");
    add("PUT", "/inventory/NONE", json!({"quantity": 1}), "product_not_found");
    add("POST", "/inventory", json!({"quantity": 1}), "missing_member");
    add("POST", "/inventory", json!({"sku": "MUG", "quantity": 1}), "stock_exists");
    table
}

fn queries() -> Vec<Bad> {
    let mut table = Vec::new();
    let lists = ["/users", "/products", "/orders", "/inventory", "/inventory/MUG/movements"];
    for list in lists {
        for (query, code) in [
            ("limit=0", "invalid_limit"),
            ("limit=201", "invalid_limit"),
            ("limit=-1", "invalid_limit"),
            ("limit=1.5", "invalid_limit"),
            ("limit=99999999999999999999", "invalid_limit"),
            ("limit=", "invalid_limit"),
            ("limit=5&limit=6", "duplicate_parameter"),
            ("sort=colour", "invalid_sort"),
            ("sort=--id", "invalid_sort"),
            ("sort=$where", "invalid_sort"),
            ("cursor=x", "invalid_cursor"),
            ("cursor=e30", "invalid_cursor"),
            ("cursor=eyJmIjoiIiwidiI6eyIkZ3QiOiIifSwiaSI6IiJ9", "invalid_cursor"),
            ("colour=red", "unknown_parameter"),
            ("$where=1", "unknown_parameter"),
            ("%00=1", "unknown_parameter"),
            ("limit=%ff", "invalid_query"),
        ] {
            table.push(Bad::new(query, "GET", format!("{list}?{query}"), &[code]));
        }
    }
    for (path, code) in [
        ("/products?status[$ne]=draft", "unknown_parameter"),
        ("/products?status=%7B%22$ne%22:1%7D", "invalid_status"),
        ("/products?q=", "invalid_query"),
        ("/products?q=%00", "invalid_query"),
        ("/products?min_price=cheap", "invalid_amount"),
        ("/products?min_price=1.999", "too_many_decimals"),
        ("/products?max_price=-1", "invalid_amount"),
        ("/products?currency=XXX", "invalid_currency"),
        ("/products?created_after=yesterday", "invalid_time"),
        ("/products?created_before=2026-13-01", "invalid_time"),
        ("/products?tag=", "invalid_tag"),
        ("/orders?status=sent", "invalid_status"),
        ("/orders?payment_status=owed", "invalid_status"),
        ("/orders?user=nobody@example.com", "user_not_found"),
        ("/orders?user=x", "invalid_email"),
        ("/orders?email=x", "invalid_email"),
        ("/orders?product=NONE", "product_not_found"),
        ("/users?role=king", "invalid_role"),
        ("/users?status=gone", "invalid_status"),
        ("/inventory?below=few", "invalid_parameter"),
        ("/inventory?low=maybe", "invalid_parameter"),
        ("/inventory?out_of_stock=1", "invalid_parameter"),
        ("/inventory/MUG?at=now", "invalid_time"),
        ("/inventory/MUG?at=2026-01-01&at=2026-01-02", "duplicate_parameter"),
        ("/products/MUG?fields=sku", "unknown_parameter"),
        ("/livez?x=1", "unknown_parameter"),
        ("/me?x=1", "unknown_parameter"),
    ] {
        table.push(Bad::new(path, "GET", path, &[code]));
    }
    for query in ["dry_run=maybe", "dry_run=", "dry_run=true&dry_run=false"] {
        let codes = ["invalid_parameter", "duplicate_parameter"];
        table.push(Bad::new(query, "DELETE", format!("/products/CUP?{query}"), &codes));
    }
    for hard in ["(", "[", "*", "\\", "(a+)+$", "{1,99999}", "$", "^"] {
        // A text like any other, of which there is none: that is no error, so a bad limit beside it makes one.
        let q = hard.bytes().fold(String::new(), |text, byte| format!("{text}%{byte:02X}"));
        let path = format!("/products?q={q}&limit=0");
        table.push(Bad::new("regular expression characters", "GET", path, &["invalid_limit"]));
    }
    table
}

fn headers() -> Vec<Bad> {
    let mut table = Vec::new();
    for tag in ["v1", "\"v1", "W/v1", "1", "\"v1\" \"v2\"", "*, \"v1\"", ""] {
        let bad = Bad::new(format!("If-Match: {tag}"), "DELETE", "/products/CUP", &["invalid_header"]);
        table.push(bad.header("if-match", tag));
        let bad = Bad::new(format!("If-None-Match: {tag}"), "GET", "/products/CUP", &["invalid_header"]);
        table.push(bad.header("if-none-match", tag));
    }
    for tag in ["\"v7\"", "W/\"v1\"", "\"x\"", "\"v0\"", "\"v99999999999999999999\"", "\"v2\", \"v3\""] {
        let bad = Bad::new(format!("If-Match: {tag}"), "DELETE", "/products/CUP", &["stale_version"]);
        table.push(bad.header("if-match", tag));
    }
    let body = json!({"sku": "NEW", "name": "New", "price": "1.00"}).to_string();
    for key in ["", "a b", "ü", &"x".repeat(256)] {
        let bad =
            Bad::new(format!("Idempotency-Key: {key}"), "POST", "/products", &["invalid_idempotency_key"]);
        table.push(bad.header("idempotency-key", key).text(body.clone()));
    }
    table
}

//! The same rows by file, on both stores, and by HTTP.

use serde_json::{Value, json};

use super::{file, import, on_both, rejections, report};
use crate::support::service_process::ServiceProcess;
use crate::system::program::Shop;

/// Rows as members of JSON: good ones, and one for each thing that can be wrong.
fn rows() -> Vec<Value> {
    vec![
        json!({"sku": "A", "name": "A", "price": "12.50", "tags": ["x", "y"], "metadata": {"erp": "7"}, "stock": 3}),
        json!({"sku": " b ", "name": " B ", "price": "3", "currency": "jpy", "status": "draft", "group": "g"}),
        json!({"sku": "C", "name": "C", "price": "0.00", "description": "two\nlines", "options": {"size": "M"}}),
        json!({"sku": "", "name": "D", "price": "1"}),
        json!({"sku": "E", "name": "", "price": "1"}),
        json!({"sku": "F", "name": "F", "price": "1.999"}),
        json!({"sku": "G", "name": "G", "price": "free"}),
        json!({"sku": "H", "name": "H", "price": "1", "currency": "EURO"}),
        json!({"sku": "I", "name": "I", "price": "1", "status": "gone"}),
        json!({"sku": "J", "name": "J", "price": "1", "tags": ["ok", "line\nbreak"]}),
        json!({"sku": "K", "name": "K", "price": "1", "options": {"size": ""}}),
        json!({"sku": "L", "name": "L", "price": "1", "stock": -1}),
        json!({"sku": "M", "price": "1"}),
        json!({"sku": "N", "name": "N"}),
        json!({"sku": "prd_01h455vb4pex5vsknk084sn02q", "name": "O", "price": "1"}),
        json!({"sku": "P", "name": "P", "price": "1", "group": "x".repeat(101)}),
    ]
}

#[test]
fn a_file_and_a_request_make_the_same_products_and_refuse_the_same_rows_with_the_same_codes() {
    let rows = rows();
    let lines: Vec<String> = rows.iter().map(Value::to_string).collect();
    let by_http = by_http(&rows);
    on_both(|shop| {
        file(shop, "a.jsonl", &lines.join("\n"));
        let run = import(shop, 8, &["a.jsonl", "--on-error", "skip"]);
        let report = report(&run);
        let listed = super::products(shop);
        assert_eq!((&listed, &rejections(&report)), (&by_http.0, &by_http.1));
    });
}

/// What `POST /products/batch` makes of the rows, each in a request of its own, because one of the wrong shape refuses the whole request.
fn by_http(rows: &[Value]) -> (Vec<Value>, Vec<(u64, String)>) {
    let shop = Shop::on_sqlite();
    let service = ServiceProcess::start("products", shop.home(), shop.url());
    let url = format!("http://{}/products/batch", service.addr().unwrap());
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut codes = Vec::new();
    for (line, row) in (1..).zip(rows) {
        let body = json!({"items": [row]}).to_string();
        let request = agent.post(&url).header("content-type", "application/json");
        let mut answer = request.send(&body).unwrap();
        let answer: Value = serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap();
        let code = answer["items"][0]["problem"]["code"].as_str().or_else(|| {
            // Of the wrong shape.
            answer["errors"][0]["code"].as_str()
        });
        codes.extend(code.map(|code| (line, code.to_owned())));
    }
    service.kill();
    (super::products(&shop), codes)
}

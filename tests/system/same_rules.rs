//! The same bad input gets the same error code by the command line and over HTTP: the rule lives in one place.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use serde_json::{Value, json};

use super::program::Shop;

/// A service process that ends with this guard.
struct Served {
    child: Child,
    /// `(service, URL)`.
    urls: Vec<(String, String)>,
}

impl Served {
    fn start(shop: &Shop) -> Self {
        let listen = ["users", "products", "orders", "inventory"]
            .map(|service| format!("--listen={service}=127.0.0.1:0"));
        let mut words = vec!["serve", "all", "--auth", "none"];
        words.extend(listen.iter().map(String::as_str));
        let mut command = shop.command(&words);
        let mut child = command.stderr(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let places = lines.map(Result::unwrap).filter(|line| line.contains("http://"));
        let urls = places.take(4).map(|line| {
            let (service, url) = line.split_once('\t').unwrap();
            (service.to_owned(), url.trim().to_owned())
        });
        Self { urls: urls.collect(), child }
    }

    /// The status and the code of the problem.
    fn code(&self, method: &str, service: &str, path: &str, body: &Value) -> (u16, String) {
        let (_, url) = self.urls.iter().find(|(name, _)| name == service).unwrap();
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{url}{path}"))
            .header("content-type", "application/json")
            .body(body.to_string())
            .unwrap();
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut answer = agent.run(request).unwrap();
        let text = answer.body_mut().read_to_string().unwrap();
        let problem: Value =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}: {text}"));
        (answer.status().as_u16(), problem["code"].as_str().unwrap_or_default().to_owned())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A command line, the same over HTTP (method, service, path, body), exit code and status.
type Case = (Vec<&'static str>, (&'static str, &'static str, &'static str, Value), i32, u16);

#[expect(clippy::too_many_lines, reason = "a table")]
fn cases() -> Vec<Case> {
    let order = |items: Value| json!({ "email": "a@example.com", "items": items });
    vec![
        (
            vec!["product", "create", "", "--name", "X", "--price", "1"],
            ("POST", "products", "/products", json!({"sku": "", "name": "X", "price": "1"})),
            5,
            422,
        ),
        (
            vec!["product", "create", "X", "--name", "X", "--price", "1.999"],
            ("POST", "products", "/products", json!({"sku": "X", "name": "X", "price": "1.999"})),
            5,
            422,
        ),
        (
            vec!["product", "create", "X", "--name", "X", "--price", "1", "--currency", "EURO"],
            (
                "POST",
                "products",
                "/products",
                json!({"sku": "X", "name": "X", "price": "1", "currency": "EURO"}),
            ),
            5,
            422,
        ),
        (
            vec!["product", "create", "X", "--name", "X", "--price", "1", "--status", "sold"],
            (
                "POST",
                "products",
                "/products",
                json!({"sku": "X", "name": "X", "price": "1", "status": "sold"}),
            ),
            5,
            422,
        ),
        (
            vec!["product", "create", "mug", "--name", "Again", "--price", "1"],
            ("POST", "products", "/products", json!({"sku": "mug", "name": "Again", "price": "1"})),
            4,
            409,
        ),
        (
            vec!["product", "update", "MUG", "--name", ""],
            ("PATCH", "products", "/products/MUG", json!({"name": ""})),
            5,
            422,
        ),
        (
            vec!["product", "update", "NOPE", "--name", "N"],
            ("PATCH", "products", "/products/NOPE", json!({"name": "N"})),
            3,
            404,
        ),
        (
            vec!["user", "update", "nobody@example.com", "--name", "N"],
            ("PATCH", "users", "/users/nobody@example.com", json!({"name": "N"})),
            3,
            404,
        ),
        (
            vec!["user", "update", "ada@example.com", "--role", "king"],
            ("PATCH", "users", "/users/ada@example.com", json!({"role": "king"})),
            5,
            422,
        ),
        (
            vec!["user", "update", "ada@example.com", "--email", "bob@example.com"],
            ("PATCH", "users", "/users/ada@example.com", json!({"email": "bob@example.com"})),
            4,
            409,
        ),
        (
            vec!["order", "create", "--email", "a@example.com", "--item", "NOPE:1"],
            ("POST", "orders", "/orders", order(json!([{"sku": "NOPE", "quantity": 1}]))),
            3,
            404,
        ),
        (
            vec!["order", "create", "--email", "a@example.com", "--item", "MUG:0"],
            ("POST", "orders", "/orders", order(json!([{"sku": "MUG", "quantity": 0}]))),
            5,
            422,
        ),
        (
            vec!["order", "create", "--email", "a@example.com", "--item", "MUG:99"],
            ("POST", "orders", "/orders", order(json!([{"sku": "MUG", "quantity": 99}]))),
            4,
            409,
        ),
        (
            vec!["order", "create", "--email", "a@example.com", "--item", "DRAFT:1"],
            ("POST", "orders", "/orders", order(json!([{"sku": "DRAFT", "quantity": 1}]))),
            4,
            409,
        ),
        (
            vec!["order", "create", "--email", "nobody", "--item", "MUG:1"],
            (
                "POST",
                "orders",
                "/orders",
                json!({"email": "nobody", "items": [{"sku": "MUG", "quantity": 1}]}),
            ),
            5,
            422,
        ),
        (
            vec!["order", "update", "1001", "--status", "lost"],
            ("PUT", "orders", "/orders/1001", json!({"status": "lost"})),
            5,
            422,
        ),
        (
            vec!["order", "update", "1001", "--status", "delivered"],
            ("PUT", "orders", "/orders/1001", json!({"status": "delivered"})),
            4,
            409,
        ),
        (
            vec!["order", "update", "9999", "--status", "paid"],
            ("PUT", "orders", "/orders/9999", json!({"status": "paid"})),
            3,
            404,
        ),
        (
            vec!["inventory", "set", "MUG", "-1"],
            ("PUT", "inventory", "/inventory/MUG", json!({"quantity": -1})),
            5,
            422,
        ),
        (
            vec!["inventory", "set", "MUG", "1"],
            ("PUT", "inventory", "/inventory/MUG", json!({"quantity": 1})),
            4,
            409,
        ),
        (
            vec!["inventory", "set", "MUG", "10", "--expect", "3"],
            ("PUT", "inventory", "/inventory/MUG", json!({"quantity": 10, "expected": 3})),
            4,
            409,
        ),
        (
            vec!["inventory", "adjust", "MUG", "-9", "--reason", "broken"],
            ("POST", "inventory", "/inventory/MUG/adjust", json!({"delta": -9, "reason": "broken"})),
            4,
            409,
        ),
        (
            vec!["inventory", "adjust", "MUG", "0", "--reason", "nothing"],
            ("POST", "inventory", "/inventory/MUG/adjust", json!({"delta": 0, "reason": "nothing"})),
            5,
            422,
        ),
    ]
}

fn gets_the_same_code(shop: &Shop) {
    shop.ok(&["user", "register", "ada@example.com", "--no-password"]);
    shop.ok(&["user", "register", "bob@example.com", "--no-password"]);
    shop.ok(&["product", "create", "MUG", "--name", "Mug", "--price", "4.00", "--stock", "10"]);
    shop.ok(&["product", "create", "DRAFT", "--name", "Draft", "--price", "4.00", "--status", "draft"]);
    shop.ok(&["order", "create", "--email", "ada@example.com", "--item", "MUG:2"]);
    let served = Served::start(shop);
    for (words, (method, service, path, body), exit, status) in cases() {
        let run = shop.run(&[&["-o", "json"], words.as_slice()].concat());
        assert_eq!((run.code, run.stdout.as_str()), (Some(exit), ""), "{words:?}: {run:#?}");
        let told: Value =
            serde_json::from_str(&run.stderr).unwrap_or_else(|error| panic!("{error}: {run:#?}"));
        let by_cli = told["error"]["code"].as_str().unwrap();
        assert_eq!(served.code(method, service, path, &body), (status, by_cli.to_owned()), "{words:?}");
    }
}

#[test]
fn by_command_line_and_over_http_on_sqlite() {
    gets_the_same_code(&Shop::on_sqlite());
}

#[test]
fn by_command_line_and_over_http_on_mongodb() {
    gets_the_same_code(&Shop::on_mongodb());
}

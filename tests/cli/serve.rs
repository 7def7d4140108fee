//! `shopctl serve` and `shopctl openapi`

use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};

use super::{Done, Shop, error_code};

/// A service that is told to end when the test does.
struct Served {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Served {
    fn start(shop: &Shop, line: &str) -> Self {
        let mut command = shop.command();
        command.args(line.split_whitespace());
        Self::of(command)
    }

    fn of(command: Command) -> Self {
        Self::logging(command, Stdio::null())
    }

    fn logging(mut command: Command, log: Stdio) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    /// The next service and its URL.
    fn url(&mut self) -> (String, String) {
        let line = self.lines.next().expect("a line").unwrap();
        let (service, url) = line.split_once('\t').expect("service and URL");
        (service.to_owned(), url.to_owned())
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([name, &id]).status().unwrap().success());
    }

    fn end(mut self) -> Option<i32> {
        self.signal("-TERM");
        self.child.wait().unwrap().code()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // Gone already unless the test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn port_0_prints_the_real_one_and_sigterm_ends_with_0() {
    let shop = Shop::with_mugs();
    let line = format!("serve all --listen 127.0.0.1:0 --store sqlite:{}", shop.file().display());
    let mut served = Served::start(&shop, &line);
    for expected in ["users", "products", "orders", "inventory"] {
        let (service, url) = served.url();
        assert_eq!(service, expected);
        assert!(!url.ends_with(":0"), "{url}");
        shop.ok(&format!("health {url}"));
    }
    assert_eq!(served.end(), Some(0));
}

#[test]
fn what_the_command_line_wrote_is_served() {
    let shop = Shop::with_mugs();
    let line = format!("serve products --listen 127.0.0.1:0 --store sqlite:{}", shop.file().display());
    let mut served = Served::start(&shop, &line);
    let (_, url) = served.url();
    let body = ureq::get(format!("{url}/products/MUG")).call().unwrap().body_mut().read_to_string().unwrap();
    let shown: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(shown, shop.json("product get MUG"));
    assert_eq!(served.end(), Some(0));
}

#[test]
fn serving_orders_ends_holds_that_are_over() {
    let shop = Shop::with_mugs();
    shop.ok("order create --email a@b.c --item MUG:2 --hold 1500ms");
    let line = format!(
        "serve orders --listen 127.0.0.1:0 --sweep-every 200ms --store sqlite:{}",
        shop.file().display()
    );
    let mut served = Served::start(&shop, &line);
    served.url();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    loop {
        let order = shop.json("order get 1001");
        if order["status"] == "expired" {
            let last = &order["history"][1];
            assert_eq!((&last["actor"], &last["reason"]), (&"sweep".into(), &"the hold ended".into()));
            assert!(last["at"].as_str() >= order["hold_until"].as_str(), "not before its time: {order:#}");
            break;
        }
        assert!(std::time::Instant::now() < deadline, "{order:#}");
    }
    assert_eq!(shop.mugs(), (10, 0));
    assert_eq!(served.end(), Some(0));
    shop.run("serve orders --sweep-every soon --store sqlite:a.db").fails(2).says("soon");
}

#[test]
fn a_second_signal_does_not_wait_for_requests_in_flight() {
    let shop = Shop::empty();
    let mut served = Served::start(&shop, "serve users --listen 127.0.0.1:0 --store sqlite:a.db");
    let (_, url) = served.url();
    let address = url.trim_start_matches("http://").to_owned();
    let mut slow = TcpStream::connect(&address).unwrap();
    write!(slow, "POST /register HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n").unwrap();
    write!(slow, "content-length: 100\r\nexpect: 100-continue\r\n\r\n").unwrap();
    let mut answer = [0; 12];
    slow.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 100", "the service waits for the body");
    served.signal("-TERM");
    // Draining has begun when nobody new is let in.
    while TcpStream::connect(&address).is_ok() {
        std::thread::yield_now();
    }
    served.signal("-INT");
    assert_eq!(served.child.wait().unwrap().code(), Some(130));
}

#[test]
fn a_port_that_is_taken_is_7() {
    let shop = Shop::empty();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let line = format!("serve users --store sqlite:a.db --listen {}", taken.local_addr().unwrap());
    assert_eq!(error_code(&shop, &line), (7, "listen_failed".to_owned()));
}

#[test]
fn no_sign_in_is_refused_where_others_can_reach_it() {
    let line = "serve users --store sqlite:a.db --auth none --listen 0.0.0.0:0";
    assert_eq!(error_code(&Shop::empty(), line), (2, "open_to_others".to_owned()));
}

#[test]
fn a_container_without_a_named_store_is_refused() {
    let shop = Shop::empty();
    for variable in ["container", "KUBERNETES_SERVICE_HOST"] {
        let mut command = shop.command();
        command.args(["serve", "all", "--listen", "127.0.0.1:0"]).env(variable, "x");
        Done::of(&mut command).fails(2).says("hint: set MONGO_URI");
    }
    assert!(!shop.file().exists());
}

#[test]
fn services_have_to_be_named() {
    let shop = Shop::empty();
    for line in
        ["serve", "serve nonsense", "serve users --listen nowhere", "serve users --listen orders=127.0.0.1:0"]
    {
        shop.run(line).fails(2);
    }
}

#[test]
fn each_service_has_an_openapi_document() {
    let shop = Shop::empty();
    for service in ["users", "products", "orders", "inventory"] {
        let document: serde_json::Value =
            serde_json::from_str(&shop.ok(&format!("openapi {service}"))).unwrap();
        assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    }
    shop.run("openapi nonsense").fails(2);
}

#[test]
fn a_process_out_of_file_descriptors_serves_on() {
    let shop = Shop::with_mugs();
    let mut command = Command::new("sh");
    let program = shop.command().get_program().to_owned();
    command.args(["-c", r#"ulimit -n 40; exec "$0" "$@""#]).arg(program);
    command.args(["serve", "products", "--listen", "127.0.0.1:0", "--store"]);
    command.arg(format!("sqlite:{}", shop.file().display()));
    let mut served = Served::of(command);
    let (_, url) = served.url();
    let address = url.trim_start_matches("http://").to_owned();
    let silent: Vec<TcpStream> = (0..100).map(|_| TcpStream::connect(&address).unwrap()).collect();
    // Those that wait make room, one for each that comes.
    let begun = std::time::Instant::now();
    ureq::get(format!("{url}/products/MUG")).call().unwrap();
    assert!(begun.elapsed() < std::time::Duration::from_secs(20), "{:?}", begun.elapsed());
    drop(silent);
    ureq::get(format!("{url}/products/MUG")).call().unwrap();
    assert_eq!(served.end(), Some(0));
}

#[test]
fn what_cannot_be_at_the_edge_is_refused() {
    let shop = Shop::empty();
    for (line, said) in [
        ("--tls-cert a.pem", "--tls-key"),
        ("--tls-cert none.pem --tls-key none.key", "cannot be read from none.pem"),
        ("--trusted-proxy 10.0.0.0/33", "10.0.0.0/8"),
        ("--trusted-proxy proxy.example", "10.0.0.0/8"),
        ("--cors-origin shop.example", "https://shop.example"),
        ("--max-connections 0", "from 1"),
        ("--max-requests -1", "from 1"),
    ] {
        shop.run(&format!("serve users --store sqlite:a.db --listen 127.0.0.1:0 {line}")).fails(2).says(said);
    }
}

#[test]
fn the_log_names_requests_and_nobody() {
    let shop = Shop::with_mugs();
    let log = shop.file().with_extension("log");
    let mut command = shop.command();
    command.args(["serve", "products", "--listen", "127.0.0.1:0", "--log-format", "json", "--store"]);
    command.arg(format!("sqlite:{}", shop.file().display())).env("SHOPCTL_LOG", "shopctl=debug");
    let mut served = Served::logging(command, std::fs::File::create(&log).unwrap().into());
    let (_, url) = served.url();
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let asked = ureq::get(format!("{url}/products/MUG?q=ada@example.com"))
        .header("traceparent", format!("00-{trace}-00f067aa0ba902b7-01"))
        .header("x-request-id", "r-1");
    // What is asked for is refused or not; it is in the log either way.
    let _ = asked.call();
    assert_eq!(served.end(), Some(0));
    let text = std::fs::read_to_string(log).unwrap();
    let lines: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect();
    let line = lines.iter().find(|line| line["request_id"] == "r-1").unwrap_or_else(|| panic!("{text}"));
    assert_eq!((&line["target"], &line["route"]), (&"shopctl::access".into(), &"/products/{id}".into()));
    assert_eq!(
        (&line["trace_id"], &line["method"], &line["service"]),
        (&trace.into(), &"GET".into(), &"products".into())
    );
    assert!(line["span_id"].as_str().is_some_and(|id| id.len() == 16 && id != "00f067aa0ba902b7"), "{line}");
    assert!(line["status"].is_u64() && line["duration_ms"].is_f64(), "{line}");
    // Operations of the store are told at the level of debugging, each with the request that it is for.
    let operation =
        lines.iter().find(|line| line["operation"].is_string()).unwrap_or_else(|| panic!("{text}"));
    assert!(operation["outcome"].is_string() && operation["duration_ms"].is_f64(), "{operation}");
    for personal in ["ada@", "127.0.0.1"] {
        assert!(!text.contains(personal), "{personal} in {text}");
    }
}

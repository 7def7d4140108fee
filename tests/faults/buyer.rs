//! A buyer: orders, and sometimes has an order shipped or cancelled, asking again until there is an answer.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use super::copies::{Market, PLENTY, SCARCE, plenty};
use super::log::{Acknowledged, Log};
use crate::support::http::{Answer, Http};

/// How long a buyer waits for an answer before asking again; every fourth has little patience, and so asks while the first question is
/// still being worked on.
const PATIENCE: Duration = Duration::from_secs(10);
const LITTLE_PATIENCE: Duration = Duration::from_millis(700);

/// One of the crowd.
pub(super) struct Buyer {
    name: usize,
    /// Between two orders.
    pause: Duration,
    market: Arc<Market>,
    http: Http,
    rng: StdRng,
    /// Whether to send a key with each request, as every other buyer does. The rest go by their references.
    keyed: bool,
    log: Log,
    /// The copy to ask next.
    copy: usize,
    /// How often the present question has been asked again.
    repeats: u32,
}

/// What became of a question.
enum Heard {
    Answer(Answer),
    /// Nothing, or that it is not known: the thing may have been done.
    Nothing,
}

impl Buyer {
    /// A fixed seed: what is ordered is the same in every run, what meets a fault is not.
    pub(super) fn new(name: usize, pause: Duration, market: Arc<Market>) -> Self {
        let rng = StdRng::seed_from_u64(name as u64);
        let keyed = name.is_multiple_of(2);
        Self {
            name,
            pause,
            market,
            http: Http::new(),
            rng,
            keyed,
            log: Log::default(),
            copy: name / 2,
            repeats: 0,
        }
    }

    /// Buys until the market closes, and tells what was heard.
    pub(super) async fn buy(mut self) -> Log {
        for n in 0.. {
            if self.market.closing.load(Ordering::Relaxed) {
                break;
            }
            let begun = Instant::now();
            let reference = format!("b{:03}-{n:06}", self.name);
            let order = self.order(&reference);
            if let Some(id) = self.place(&reference, &order).await {
                self.log.slowest = self.log.slowest.max(begun.elapsed());
                match self.rng.random_range(0..8) {
                    0 | 1 => self.bring(&reference, &id, "ship", "shipped").await,
                    2 => self.bring(&reference, &id, "cancel", "cancelled").await,
                    _ => {}
                }
            }
            tokio::time::sleep(self.pause).await;
        }
        self.log
    }

    fn order(&mut self, reference: &str) -> Value {
        let first = if self.rng.random_bool(0.6) { 0 } else { self.rng.random_range(0..PLENTY) };
        let mut items = vec![json!({"sku": plenty(first), "quantity": self.rng.random_range(1..4)})];
        match self.rng.random_range(0..10) {
            0 => items.push(json!({"sku": SCARCE, "quantity": self.rng.random_range(1..4)})),
            1..4 => items.push(json!({"sku": plenty(self.rng.random_range(0..PLENTY)), "quantity": 1})),
            _ => {}
        }
        json!({"email": format!("b{}@example.com", self.name), "external_ref": reference, "items": items})
    }

    /// Places an order; gives its id where it was placed.
    async fn place(&mut self, reference: &str, order: &Value) -> Option<String> {
        let mut asked_before = false;
        while !self.market.closed.load(Ordering::Relaxed) {
            let heard = self.ask("POST", "/orders", order, reference).await;
            if let Heard::Answer(answer) = heard {
                let body = answer.json();
                match (answer.status, body["code"].as_str()) {
                    (201, _) => {
                        self.log.replayed += usize::from(answer.header("idempotent-replayed") == "true");
                        return Some(self.acknowledged(reference, &body));
                    }
                    // An earlier question was heard after all.
                    (409, Some("external_ref_taken")) if asked_before && !self.keyed => {
                        if let Some(found) = self.find(reference).await {
                            return Some(self.acknowledged(reference, &found));
                        }
                    }
                    (409, Some("insufficient_stock")) => {
                        self.log.refused.push(reference.to_owned());
                        return None;
                    }
                    _ => {
                        self.log.odd.push(format!("{reference}: {answer}"));
                        return None;
                    }
                }
            }
            asked_before = true;
            self.before_asking_again().await;
        }
        self.log.unheard.push(reference.to_owned());
        None
    }

    /// The order of this reference, once somebody answers.
    async fn find(&mut self, reference: &str) -> Option<Value> {
        while !self.market.closed.load(Ordering::Relaxed) {
            let path = format!("/orders?q={reference}");
            if let Heard::Answer(answer) = self.ask("GET", &path, &Value::Null, "").await {
                let listed = answer.json();
                let items = listed["items"].as_array().cloned().unwrap_or_default();
                let found = items.into_iter().find(|order| order["external_ref"] == reference);
                if found.is_none() {
                    self.log.odd.push(format!("{reference} is taken and not there: {answer}"));
                }
                return found;
            }
            self.before_asking_again().await;
        }
        None
    }

    /// Has an order shipped or cancelled; saying so twice is no mistake.
    async fn bring(&mut self, reference: &str, id: &str, step: &str, end: &'static str) {
        let (path, key) = (format!("/orders/{id}/{step}"), format!("{reference}-{step}"));
        while !self.market.closed.load(Ordering::Relaxed) {
            if let Heard::Answer(answer) = self.ask("POST", &path, &json!({}), &key).await {
                if answer.status == 200 && answer.json()["status"] == end {
                    if let Some(order) = self.log.acknowledged.last_mut() {
                        order.end = Some(end);
                    }
                } else {
                    self.log.odd.push(format!("{step} of {id}: {answer}"));
                }
                return;
            }
            self.before_asking_again().await;
        }
    }

    fn acknowledged(&mut self, reference: &str, order: &Value) -> String {
        let id = order["id"].as_str().unwrap_or_default().to_owned();
        self.log.acknowledged.push(Acknowledged {
            reference: reference.to_owned(),
            id: id.clone(),
            number: order["number"].as_u64().unwrap_or_default(),
            at: self.market.begun.elapsed(),
            end: None,
        });
        self.market.acknowledged.fetch_add(1, Ordering::Relaxed);
        id
    }

    async fn ask(&mut self, method: &str, path: &str, body: &Value, key: &str) -> Heard {
        let copies = &self.market.copies;
        let Some(addr) = copies[self.copy % copies.len()].addr() else { return Heard::Nothing };
        let mut call = self.http.call(addr, method, path);
        if method == "POST" {
            call = call.json(body);
            if self.keyed {
                call = call.header("idempotency-key", key);
            }
        }
        let patience = if self.name.is_multiple_of(4) { LITTLE_PATIENCE } else { PATIENCE };
        match tokio::time::timeout(patience, call.attempt()).await {
            // Unavailable, or too slow: whether it was done is not known.
            Ok(Ok(answer)) if matches!(answer.status, 503 | 504) => Heard::Nothing,
            // An earlier question is still being worked on.
            Ok(Ok(answer)) if answer.status == 409 && answer.json()["code"] == "request_in_progress" => {
                Heard::Nothing
            }
            Ok(Ok(answer)) => {
                self.repeats = 0;
                Heard::Answer(answer)
            }
            _ => Heard::Nothing,
        }
    }

    /// The other copy may be better off; not at once, for it may be busy, and later each time: a crowd that only asks keeps the few
    /// cores from working.
    async fn before_asking_again(&mut self) {
        self.copy += 1;
        self.log.repeats += 1;
        self.repeats += 1;
        let most = 80 << self.repeats.min(4);
        let pause = self.rng.random_range(20..most);
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }
}

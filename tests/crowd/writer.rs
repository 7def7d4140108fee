//! One of the writers: orders, thinks better of it, sends, takes back, and corrects stock, until the time is up.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

use super::books::Books;
use super::deed::{Deed, Heard};
use super::door::{Door, Handle};

/// How often an unknown outcome is asked for again. With a key that is safe.
const TRIES: usize = 20;

/// What all writers share.
pub(super) struct Crowd {
    pub(super) skus: Vec<String>,
    /// Orders that were placed lately, for anybody to do something with.
    pub(super) open: Mutex<Vec<String>>,
    /// Orders that were sent.
    pub(super) sent: Mutex<Vec<String>>,
    /// They go on at least until then, and at most until then.
    pub(super) least: Instant,
    pub(super) most: Instant,
    /// What has been done by anybody.
    pub(super) seen: Mutex<BTreeSet<&'static str>>,
    /// To see what is on hand before counting.
    pub(super) look: Arc<Handle>,
}

impl Crowd {
    /// The time is up, and everything has happened at least once.
    fn is_over(&self) -> bool {
        let now = Instant::now();
        now >= self.most || (now >= self.least && self.seen.lock().unwrap().len() == Deed::WORDS.len())
    }
}

/// A writer.
pub(super) struct Writer {
    name: usize,
    crowd: Arc<Crowd>,
    door: Door,
    rng: StdRng,
    books: Books,
    asked: usize,
}

impl Writer {
    pub(super) fn new(name: usize, crowd: Arc<Crowd>, door: Door) -> Self {
        let rng = StdRng::seed_from_u64(name as u64);
        Self { name, crowd, door, rng, books: Books::default(), asked: 0 }
    }

    /// Works until the time is up; gives what was heard.
    pub(super) async fn work(mut self) -> Books {
        loop {
            if let Some(deed) = self.next().await {
                let asked = Instant::now();
                self.act(deed).await;
                self.books.waited(asked.elapsed());
            }
            if self.crowd.is_over() {
                return self.books;
            }
        }
    }

    async fn act(&mut self, deed: Deed) {
        self.asked += 1;
        let key = format!("{}-{}", self.name, self.asked);
        for _ in 0..TRIES {
            match self.door.ask(&deed, &key).await {
                Heard::Unknown(why) => {
                    self.books.unknown(why);
                    tokio::time::sleep(Duration::from_millis(self.rng.random_range(10..60))).await;
                }
                Heard::Refused(code) => return self.books.refused(&deed, &code),
                Heard::Done(answer) => {
                    if let (Deed::Place(_), Some(id)) = (&deed, answer["id"].as_str()) {
                        self.books.placed(id);
                        self.crowd.open.lock().unwrap().push(id.to_owned());
                    }
                    if let Deed::Ship(id) = &deed {
                        self.crowd.sent.lock().unwrap().push(id.clone());
                    }
                    self.crowd.seen.lock().unwrap().insert(deed.word());
                    return self.books.done(&deed);
                }
            }
        }
        self.books.given_up(&deed);
    }

    async fn next(&mut self) -> Option<Deed> {
        let sku = self.crowd.skus.choose(&mut self.rng)?.clone();
        Some(match self.rng.random_range(0..20) {
            0..9 => {
                let mut items = vec![(sku, self.rng.random_range(1..4))];
                let other = self.crowd.skus.choose(&mut self.rng)?.clone();
                if self.rng.random_bool(0.3) {
                    items.push((other, 1));
                }
                Deed::Place(items)
            }
            9..12 => Deed::Cancel(self.one_of(&self.crowd.clone().open)?),
            12..15 => Deed::Ship(self.one_of(&self.crowd.clone().open)?),
            15..17 => Deed::Return(self.one_of(&self.crowd.clone().sent)?, self.rng.random()),
            17 => Deed::Adjust(sku, *[-2, -1, 1, 2].choose(&mut self.rng)?),
            18 => Deed::Receive(sku, self.rng.random_range(1..4)),
            _ => {
                let expected = self.crowd.look.inventory.get(&sku).await.ok()?.on_hand;
                let to = (expected + self.rng.random_range(-1..3)).max(0);
                if to == expected {
                    return None;
                }
                Deed::Set { sku, to, expected }
            }
        })
    }

    /// One of the newest orders, which others may pick too.
    fn one_of(&mut self, orders: &Mutex<Vec<String>>) -> Option<String> {
        let orders = orders.lock().unwrap();
        let newest = &orders[orders.len().saturating_sub(24)..];
        newest.choose(&mut self.rng).cloned()
    }
}

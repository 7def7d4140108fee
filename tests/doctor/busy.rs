//! A doctor in a busy shop: no false alarm, and a repair that harms nobody.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use shopctl::domain::inventory::StockOp;
use shopctl::domain::order::Order;
use shopctl::domain::product::Product;
use shopctl::store::{Commit, Mended, Premises, Store, StoreError};
use tokio::task::JoinSet;

use super::patient::{Damage, Patient, broken};
use crate::support::builders::{cancel_all, change, context, for_order, order_of, q, ship_all, step};

/// How many write at once.
const WRITERS: usize = 64;

/// Places, cancels, ships and receives until told to stop. What is refused for a reason that a busy shop gives is fine.
async fn write(store: Arc<dyn Store>, products: Arc<[Product]>, number: usize, stop: Arc<AtomicBool>) -> u64 {
    let mut written = 0;
    let fine = |error: &StoreError| {
        matches!(error, StoreError::Short(_) | StoreError::Refused { .. } | StoreError::Timeout)
    };
    for turn in number.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let product = &products[turn % products.len()];
        let other = &products[(turn + 1) % products.len()];
        let order = order_of(&[(product, 1), (other, 2)]);
        match store.place_order(&order, &Premises::default(), &for_order(&order), Commit::Keep).await {
            Ok(number) => {
                let order = Order { number, ..order };
                let command = if turn % 3 == 0 { ship_all() } else { cancel_all() };
                let (next, stock) = step(&order, &command);
                if turn % 4 != 0 {
                    let stepped = store.step_order(&next, &stock, &for_order(&next), Commit::Keep).await;
                    assert!(stepped.as_ref().err().is_none_or(fine), "{stepped:?}");
                }
                written += 1;
            }
            Err(error) => assert!(fine(&error), "{error:?}"),
        }
        let received = store.change_stock(&change(product.id, StockOp::Receive(q(3))), Commit::Keep).await;
        assert!(received.as_ref().err().is_none_or(fine), "{received:?}");
    }
    written
}

/// The writers at work until stopped; how many orders they placed.
struct Crowd {
    tasks: JoinSet<u64>,
    stop: Arc<AtomicBool>,
}

impl Crowd {
    fn start(patient: &Patient) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let products: Arc<[Product]> = [patient.mug.clone(), patient.cup.clone()].into();
        let mut tasks = JoinSet::new();
        for number in 0..WRITERS {
            tasks.spawn(write(Arc::clone(&patient.store), Arc::clone(&products), number, Arc::clone(&stop)));
        }
        Self { tasks, stop }
    }

    async fn stop(self) -> u64 {
        self.stop.store(true, Ordering::Relaxed);
        self.tasks.join_all().await.into_iter().sum()
    }
}

async fn no_false_alarm(patient: &Patient) {
    let crowd = Crowd::start(patient);
    let until = Instant::now() + Duration::from_secs(3);
    let looks = AtomicU64::new(0);
    while Instant::now() < until || looks.load(Ordering::Relaxed) < 3 {
        let findings = patient.examine().await;
        assert_eq!(broken(&findings), [""; 0], "{:#?}", findings.verdicts());
        for product in [&patient.mug, &patient.cup] {
            let mended = patient.store.mend_stock(product.id, &context(), Commit::Keep).await;
            // A busy product may keep a repair from its turn.
            assert!(matches!(mended, Ok(Mended::Sound) | Err(StoreError::Timeout)), "{mended:?}");
        }
        looks.fetch_add(1, Ordering::Relaxed);
    }
    assert!(crowd.stop().await > 0, "nobody sold anything");
    assert!(patient.examine().await.clean());
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_writers_are_no_damage_on_sqlite() {
    no_false_alarm(&Patient::on_sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_writers_are_no_damage_on_mongodb() {
    no_false_alarm(&Patient::on_mongodb().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_broken_is_mended_while_sixty_four_write() {
    let patient = Patient::on_sqlite().await;
    patient
        .suffer(&Damage {
            sqlite: "PRAGMA foreign_keys = ON; DELETE FROM orders WHERE number = 1001",
            mongo: Vec::new(),
        })
        .await;
    let crowd = Crowd::start(&patient);
    let findings = patient.examine().await;
    assert_eq!(broken(&findings), ["reserved"]);
    let notes = patient.repair(&findings, false).await;
    assert!(notes[0].done, "{notes:?}");
    assert_eq!(broken(&patient.examine().await), [""; 0]);
    crowd.stop().await;
    assert!(patient.examine().await.clean());
}

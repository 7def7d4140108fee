//! 64 writers at once, from several processes, on one product and on a hundred.
//!
//! They come by two copies of `serve orders` and one of `serve inventory`, by commands in a shell, and by three handles on the store, and
//! they place, cancel, ship, take back, correct, receive and count, often the same order at the same time. An observer reads all the
//! while. In the end what is there is what was acknowledged, to the piece. The figures are printed.

mod books;
mod deed;
mod door;
mod observer;
mod writer;

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use shopctl::domain::actor::Actor;
use shopctl::service::clock::SystemClock;
use shopctl::service::products::{NewProduct, Products};
use shopctl::service::{WriteOptions, doctor};
use tokio::task::JoinSet;

use self::books::Books;
use self::deed::Deed;
use self::door::{Door, Handle};
use self::writer::{Crowd, Writer};
use crate::support::dump::dump;
use crate::support::http::Http;
use crate::support::say::say;
use crate::support::service_process::ServiceProcess;
use crate::support::store::{TestStore, mongo_store, sqlite_store};

const WRITERS: usize = 64;
/// How long they go on, and how much longer on a slow machine until everything has happened at least once.
const LASTS: Duration = Duration::from_secs(6);
const LONGEST: Duration = Duration::from_secs(40);

/// Lets the crowd at so many products, of which so much is there.
async fn keep_every_rule(kind: &str, store: &TestStore, products: usize, opening: i64) -> Books {
    let skus: Vec<String> = (0..products).map(|n| format!("P{n}")).collect();
    let catalogue = Products::new(store.share(), Arc::new(SystemClock), "EUR".parse().unwrap());
    for sku in &skus {
        let new = NewProduct {
            sku: sku.clone(),
            name: sku.clone(),
            price: "2.50".to_owned(),
            stock: Some(opening),
            ..NewProduct::default()
        };
        catalogue.create(new, &WriteOptions::by(Actor::system())).await.unwrap();
    }
    let home = tempfile::tempdir().unwrap();
    let start = |service| ServiceProcess::start(service, home.path(), &store.url());
    let processes = tokio::task::block_in_place(|| [start("orders"), start("orders"), start("inventory")]);
    let [first, second, inventory] = [0, 1, 2].map(|n| processes[n].addr().expect("a running service"));
    let mut stores = Vec::new();
    for _ in 0..4 {
        stores.push(store.again().await);
    }
    let door = |n: usize| match n % 16 {
        0..5 => Door::Service { http: Http::new(), orders: first, inventory },
        5..10 => Door::Service { http: Http::new(), orders: second, inventory },
        10 => Door::Shell { home: home.path().to_owned(), url: store.url() },
        _ => Door::Handle(Handle::on(&stores[n % 3])),
    };
    let stop = Arc::new(AtomicBool::new(false));
    let watching = tokio::spawn(observer::observe(stores[3].clone(), skus.clone(), stop.clone()));
    let begun = Instant::now();
    let crowd = Arc::new(Crowd {
        skus,
        open: Mutex::default(),
        sent: Mutex::default(),
        least: begun + LASTS,
        most: begun + LONGEST,
        seen: Mutex::default(),
        look: Handle::on(&store.share()),
    });
    let mut writers = JoinSet::new();
    (0..WRITERS).for_each(|n| drop(writers.spawn(Writer::new(n, crowd.clone(), door(n)).work())));
    let mut books = Books::default();
    while let Some(written) = writers.join_next().await {
        books = books.and(written.expect("a writer does not panic"));
    }
    stop.store(true, Ordering::Relaxed);
    let observed = watching.await.expect("every observation is sound");
    drop(processes);
    for store in stores {
        store.close().await;
    }
    say(&format!(
        "\n{WRITERS} writers on {products} products of {kind}, {:.0} s:\n{books}  observed {observed} times\n",
        begun.elapsed().as_secs_f64()
    ));
    let findings = doctor::examine(&store.share(), &|_| {}).await.unwrap();
    assert!(findings.clean(), "{:#?}", findings.verdicts());
    books.assert_agree(&dump(store).await, opening);
    assert!(observed >= 5, "observed only {observed} times");
    for word in Deed::WORDS {
        assert!(books.count(word) > 0, "nobody could {word}: {books}");
    }
    books
}

/// There is too little of it for all.
async fn of_one_product(kind: &str, store: &TestStore) {
    let books = keep_every_rule(kind, store, 1, 40).await;
    assert!(books.count_refused("insufficient_stock") > 0, "{books}");
}

async fn of_a_hundred_products(kind: &str, store: &TestStore) {
    keep_every_rule(kind, store, 100, 12).await;
}

macro_rules! on_each {
    ($($test:ident: $what:ident on $kind:literal $store:ident),+ $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                $what($kind, &$store().await).await;
            }
        )+
    };
}

on_each![
    many_writers_of_one_product_keep_every_rule_on_sqlite: of_one_product on "SQLite" sqlite_store,
    many_writers_of_one_product_keep_every_rule_on_mongodb: of_one_product on "MongoDB" mongo_store,
    many_writers_of_a_hundred_products_keep_every_rule_on_sqlite: of_a_hundred_products on "SQLite" sqlite_store,
    many_writers_of_a_hundred_products_keep_every_rule_on_mongodb: of_a_hundred_products on "MongoDB" mongo_store,
];

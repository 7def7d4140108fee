//! Orders and stock of a real shop, against figures that were worked out by other means.
//!
//! The files of commercetools' Sunrise shop are read where they stand beside the checkout (`../shared/data/sunrise`); where they do not, the
//! tests say so and end. Of 397 orders in file order 382 are accepted, whatever the store; placed by many at once, other ones may be
//! refused, but never one that could have been had.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use shopctl::domain::actor::Actor;
use shopctl::domain::inventory::StockLevel;
use shopctl::domain::order::Line;
use shopctl::service::clock::SystemClock;
use shopctl::service::orders::{NewOrder, OrderItem, Orders};
use shopctl::service::products::{NewProduct, Products};
use shopctl::service::{WriteOptions, doctor};
use shopctl::store::Store;

use crate::support::at_once::at_once;
use crate::support::dump::{Dump, dump};
use crate::support::say::say;
use crate::support::store::{TestStore, mongo_store, sqlite_store};

/// The orders that are refused when all are placed in file order.
const REFUSED: &[&str] =
    &["49", "149", "168", "173", "189", "201", "221", "232", "295", "297", "315", "323", "334", "355", "401"];
const ACCEPTED: usize = 382;
const RESERVED: i64 = 860;
const AVAILABLE: i64 = 4_106_088;

/// A row of `orders.csv`.
#[derive(Debug, Clone)]
struct Row {
    sku: String,
    price: String,
    quantity: i64,
}

/// The two files.
struct Sunrise {
    stock: BTreeMap<String, i64>,
    /// Number and rows, in file order.
    orders: Vec<(String, Vec<Row>)>,
}

/// Reads the files, if they are there.
fn sunrise(test: &str) -> Option<Sunrise> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/sunrise");
    if !folder.is_dir() {
        say(&format!(
            "\n{test} DID NOT RUN: the files of the Sunrise shop are not at ../shared/data/sunrise\n"
        ));
        return None;
    }
    let records = |name: &str| -> Vec<HashMap<String, String>> {
        let mut reader = csv::Reader::from_path(folder.join(name)).unwrap();
        reader.deserialize().map(Result::unwrap).collect()
    };
    let stock = records("inventory.csv").into_iter();
    let stock = stock.map(|row| (row["sku"].clone(), row["quantityOnStock"].parse().unwrap()));
    let mut orders: Vec<(String, Vec<Row>)> = Vec::new();
    for row in records("orders.csv") {
        let line = Row {
            sku: row["lineitems.variant.sku"].clone(),
            price: row["lineitems.price"].clone(),
            quantity: row["lineitems.quantity"].parse().unwrap(),
        };
        match orders.last_mut().filter(|(number, _)| *number == row["orderNumber"]) {
            Some((_, lines)) => lines.push(line),
            None => orders.push((row["orderNumber"].clone(), vec![line])),
        }
    }
    let sunrise = Sunrise { stock: stock.collect(), orders };
    assert_eq!((sunrise.stock.len(), sunrise.orders.len()), (26_137, 397));
    Some(sunrise)
}

/// Whether every SKU is to be a product, or only the 575 that are ordered. Of the others nothing can ever move.
fn with_all() -> bool {
    std::env::var_os("SHOPCTL_SUNRISE_ALL").is_some()
}

fn options() -> WriteOptions {
    WriteOptions::by(Actor::system())
}

fn orders_on(store: &Arc<dyn Store>) -> Orders {
    Orders::new(store.clone(), store.clone(), store.clone(), Arc::new(SystemClock))
}

fn new_order(number: &str, rows: &[Row]) -> NewOrder {
    let item = |row: &Row| OrderItem { product: row.sku.clone(), quantity: row.quantity };
    NewOrder {
        email: Some(format!("customer-{number}@example.com")),
        items: rows.iter().map(item).collect(),
        external_ref: Some(number.to_owned()),
        ..NewOrder::default()
    }
}

impl Sunrise {
    /// What each SKU that is ordered costs, which is the same in every row.
    fn prices(&self) -> HashMap<String, String> {
        let rows = self.orders.iter().flat_map(|(_, rows)| rows);
        rows.map(|row| (row.sku.clone(), row.price.clone())).collect()
    }

    /// Makes the products with their stock; gives the stock of those that were left out.
    async fn stock_up(&self, store: &TestStore) -> i64 {
        let prices = self.prices();
        let (wanted, others): (Vec<_>, Vec<_>) =
            self.stock.iter().partition(|(sku, _)| with_all() || prices.contains_key(*sku));
        let products = Products::new(store.share(), Arc::new(SystemClock), "EUR".parse().unwrap());
        let new: Vec<NewProduct> = wanted
            .into_iter()
            .map(|(sku, stock)| NewProduct {
                sku: sku.clone(),
                name: sku.clone(),
                price: prices.get(sku).cloned().unwrap_or_else(|| "1".to_owned()),
                stock: Some(*stock),
                ..NewProduct::default()
            })
            .collect();
        let shared = Arc::new((products, tokio::sync::Mutex::new(new)));
        at_once(32, |_| {
            let shared = Arc::clone(&shared);
            async move {
                loop {
                    let Some(new) = shared.1.lock().await.pop() else { return };
                    shared.0.create(new, &options()).await.expect("a product");
                }
            }
        })
        .await;
        others.into_iter().map(|(_, stock)| stock).sum()
    }
}

/// Sums over the store: reserved and available.
fn sums(dump: &Dump) -> (i64, i64) {
    let levels = || dump.stock.iter().map(|item| item.level);
    (levels().map(StockLevel::reserved).sum(), levels().map(StockLevel::available).sum())
}

async fn assert_clean(store: &TestStore) {
    let findings = doctor::examine(&store.share(), &|_| {}).await.unwrap();
    assert!(findings.clean(), "{:#?}", findings.verdicts());
}

async fn one_after_the_other(store: &TestStore, sunrise: &Sunrise) {
    let left_out = sunrise.stock_up(store).await;
    let orders = orders_on(&store.share());
    let mut refused = Vec::new();
    for (number, rows) in &sunrise.orders {
        if let Err(error) = orders.place(new_order(number, rows), &options()).await {
            assert_eq!(error.code, "insufficient_stock", "{number}: {error}");
            refused.push(number.as_str());
        }
    }
    let dump = dump(store).await;
    assert_eq!(refused, REFUSED);
    assert_eq!(dump.orders.len(), ACCEPTED);
    let (reserved, available) = sums(&dump);
    assert_eq!((reserved, available + left_out), (RESERVED, AVAILABLE));
    let rows: HashMap<&str, &Vec<Row>> = sunrise.orders.iter().map(|(n, rows)| (n.as_str(), rows)).collect();
    for order in &dump.orders {
        let number = order.external_ref.as_ref().expect("a reference").as_str();
        let placed = order.lines.iter().map(|line| (line.sku.as_str(), line.quantity.get(), line.unit_price));
        let priced = |row: &Row| shopctl::domain::money::Money::parse(&row.price, order.currency).unwrap();
        let filed = rows[number].iter().map(|row| (row.sku.as_str(), row.quantity, priced(row)));
        assert!(placed.eq(filed), "the lines of {number} are those of the file");
    }
    assert_clean(store).await;
}

async fn by_32_at_once(store: &TestStore, sunrise: &Sunrise) {
    let left_out = sunrise.stock_up(store).await;
    let mut handles = vec![store.share()];
    for _ in 0..2 {
        handles.push(store.again().await);
    }
    let (queue, next) = (Arc::new(sunrise.orders.clone()), Arc::new(AtomicUsize::new(0)));
    let refused = at_once(32, |n| {
        let (orders, queue, next) = (orders_on(&handles[n % 3]), Arc::clone(&queue), Arc::clone(&next));
        async move {
            let mut refused = Vec::new();
            while let Some((number, rows)) = queue.get(next.fetch_add(1, Ordering::Relaxed)) {
                if let Err(error) = orders.place(new_order(number, rows), &options()).await {
                    assert_eq!(error.code, "insufficient_stock", "{number}: {error}");
                    refused.push(number.clone());
                }
            }
            refused
        }
    })
    .await;
    let refused: BTreeSet<String> = refused.into_iter().flatten().collect();
    let dump = dump(store).await;
    let placed: BTreeSet<String> =
        dump.orders.iter().filter_map(|order| Some(order.external_ref.as_ref()?.to_string())).collect();
    assert_eq!((placed.len(), placed.len() + refused.len()), (dump.orders.len(), sunrise.orders.len()));
    assert!(placed.is_disjoint(&refused), "an order was refused and is there");
    let available: HashMap<&str, i64> =
        dump.stock.iter().map(|item| (item.sku.as_str(), item.level.available())).collect();
    assert!(available.values().all(|&available| available >= 0));
    // Nothing comes back here: what is short once stays short.
    for (number, rows) in sunrise.orders.iter().filter(|(number, _)| refused.contains(number)) {
        let asked =
            |sku: &str| -> i64 { rows.iter().filter(|row| row.sku == sku).map(|row| row.quantity).sum() };
        let short = rows.iter().any(|row| available[row.sku.as_str()] < asked(&row.sku));
        assert!(short, "order {number} was refused, and all of it is there");
    }
    let (reserved, available) = sums(&dump);
    let held: i64 = dump.orders.iter().flat_map(|order| &order.lines).map(Line::open).sum();
    assert_eq!((reserved, reserved + available + left_out), (held, RESERVED + AVAILABLE));
    assert_clean(store).await;
    for handle in handles.drain(1..) {
        handle.close().await;
    }
}

macro_rules! on_each {
    ($($test:ident: $what:ident on $store:ident),+ $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                let Some(sunrise) = sunrise(stringify!($test)) else { return };
                $what(&$store().await, &sunrise).await;
            }
        )+
    };
}

on_each![
    orders_one_after_the_other_come_out_as_worked_out_on_sqlite: one_after_the_other on sqlite_store,
    orders_one_after_the_other_come_out_as_worked_out_on_mongodb: one_after_the_other on mongo_store,
    orders_by_32_at_once_take_nothing_twice_on_sqlite: by_32_at_once on sqlite_store,
    orders_by_32_at_once_take_nothing_twice_on_mongodb: by_32_at_once on mongo_store,
];

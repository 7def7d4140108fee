//! One of many who buy and change their minds, with the people behind the counter among them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use tokio_util::sync::CancellationToken;

use super::Plan;
use super::tally::Tally;
use crate::domain::actor::Actor;
use crate::domain::clock::Clock;
use crate::domain::money::Currency;
use crate::service::error::{Error, Result};
use crate::service::inventory::{Inventory, StockNote};
use crate::service::orders::{NewOrder, OrderAction, OrderItem, Orders, Scope};
use crate::service::products::{NewProduct, Products};
use crate::service::write::WriteOptions;
use crate::store::Store;

/// The most orders that one buyer keeps in mind to cancel or ship later.
const MOST_HELD: usize = 100;
/// Of a hundred orders of a shop with several products, so many are for the first.
const HOT: u32 = 80;

/// What everybody shares.
pub(super) struct Shop {
    orders: Orders,
    inventory: Inventory,
    skus: Vec<String>,
    stock: i64,
    placed: Arc<AtomicU64>,
    options: WriteOptions,
}

impl Shop {
    /// Fills an empty store with the products.
    pub(super) async fn open(
        store: &Arc<dyn Store>,
        clock: &Arc<dyn Clock>,
        plan: Plan,
        placed: Arc<AtomicU64>,
    ) -> Result<Self> {
        let currency: Currency = "EUR".parse().map_err(|invalid| Error::invalid("", invalid))?;
        let options = WriteOptions::by(Actor::system());
        let products = Products::new(store.clone(), Arc::clone(clock), currency);
        let mut skus = Vec::new();
        for number in 1..=plan.products {
            let sku = format!("SELFTEST-{number}");
            let product = NewProduct {
                sku: sku.clone(),
                name: format!("Trial product {number}"),
                price: "9.99".to_owned(),
                stock: Some(plan.stock),
                ..NewProduct::default()
            };
            products.create(product, &options).await?;
            skus.push(sku);
        }
        Ok(Self {
            orders: Orders::new(store.clone(), store.clone(), store.clone(), Arc::clone(clock)),
            inventory: Inventory::new(store.clone(), store.clone(), Arc::clone(clock)),
            skus,
            stock: plan.stock,
            placed,
            options,
        })
    }

    fn any_sku(&self) -> &str {
        let hot = self.skus.len() == 1 || rand::random_range(0..100) < HOT;
        let index = if hot { 0 } else { rand::random_range(1..self.skus.len()) };
        &self.skus[index]
    }
}

/// Buys until the time is up.
pub(super) async fn buy(shop: Arc<Shop>, until: Instant, ended: CancellationToken) -> Tally {
    let mut buyer = Buyer { shop, held: Vec::new(), tally: Tally::default() };
    while Instant::now() < until && !ended.is_cancelled() {
        buyer.act().await;
    }
    buyer.tally
}

/// Which count of a tally to raise.
type Count = fn(&mut Tally) -> &mut u64;

struct Buyer {
    shop: Arc<Shop>,
    /// Orders that are still open.
    held: Vec<String>,
    tally: Tally,
}

impl Buyer {
    async fn act(&mut self) {
        match rand::random_range(0..100_u32) {
            0..60 => self.place().await,
            60..75 => self.bring_on(OrderAction::Cancel { items: None }, |tally| &mut tally.cancelled).await,
            75..85 => {
                let ship = OrderAction::Ship { items: None, tracking: None };
                self.bring_on(ship, |tally| &mut tally.shipped).await;
            }
            turn => self.correct(turn).await,
        }
    }

    async fn place(&mut self) {
        let product = self.shop.any_sku().to_owned();
        let order = NewOrder {
            email: Some("selftest@example.com".to_owned()),
            items: vec![OrderItem { product, quantity: rand::random_range(1..=3) }],
            ..NewOrder::default()
        };
        let begun = Instant::now();
        let placed = self.shop.orders.place(order, &self.shop.options).await;
        self.tally.placing.note(begun.elapsed());
        match placed {
            Ok(order) => {
                self.tally.placed += 1;
                self.shop.placed.fetch_add(1, Ordering::Relaxed);
                if self.held.len() < MOST_HELD {
                    self.held.push(order.id);
                }
            }
            Err(error) => self.tally.refuse(&error),
        }
    }

    async fn bring_on(&mut self, action: OrderAction, count: Count) {
        if self.held.is_empty() {
            return self.place().await;
        }
        let order = self.held.swap_remove(rand::random_range(0..self.held.len()));
        match self.shop.orders.act(&order, &action, None, Scope::All, &self.shop.options).await {
            Ok(_) => *count(&mut self.tally) += 1,
            Err(error) => self.tally.refuse(&error),
        }
    }

    /// What the people behind the counter do: take deliveries in, correct and count.
    async fn correct(&mut self, turn: u32) {
        let Shop { inventory, options, stock, .. } = &*self.shop;
        let sku = self.shop.any_sku();
        let note = StockNote { reason: Some("selftest".to_owned()), ..StockNote::default() };
        let (done, count): (_, Count) = match turn {
            ..92 => {
                let pieces = rand::random_range(1..=5);
                (inventory.receive(sku, pieces, &note, options).await, |tally| &mut tally.received)
            }
            92..96 => {
                let difference = if rand::random() { 2 } else { -2 };
                (inventory.adjust(sku, difference, &note, options).await, |tally| &mut tally.adjusted)
            }
            _ => {
                let counted = rand::random_range(0..=stock.saturating_mul(2));
                (inventory.set(sku, counted, None, &note, options).await, |tally| &mut tally.set)
            }
        };
        match done {
            Ok(_) => *count(&mut self.tally) += 1,
            Err(error) => self.tally.refuse(&error),
        }
    }
}

//! The ways into a shop: a process of one's own by HTTP, a command in a shell, and a handle on the store.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;

use serde::Serialize;
use serde_json::{Value, json};
use shopctl::domain::actor::Actor;
use shopctl::service::clock::SystemClock;
use shopctl::service::inventory::{Inventory, StockNote};
use shopctl::service::orders::{NewOrder, OrderAction, OrderItem, Orders, Scope};
use shopctl::service::{Error, RequestKey, WriteOptions};
use shopctl::store::Store;

use super::deed::{Deed, Heard};
use crate::support::http::Http;

/// A way in.
#[derive(Clone)]
pub(super) enum Door {
    Service { http: Http, orders: SocketAddr, inventory: SocketAddr },
    Shell { home: PathBuf, url: String },
    Handle(Arc<Handle>),
}

/// The services on a store that was opened by itself.
pub(super) struct Handle {
    orders: Orders,
    pub(super) inventory: Inventory,
}

impl Handle {
    pub(super) fn on(store: &Arc<dyn Store>) -> Arc<Self> {
        let clock = Arc::new(SystemClock);
        Arc::new(Self {
            orders: Orders::new(store.clone(), store.clone(), store.clone(), clock.clone()),
            inventory: Inventory::new(store.clone(), store.clone(), clock),
        })
    }

    async fn ask(&self, deed: &Deed, key: &str) -> Result<Value, Error> {
        let said = format!("{deed:?}");
        let options = WriteOptions {
            request: Some(RequestKey::new("crowd", key, &[said.as_bytes()])?),
            ..WriteOptions::by(Actor::shell(Some("crowd")))
        };
        let note = StockNote { reason: Some("crowd".to_owned()), ..StockNote::default() };
        let (id, action) = match deed {
            Deed::Place(items) => {
                let item =
                    |(sku, quantity): &(String, i64)| OrderItem { product: sku.clone(), quantity: *quantity };
                let new = NewOrder {
                    email: Some("crowd@example.com".to_owned()),
                    items: items.iter().map(item).collect(),
                    ..NewOrder::default()
                };
                return self.orders.place(new, &options).await.map(value);
            }
            Deed::Adjust(sku, delta) => {
                return self.inventory.adjust(sku, *delta, &note, &options).await.map(value);
            }
            Deed::Receive(sku, count) => {
                return self.inventory.receive(sku, *count, &note, &options).await.map(value);
            }
            Deed::Set { sku, to, expected } => {
                return self.inventory.set(sku, *to, Some(*expected), &note, &options).await.map(value);
            }
            Deed::Cancel(id) => (id, OrderAction::Cancel { items: None }),
            Deed::Ship(id) => (id, OrderAction::Ship { items: None, tracking: None }),
            Deed::Return(id, restock) => (id, OrderAction::Return { items: None, restock: *restock }),
        };
        self.orders.act(id, &action, None, Scope::All, &options).await.map(value)
    }
}

fn value(view: impl Serialize) -> Value {
    serde_json::to_value(view).expect("a view is JSON")
}

impl Door {
    /// Asks for something, under this key.
    pub(super) async fn ask(&self, deed: &Deed, key: &str) -> Heard {
        match self {
            Self::Handle(handle) => match handle.ask(deed, key).await {
                Ok(answer) => Heard::Done(answer),
                Err(error) => Heard::error(error.code),
            },
            Self::Service { http, orders, inventory } => {
                let (path, body) = request(deed);
                let addr = if path.starts_with("/orders") { orders } else { inventory };
                let call = http.call(*addr, "POST", &path).header("idempotency-key", key).json(&body);
                match call.attempt().await {
                    Err(error) => Heard::Unknown(error.to_string()),
                    Ok(answer) if matches!(answer.status, 503 | 504) => Heard::Unknown(answer.to_string()),
                    Ok(answer) if answer.status < 300 => Heard::Done(answer.json()),
                    Ok(answer) => Heard::error(answer.json()["code"].as_str().unwrap_or_default()),
                }
            }
            Self::Shell { home, url } => {
                let mut command = Command::new(env!("CARGO_BIN_EXE_shopctl"));
                command.env_clear().env("HOME", home).env("SHOPCTL_STORE", url).current_dir(home);
                command.args(words(deed)).args(["-o", "json", "--idempotency-key", key]).stdin(Stdio::null());
                let output = tokio::task::spawn_blocking(move || command.output());
                let output = output.await.expect("no panic").expect("the program runs");
                let parsed = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).unwrap_or_default();
                if output.status.success() {
                    return Heard::Done(parsed(&output.stdout));
                }
                let last = output.stderr.rsplit(|&byte| byte == b'\n').find(|line| !line.is_empty());
                let error = parsed(last.unwrap_or_default());
                Heard::error(error["error"]["code"].as_str().unwrap_or("no code"))
            }
        }
    }
}

/// Path and body of a `POST`. A count by HTTP is a `PUT`, which takes no key: it is corrected instead.
fn request(deed: &Deed) -> (String, Value) {
    let adjust = |sku: &str, delta: i64| {
        (format!("/inventory/{sku}/adjust"), json!({"delta": delta, "reason": "crowd"}))
    };
    match deed {
        Deed::Place(items) => {
            let item = |(sku, quantity): &(String, i64)| json!({"sku": sku, "quantity": quantity});
            let items: Vec<Value> = items.iter().map(item).collect();
            ("/orders".to_owned(), json!({"email": "crowd@example.com", "items": items}))
        }
        Deed::Cancel(id) => (format!("/orders/{id}/cancel"), json!({})),
        Deed::Ship(id) => (format!("/orders/{id}/ship"), json!({})),
        Deed::Return(id, restock) => (format!("/orders/{id}/return"), json!({"restock": restock})),
        Deed::Adjust(sku, delta) => adjust(sku, *delta),
        Deed::Receive(sku, count) => adjust(sku, *count),
        Deed::Set { sku, to, expected } => adjust(sku, to - expected),
    }
}

/// The command line.
fn words(deed: &Deed) -> Vec<String> {
    let line = match deed {
        Deed::Place(items) => {
            let items: Vec<String> =
                items.iter().map(|(sku, quantity)| format!("--item {sku}:{quantity}")).collect();
            format!("order create --email crowd@example.com {}", items.join(" "))
        }
        Deed::Cancel(id) => format!("order cancel {id}"),
        Deed::Ship(id) => format!("order ship {id}"),
        Deed::Return(id, restock) => {
            format!("order return {id}{}", if *restock { " --restock" } else { "" })
        }
        Deed::Adjust(sku, delta) => format!("inventory adjust {sku} {delta} --reason crowd"),
        Deed::Receive(sku, count) => format!("inventory receive {sku} {count}"),
        Deed::Set { sku, to, expected } => format!("inventory set {sku} {to} --expect {expected}"),
    };
    line.split(' ').map(str::to_owned).collect()
}

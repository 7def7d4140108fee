//! The four services on a fresh store, over real sockets.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use secrecy::SecretString;
use serde_json::{Value, json};
use shopctl::domain::actor::Actor;
use shopctl::http::{ServeError, ServeOptions, Service, serve};
use shopctl::service::WriteOptions;
use shopctl::service::clock::SystemClock;
use shopctl::service::password::PasswordHasher;
use shopctl::service::users::{NewUser, Users};
use shopctl::store::Store;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::http::{Answer, Call, Http};
use super::store::{TestStore, sqlite_store};

/// Whom everybody signs in with here.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// Runs each test on every back end, over a fresh shop.
macro_rules! on_both {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    let store = crate::support::store::sqlite_store().await;
                    super::$test(&crate::support::services::Services::on(store.share()).await).await;
                }
            )+
        }
        mod mongo {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    let store = crate::support::store::mongo_store().await;
                    super::$test(&crate::support::services::Services::on(store.share()).await).await;
                }
            )+
        }
    };
}

pub(crate) use on_both;

/// Services that run, and a client for them.
pub(crate) struct Services {
    store: Arc<dyn Store>,
    /// Where they made their own.
    _file: Option<TestStore>,
    pub(crate) http: Http,
    addrs: HashMap<Service, SocketAddr>,
    tokens: tokio::sync::Mutex<HashMap<&'static str, String>>,
    stop: Option<oneshot::Sender<()>>,
    served: JoinHandle<Result<(), ServeError>>,
}

/// The usual options: all four services, each on a free port of 127.0.0.1.
pub(crate) fn usual() -> ServeOptions {
    let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
    let services = Service::ALL.into_iter().map(|service| (service, anywhere)).collect();
    let usual = ServeOptions::new(services, "EUR".parse().expect("a currency"));
    ServeOptions { sweep_every: Duration::from_millis(500), ..usual }
}

impl Services {
    /// On a fresh file of their own, for what does not depend on the store.
    pub(crate) async fn on_a_file(options: ServeOptions) -> Self {
        let file = sqlite_store().await;
        let services = Self::with(file.share(), options).await;
        Self { _file: Some(file), ..services }
    }

    pub(crate) async fn on(store: Arc<dyn Store>) -> Self {
        Self::with(store, usual()).await
    }

    pub(crate) async fn with(store: Arc<dyn Store>, options: ServeOptions) -> Self {
        let addrs = Arc::new(Mutex::new(HashMap::new()));
        let (all, count) = (Arc::clone(&addrs), options.services.len());
        let (bound, listening) = oneshot::channel();
        let bound = Mutex::new(Some(bound));
        let ready = move |service, addr| {
            let mut addrs = all.lock().unwrap();
            addrs.insert(service, addr);
            if addrs.len() == count {
                bound.lock().unwrap().take().unwrap().send(()).unwrap();
            }
        };
        let (stop, stopped) = oneshot::channel::<()>();
        let shutdown = async { drop(stopped.await) };
        let clock = Arc::new(SystemClock);
        let served = tokio::spawn(serve(Arc::clone(&store), clock, options, ready, shutdown));
        listening.await.expect("the services listen");
        let addrs = addrs.lock().unwrap().clone();
        let tokens = tokio::sync::Mutex::default();
        Self { store, _file: None, http: Http::new(), addrs, tokens, stop: Some(stop), served }
    }

    /// The store behind the services.
    pub(crate) fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store)
    }

    pub(crate) fn addr(&self, service: Service) -> SocketAddr {
        self.addrs[&service]
    }

    /// A request to the service that has this route, by nobody.
    pub(crate) fn call(&self, method: &str, path: &str) -> Call {
        let service = match path.split(['/', '?']).nth(1).unwrap_or_default() {
            "products" => Service::Products,
            "orders" => Service::Orders,
            "inventory" => Service::Inventory,
            _ => Service::Users,
        };
        self.http.call(self.addr(service), method, path)
    }

    /// A request by somebody with this role.
    pub(crate) async fn by(&self, role: &'static str, method: &str, path: &str) -> Call {
        self.call(method, path).token(&self.token(role).await)
    }

    pub(crate) async fn get(&self, role: &'static str, path: &str) -> Answer {
        self.by(role, "GET", path).await.send().await
    }

    pub(crate) async fn post(&self, role: &'static str, path: &str, body: Value) -> Answer {
        self.by(role, "POST", path).await.json(&body).send().await
    }

    pub(crate) async fn put(&self, role: &'static str, path: &str, body: Value) -> Answer {
        self.by(role, "PUT", path).await.json(&body).send().await
    }

    pub(crate) async fn patch(&self, role: &'static str, path: &str, body: Value) -> Answer {
        self.by(role, "PATCH", path).await.json(&body).send().await
    }

    pub(crate) async fn delete(&self, role: &'static str, path: &str) -> Answer {
        self.by(role, "DELETE", path).await.send().await
    }

    /// The access token of `<role>@example.com`, who comes into being with the first question.
    pub(crate) async fn token(&self, role: &'static str) -> String {
        let mut tokens = self.tokens.lock().await;
        if let Some(token) = tokens.get(role) {
            return token.clone();
        }
        let email = format!("{role}@example.com");
        let rank = if role == "other" { "customer" } else { role };
        self.register(&email, rank).await;
        let token =
            self.sign_in(&email, PASSWORD).await.expect(200)["access_token"].as_str().unwrap().to_owned();
        tokens.insert(role, token.clone());
        token
    }

    /// A user as an admin in a shell makes one.
    pub(crate) async fn register(&self, email: &str, role: &str) {
        let users = Users::new(self.store.clone(), Arc::new(SystemClock), Arc::new(PasswordHasher::new()));
        let new = NewUser {
            email: email.to_owned(),
            password: Some(SecretString::from(PASSWORD)),
            role: Some(role.to_owned()),
            ..NewUser::default()
        };
        users.register(new, &WriteOptions::by(Actor::shell(None))).await.expect("a new user");
    }

    pub(crate) async fn sign_in(&self, email: &str, password: &str) -> Answer {
        self.call("POST", "/login").json(&json!({"email": email, "password": password})).send().await
    }

    /// A product at 12.50 EUR with this much on hand; gives its id.
    pub(crate) async fn product(&self, sku: &str, stock: i64) -> String {
        let body = json!({"sku": sku, "name": sku, "price": "12.50", "stock": stock});
        self.post("staff", "/products", body).await.expect(201)["id"].as_str().unwrap().to_owned()
    }

    /// A guest's order of so many pieces, placed by staff; gives its path.
    pub(crate) async fn order(&self, sku: &str, quantity: i64) -> String {
        let body = json!({"email": "guest@example.com", "items": [{"sku": sku, "quantity": quantity}]});
        let order = self.post("staff", "/orders", body).await.expect(201);
        format!("/orders/{}", order["id"].as_str().unwrap())
    }

    /// On hand and reserved.
    pub(crate) async fn level(&self, sku: &str) -> (i64, i64) {
        let stock = self.get("staff", &format!("/inventory/{sku}")).await.expect(200);
        (stock["on_hand"].as_i64().unwrap(), stock["reserved"].as_i64().unwrap())
    }

    /// Asks the services to stop, and waits until they have; gives how long that took.
    pub(crate) async fn stop(mut self) -> Duration {
        let asked = Instant::now();
        self.begin_stop();
        self.served.await.expect("no panic").expect("served well");
        asked.elapsed()
    }

    pub(crate) fn begin_stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            stop.send(()).expect("the services run");
        }
    }
}

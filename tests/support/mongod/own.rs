//! A server of a test's own, to be killed, frozen and started again.

use mongodb::bson::doc;

use super::supervisor::{SMALL, Supervisor, USUAL};
use super::{direct_client, free_port, hello_until, initiate, wait_for};

/// What kind of server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A single-node replica set, as the shared one.
    ReplicaSet,
    /// The same with the settings that a server has by itself, to be measured.
    Usual,
    /// A server without a replica set: no transactions.
    Standalone,
    /// A standalone server that asks for a password; `root` / `correct horse` has every right, `reader` / `reader` may read `shop`.
    WithPasswords,
}

/// A running server that ends with this guard.
pub(crate) struct OwnMongod {
    supervisor: Supervisor,
    port: u16,
    kind: Kind,
}

impl OwnMongod {
    /// Starts one and waits until it takes writes.
    pub(crate) fn start(kind: Kind) -> Self {
        let port = free_port();
        let arguments: &[&str] = match kind {
            // With the command that makes commands fail.
            Kind::ReplicaSet => &["--replSet", "rs0", "--setParameter", "enableTestCommands=1"],
            Kind::Usual => &["--replSet", "rs0"],
            Kind::Standalone => &[],
            Kind::WithPasswords => &["--auth"],
        };
        let settings = if kind == Kind::Usual { USUAL } else { SMALL };
        let supervisor = Supervisor::new(port, settings, arguments);
        supervisor.start();
        wait_for(async move {
            let client = direct_client(&format!("mongodb://127.0.0.1:{port}")).await;
            match kind {
                Kind::ReplicaSet | Kind::Usual => initiate(&client, port).await,
                Kind::Standalone => hello_until(&client, |_| true).await,
                Kind::WithPasswords => add_users(&client, port).await,
            }
            client.shutdown().immediate(true).await;
        });
        Self { supervisor, port, kind }
    }

    /// The store URL of its database `shop`, without credentials.
    pub(crate) fn url(&self) -> String {
        format!("mongodb://127.0.0.1:{}/shop", self.port)
    }

    /// The store URL of its database `shop` with credentials, which are written as they are.
    pub(crate) fn url_as(&self, user: &str, password: &str) -> String {
        format!("mongodb://{user}:{password}@127.0.0.1:{}/shop?authSource=admin", self.port)
    }

    /// Lets the server end a transaction whose client has died after this many seconds instead of 60.
    pub(crate) fn end_orphans_after(&self, seconds: i32) {
        let url = self.url();
        wait_for(async move {
            let client = direct_client(&url).await;
            let parameter = doc! { "setParameter": 1, "transactionLifetimeLimitSeconds": seconds };
            client.database("admin").run_command(parameter).await.expect("a parameter of the server");
            client.shutdown().immediate(true).await;
        });
    }

    /// `kill -9`; returns once it is gone.
    pub(crate) fn kill(&self) {
        self.supervisor.end("KILL");
    }

    /// Ends it in order; returns once it is gone.
    pub(crate) fn terminate(&self) {
        self.supervisor.end("TERM");
    }

    /// Freezes it: connections stay open and nothing answers.
    pub(crate) fn stop(&self) {
        self.supervisor.hold("STOP");
    }

    /// Lets a frozen one go on.
    pub(crate) fn cont(&self) {
        self.supervisor.hold("CONT");
    }

    /// Starts it again on its port and data after it was ended, and waits until it takes writes.
    pub(crate) fn restart(&self) {
        self.supervisor.start();
        let (port, kind) = (self.port, self.kind);
        wait_for(async move {
            let client = direct_client(&format!("mongodb://127.0.0.1:{port}")).await;
            match kind {
                Kind::ReplicaSet | Kind::Usual => {
                    hello_until(&client, |hello| hello.get_bool("isWritablePrimary").unwrap_or(false)).await;
                }
                Kind::Standalone | Kind::WithPasswords => hello_until(&client, |_| true).await,
            }
            client.shutdown().immediate(true).await;
        });
    }
}

/// The first user is added by the exception for connections from the same machine, which then closes.
async fn add_users(client: &mongodb::Client, port: u16) {
    hello_until(client, |_| true).await;
    let root = doc! { "createUser": "root", "pwd": "correct horse", "roles": ["root"] };
    client.database("admin").run_command(root).await.expect("the first user");
    let as_root =
        direct_client(&format!("mongodb://root:correct%20horse@127.0.0.1:{port}/?authSource=admin")).await;
    let role = doc! { "role": "read", "db": "shop" };
    let reader = doc! { "createUser": "reader", "pwd": "reader", "roles": [role] };
    as_root.database("admin").run_command(reader).await.expect("a second user");
    as_root.shutdown().immediate(true).await;
}
